"""Whether a newly trained model may take the place of the one in use.

Both are judged twice, by department: on the frozen validation set, which is the share of the corpus that
`is_frozen` picks, each message predicted by a model of its cross-validation that has not seen it; and on the
latest corrections, which the challenger has not been trained on.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.corrections import Correction
from classifier.model import Model

_FROZEN_IN = 5
_PREFIX = "validation"


@dataclass(frozen=True)
class Tally:
    """How many of how many messages went to the right department."""

    right: int
    messages: int

    @property
    def share(self) -> float:
        """Share that is right; one where there is nothing to get wrong."""
        return self.right / self.messages if self.messages else 1.0


Standing = Mapping[str, Tally]


@dataclass(frozen=True)
class Verdict:
    """Whether to promote, and in one line each where the challenger is worse."""

    promote: bool
    reasons: tuple[str, ...]


def compare(
    incumbent: tuple[Standing, Standing], challenger: tuple[Standing, Standing], *, slack: float = 0.01
) -> Verdict:
    """Promote the challenger only if it is worse on neither set, in all and in each department.

    Each argument holds the standings on the validation set and on the latest corrections. Worse means a share
    right that is lower by more than `slack` in all, or in a department by more than one message and 3 x `slack`:
    less than that is chance.
    """
    reasons: list[str] = []
    for name, before, after in zip(("validation", "latest corrections"), incumbent, challenger, strict=True):
        reasons += _worse(name, before, after, slack)
    return Verdict(not reasons, tuple(reasons))


def _worse(name: str, before: Standing, after: Standing, slack: float) -> list[str]:
    reasons = []
    old, new = total(before), total(after)
    if new.share < old.share - slack:
        reasons.append(f"{name}: {new.share:.3f} right after {old.share:.3f}")
    for department in sorted(before.keys() & after.keys()):
        old, new = before[department], after[department]
        lost = (old.share - new.share) * new.messages
        if lost > 1 and new.share < old.share - 3 * slack:
            reasons.append(f"{name}, {department}: {new.share:.3f} right after {old.share:.3f}")
    return reasons


def total(standing: Standing) -> Tally:
    """Add up all departments."""
    return Tally(
        sum(tally.right for tally in standing.values()), sum(tally.messages for tally in standing.values())
    )


def examine(
    model: Model, corrections: Sequence[Correction], departments: Mapping[str, str]
) -> dict[str, Tally]:
    """Let `model` route the corrections, and count by the department each belongs to."""
    advices = model.advise_many([correction.text for correction in corrections])
    results = []
    for advice, correction in zip(advices, corrections, strict=True):
        homes = {departments.get(category, category) for category in correction.allowed}
        results.append((min(homes), departments.get(advice.category, advice.category) in homes))
    return tallies(results)


def tallies(results: Sequence[tuple[str, bool]]) -> dict[str, Tally]:
    """Count pairs of the right department and whether it was found."""
    names = sorted({department for department, _ in results})
    found = {name: [right for department, right in results if department == name] for name in names}
    return {name: Tally(sum(rights), len(rights)) for name, rights in found.items()}


def is_frozen(text: str) -> bool:
    """Say whether a message belongs to the validation set: one in five, by its own words, for good."""
    return hashlib.sha256(text.encode()).digest()[0] % _FROZEN_IN == 0


def as_figures(standing: Standing) -> dict[str, float]:
    """Write a standing as the flat figures that a model carries."""
    return {
        f"{_PREFIX}:{name}:{part}": float(getattr(tally, part))
        for name, tally in standing.items()
        for part in ("right", "messages")
    }


def standing_of(model: Model) -> dict[str, Tally]:
    """Read the standing on the validation set from the figures of a model."""
    names = {key.split(":")[1] for key in model.figures if key.startswith(f"{_PREFIX}:")}
    return {
        name: Tally(*(int(model.figures[f"{_PREFIX}:{name}:{part}"]) for part in ("right", "messages")))
        for name in sorted(names)
    }


def validation(texts: Sequence[str], predicted: Sequence[str], true: Sequence[str]) -> dict[str, Tally]:
    """Tally out-of-fold predictions of departments on the frozen part of `texts`."""
    kept = np.flatnonzero([is_frozen(text) for text in texts])
    return tallies([(true[place], predicted[place] == true[place]) for place in kept])
