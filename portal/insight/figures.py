"""The formulas. Pure: numbers in, numbers out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

Counts = Mapping[Any, int]

Z95 = 1.959964  # two-sided, 95 %
Z95_ONE_SIDED = 1.644854
FEW = 20  # shares of fewer are marked as such
LEAST = 5  # of fewer nothing is told to the public
SOME_CHANGE, MUCH_CHANGE = 0.1, 0.25


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, and how far it can be trusted."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Return the share between 0 and 1; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def is_few(self) -> bool:
        return self.whole < FEW

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of Wilson (1927), which holds for small counts and near 0 and 1.

        (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n); of nothing it is everything.
        """
        if not self.whole:
            return 0.0, 1.0
        n, z2 = self.whole, Z95**2
        middle = self.value + z2 / (2 * n)
        spread = Z95 * sqrt(self.value * (1 - self.value) / n + z2 / (4 * n * n))
        return max(0.0, (middle - spread) / (1 + z2 / n)), min(1.0, (middle + spread) / (1 + z2 / n))

    def is_surely_above(self, other: "Share") -> bool:
        """Tell whether the intervals lie apart: stricter than a test at 5 %."""
        return bool(self.whole and other.whole) and self.interval[0] > other.interval[1]


@dataclass(frozen=True)
class Band:
    """Submissions whose probability lay in one tenth: how many, how many right, the sum said."""

    number: int  # 0 for 0-10 %, 9 for 90-100 %
    share: Share
    promised: float

    @property
    def mean(self) -> float:
        """Return the mean probability said."""
        return self.promised / self.share.whole if self.share.whole else 0.0


def calibration_error(bands: Sequence[Band]) -> float:
    """Return the expected calibration error: Σ n_b/N · |share right - mean probability|.

    Naeini, Cooper, Hauskrecht 2015; Guo et al. 2017, equation 3. 0 of nothing.
    """
    total = sum(band.share.whole for band in bands)
    gaps = sum(band.share.whole * abs(band.share.value - band.mean) for band in bands)
    return gaps / total if total else 0.0


def stability_index(before: Counts, recent: Counts) -> float:
    """Return the population stability index: Σ (r - b) · ln(r / b) over shares r and b.

    Siddiqi, Credit Risk Scorecards (2006): under 0.1 is no change, over 0.25 much. Half a case is
    added to each count, so that what is new doesn't count as infinite change.
    """
    keys = before.keys() | recent.keys()
    return sum(_change(_smoothed(before, key, keys), _smoothed(recent, key, keys)) for key in keys)


def _change(b: float, r: float) -> float:
    return (r - b) * log(r / b)


def _smoothed(counts: Counts, key: object, keys: Collection[object]) -> float:
    return (counts.get(key, 0) + 0.5) / (sum(counts.values()) + 0.5 * len(keys))


def chance_index(keys: int, before: int, recent: int) -> float:
    """Return the index that chance alone stays under in 95 of 100 cases, from two such numbers of cases.

    (1/n + 1/m) · χ²(0.95, keys - 1): Yurdakul, Naranjo, Statistical properties of the population
    stability index (2020); χ² after Wilson and Hilferty (1931).
    """
    if keys < 2 or not before or not recent:
        return 0.0
    return (1 / before + 1 / recent) * chi_square_limit(keys - 1)


def chi_square_limit(freedom: int) -> float:
    """Return the 95th percentile of χ² (Wilson, Hilferty 1931), within 1 % from 3 degrees up."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + Z95_ONE_SIDED * sqrt(part)) ** 3)


def degree_of_change(before: Counts, recent: Counts) -> str:
    """Return "few" (too few to tell), "none", "some" or "much"."""
    n, m = sum(before.values()), sum(recent.values())
    if min(n, m) < FEW:
        return "few"
    index = stability_index(before, recent)
    if index <= max(SOME_CHANGE, chance_index(len(before.keys() | recent.keys()), n, m)):
        return "none"
    return "much" if index > MUCH_CHANGE else "some"


def rising(
    before: Mapping[str, int], recent: Mapping[str, int], before_all: int, recent_all: int, least: int
) -> list[tuple[str, Share, Share]]:
    """Return the words that weigh in surely more submissions than before, steepest first.

    A word of fewer than `least` recent submissions is left out: it could point to one person.
    """
    found = [
        (word, Share(before.get(word, 0), before_all), Share(count, recent_all))
        for word, count in recent.items()
        if count >= least
    ]
    found = [each for each in found if each[2].is_surely_above(each[1])]
    return sorted(found, key=lambda each: (each[1].value - each[2].value, each[0]))


def fold_few(cells: Mapping[int, Sequence[int]], least: int = LEAST) -> list[list[Any]]:
    """Return [key, *counts] of each cell that holds `least` or more, the largest first, then [None, *counts].

    The last holds all others added up. It too holds `least` or more: otherwise the smallest of the shown
    is folded into it, so that no cell can be found by taking the shown ones from a total. Where all
    together are fewer, nothing is returned.
    """
    ordered = sorted(cells.items(), key=lambda cell: (-sum(cell[1]), cell[0]))
    shown = [cell for cell in ordered if sum(cell[1]) >= least]
    few = [cell for cell in ordered if 0 < sum(cell[1]) < least]
    while few and shown and sum(sum(counts) for _key, counts in few) < least:
        few.append(shown.pop())
    rest = [sum(column) for column in zip(*(counts for _key, counts in few), strict=True)]
    others = [[None, *rest]] if sum(rest) >= least else []
    return [[key, *counts] for key, counts in shown] + others
