"""How soon somebody must look, by rules alone: works with no model at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Urgency:
    """`level` is danger, soon or routine; `words` say why; `people_at_risk` names groups."""

    level: str
    words: tuple[str, ...]
    people_at_risk: tuple[str, ...]


def judge(text: str) -> Urgency:
    """Judge one message."""
    return Urgency("routine", (), ())
