"""What the scores of a panel come to: means, spread, disagreement, knock-outs. No database.

A score is a whole number from 0 to 5; a knock-out question is answered 1 (yes) or 0 (no). Whoever
abstains gave no number: they are counted as abstaining, and never as a zero.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt

LOWEST, HIGHEST = 0, 5
WIDE_APART = 1.0  # points of standard deviation from which a panel is said to disagree

Number = int | None  # None: abstained


class KnockOut(StrEnum):
    """What became of a question that must be met."""

    MET = "met"  # every answer is yes
    DOUBTED = "doubted"  # somebody says no, but not more of them than say yes
    FAILED = "failed"  # more say no than yes


@dataclass(frozen=True)
class Measure:
    """A criterion as it is reckoned with."""

    id: int
    weight: int = 1
    is_knock_out: bool = False


@dataclass(frozen=True)
class Result:
    """What the panel's numbers for one criterion come to."""

    measure: Measure
    given: int  # how many gave a number
    abstained: int
    mean: float | None
    spread: float | None
    lowest: int | None
    highest: int | None
    is_apart: bool  # among those on which they disagree most
    knock_out: KnockOut | None

    @property
    def is_evaluated(self) -> bool:
        return self.given > 0


@dataclass(frozen=True)
class Outcome:
    """What all criteria come to together."""

    results: Sequence[Result]
    mean: float | None  # 0 to 5; None: not evaluated

    @property
    def percent(self) -> int | None:
        """The mean on a scale of 0 to 100."""
        return None if self.mean is None else round_half_up(self.mean * 100 / HIGHEST)

    @property
    def is_evaluated(self) -> bool:
        return any(result.is_evaluated for result in self.results)

    @property
    def failed(self) -> list[Result]:
        return [r for r in self.results if r.knock_out == KnockOut.FAILED]

    @property
    def doubted(self) -> list[Result]:
        return [r for r in self.results if r.knock_out == KnockOut.DOUBTED]


def mean_of(numbers: Sequence[int]) -> float | None:
    """Return the arithmetic mean, Σx / n; None of nothing."""
    return fsum(numbers) / len(numbers) if numbers else None


def spread_of(numbers: Sequence[int]) -> float | None:
    """Return the standard deviation of the scores themselves, √(Σ(x − x̄)² / n); None of fewer than two.

    It is the population's, not a sample's (as Python's statistics.pstdev and numpy.std with ddof=0):
    the panel stands for nobody but itself. Of scores from 0 to 5 it is at most 2.5.
    """
    if len(numbers) < 2:
        return None
    mean = fsum(numbers) / len(numbers)
    return sqrt(fsum((x - mean) ** 2 for x in numbers) / len(numbers))


def weighted_mean(means: Sequence[tuple[float, int]]) -> float | None:
    """Return Σ(w·m) / Σw of (mean, weight) pairs; None where no weight is left.

    This is the weighted sum of multi-criteria analysis, with the weights brought to a sum of one
    (Department for Communities and Local Government, "Multi-criteria analysis: a manual", 2009, ch. 6).
    """
    total = sum(weight for _mean, weight in means)
    return fsum(mean * weight for mean, weight in means) / total if total else None


def round_half_up(number: float) -> int:
    """Return the nearest whole number of one that is not negative; a half goes up, as people expect."""
    return int(number + 0.5)


def judge_knock_out(numbers: Sequence[int]) -> KnockOut | None:
    """Return what the answers to a knock-out question come to; None where nobody answered."""
    if not numbers:
        return None
    yes, no = sum(numbers), len(numbers) - sum(numbers)
    if no > yes:
        return KnockOut.FAILED
    return KnockOut.DOUBTED if no else KnockOut.MET


def reckon(measures: Sequence[Measure], given: Mapping[int, Sequence[Number]]) -> Outcome:
    """Return what the panel's numbers come to; `given` holds those of each criterion, by its id.

    The mean of all is the weighted mean of the criteria's means. A criterion on which everybody
    abstained is left out of it with its weight; with none left there is no mean: "not evaluated".
    """
    spreads = {m.id: spread_of(_numbers(given.get(m.id, ()))) for m in measures}
    apart = farthest_apart({m.id: spreads[m.id] for m in measures if not m.is_knock_out})
    results = [_result(m, given.get(m.id, ()), spreads[m.id], m.id in apart) for m in measures]
    means = [(r.mean, r.measure.weight) for r in results if r.mean is not None and not r.measure.is_knock_out]
    return Outcome(results, weighted_mean(means))


def farthest_apart(spreads: Mapping[int, float | None]) -> Collection[int]:
    """Return on which criteria they disagree most: of the widest spread, if that is a point or more."""
    widest = max((spread for spread in spreads.values() if spread is not None), default=0.0)
    if widest < WIDE_APART:
        return ()
    return {number for number, spread in spreads.items() if spread is not None and spread >= widest - 1e-9}


def _numbers(given: Sequence[Number]) -> list[int]:
    return [number for number in given if number is not None]


def _result(measure: Measure, given: Sequence[Number], spread: float | None, apart: bool) -> Result:
    numbers = _numbers(given)
    knock_out = judge_knock_out(numbers) if measure.is_knock_out else None
    return Result(
        measure,
        given=len(numbers),
        abstained=len(given) - len(numbers),
        mean=mean_of(numbers),
        spread=spread,
        lowest=min(numbers, default=None),
        highest=max(numbers, default=None),
        is_apart=apart or (knock_out is not None and len(set(numbers)) > 1),
        knock_out=knock_out,
    )
