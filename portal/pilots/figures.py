"""The formulas of before and after. Pure: numbers in, numbers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from statistics import fmean, variance

from scipy.special import stdtrit

FEW = 4  # values before, or since: of fewer nothing is said
SURE = 0.95

Series = Mapping[date, float]


@dataclass(frozen=True)
class Difference:
    """What differs between two times, in the unit of the indicator, and within which bounds it may lie.

    `low` and `high` are None where there are too few values, or none of them differs from another.
    """

    before: float | None
    since: float | None
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        return None if self.before is None or self.since is None else self.since - self.before

    @property
    def has_bounds(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def sign(self) -> int:
        """Return 1 or -1 where no difference at all does not fit with the bounds, else 0."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def compare(before: Sequence[float], since: Sequence[float]) -> Difference:
    """Return the difference of the two means with its 95 % interval by Welch (1947).

    d ± t(0.975, ν) · √(s₁²/n₁ + s₂²/n₂), with the degrees of freedom ν of Welch and Satterthwaite:
    the two times may scatter differently. It takes the values as independent of each other.
    """
    plain = Difference(fmean(before) if before else None, fmean(since) if since else None)
    if min(len(before), len(since)) < FEW:
        return plain
    parts = [variance(values) / len(values) for values in (before, since)]
    if not sum(parts) or plain.value is None:
        return plain
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (before, since), strict=True)
    )
    spread = t_quantile(0.5 + SURE / 2, freedom) * sqrt(sum(parts))
    return replace(plain, low=plain.value - spread, high=plain.value + spread)


def compare_with(before: Series, since: Series, there_before: Series, there_since: Series) -> Difference:
    """Return the difference in differences: how much more it changed here than at the other place.

    Of the days measured at both places the distance between them is taken, and its means before and since
    are compared by Welch: what happened to both at once, such as a holiday, falls out. It says what the
    pilot did only if both would otherwise have gone the same way (Angrist, Pischke, Mostly Harmless
    Econometrics, 5.2).
    """
    return compare(_distances(before, there_before), _distances(since, there_since))


def _distances(here: Series, there: Series) -> list[float]:
    return [here[day] - there[day] for day in sorted(here.keys() & there.keys())]


def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t."""
    return float(stdtrit(freedom, probability))
