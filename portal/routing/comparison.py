"""Whether a newly trained model is worse than the one in use. Pure; no model, no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

DOUBT = 0.1  # a loss that chance explains in fewer cases than this is held to be real


@dataclass(frozen=True)
class Answer:
    """What a model or a person says of one message; empty where nothing is said."""

    category: str
    department: str
    kind: str


@dataclass(frozen=True)
class Tally:
    """How both models did on one question over one set of messages.

    `measure` is "category", "department", "kind", or "in:CODE" for the messages that belong to one
    department. `lost` are right before and wrong after, `won` the other way round.
    """

    messages_of: str
    measure: str
    messages: int
    before: int
    after: int
    lost: int
    won: int

    @property
    def is_worse(self) -> bool:
        return chance_of(self.lost, self.won) < DOUBT


def chance_of(lost: int, won: int) -> float:
    """Return how often chance alone would lose at least `lost` of `lost + won` differing answers.

    The exact one-sided sign test for paired answers: P(X >= lost), X ~ Binomial(lost + won, 1/2)
    (McNemar 1947; exact form in Agresti, Categorical Data Analysis, 10.1.4).
    """
    both = lost + won
    return float(sum(comb(both, count) for count in range(lost, both + 1)) / 2**both)


def compare(
    messages_of: str, truth: Sequence[Answer], before: Sequence[Answer], after: Sequence[Answer]
) -> list[Tally]:
    """Compare two models' answers on the same messages: category, department, kind, each department.

    A message is left out of a question whose truth is empty.
    """
    questions = ("category", "department", "kind")
    tallies = [_tally(messages_of, name, _pairs(name, truth, before, after)) for name in questions]
    for code in sorted({answer.department for answer in truth if answer.department}):
        inside = [place for place, answer in enumerate(truth) if answer.department == code]
        parts = ([answers[place] for place in inside] for answers in (truth, before, after))
        tallies.append(_tally(messages_of, f"in:{code}", _pairs("department", *parts)))
    return tallies


def _pairs(
    question: str, truth: Sequence[Answer], before: Sequence[Answer], after: Sequence[Answer]
) -> list[tuple[bool, bool]]:
    """Return for each message with a truth whether it was right before and is right after."""
    return [
        (getattr(old, question) == wanted, getattr(new, question) == wanted)
        for right, old, new in zip(truth, before, after, strict=True)
        if (wanted := getattr(right, question))
    ]


def _tally(messages_of: str, measure: str, pairs: Sequence[tuple[bool, bool]]) -> Tally:
    return Tally(
        messages_of=messages_of,
        measure=measure,
        messages=len(pairs),
        before=sum(old for old, _ in pairs),
        after=sum(new for _, new in pairs),
        lost=sum(old and not new for old, new in pairs),
        won=sum(new and not old for old, new in pairs),
    )


def share_right(tallies: Iterable[Mapping[str, Any]], messages_of: str, when: str) -> float | None:
    """Return which share of departments was right `before` or `after`, from the record of a training."""
    for tally in tallies:
        if (tally["messages_of"], tally["measure"]) == (messages_of, "department") and tally["messages"]:
            return float(tally[when] / tally["messages"])
    return None
