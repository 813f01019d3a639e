"""The values of an indicator put in order: before, since the start, here and at the place beside. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from portal.pilots.figures import Difference, compare, compare_with
from portal.pilots.models import Filled, Indicator, Pilot, Value
from portal.pilots.rules import is_before

Points = Mapping[date, float]


@dataclass(frozen=True)
class Measured:
    """All that was measured for an indicator, by day."""

    here: Points
    there: Points
    before: Points
    since: Points
    there_before: Points
    there_since: Points
    rounds: Sequence[date] = ()  # the days on which the second and later rounds began

    @property
    def latest(self) -> Points:
        """Return what was measured since the round that runs, or ran last, began."""
        return {day: value for day, value in self.since.items() if not self.rounds or day >= self.rounds[-1]}

    @property
    def difference(self) -> Difference:
        """Return before and after, here alone."""
        return compare([*self.before.values()], [*self.since.values()])

    @property
    def difference_of_round(self) -> Difference:
        """Return before and the latest round, here alone."""
        return compare([*self.before.values()], [*self.latest.values()])

    @property
    def pairs(self) -> int:
        """Return on how many days both places were measured: before or since, whichever is fewer."""
        before = self.before.keys() & self.there_before.keys()
        return min(len(before), len(self.since.keys() & self.there_since.keys()))

    @property
    def difference_beside(self) -> Difference | None:
        """Return how much more it changed here than at the place beside; None without values there."""
        if not self.there:
            return None
        return compare_with(self.before, self.since, self.there_before, self.there_since)


def measure(
    pilot: Pilot, indicator: Indicator, values: Iterable[Value], rounds: Sequence[date] = ()
) -> Measured:
    """Put the values of one indicator in order, by day; before the start nothing counts as since."""
    mine = sorted(values, key=lambda value: value.on_day)
    here = [value for value in mine if not value.is_comparison]
    there = [value for value in mine if value.is_comparison]
    return Measured(
        _points(here),
        _points(there),
        _points(_before(indicator, here)),
        _points(_since(pilot, here)),
        _points(_before(indicator, there)),
        _points(_since(pilot, there)),
        rounds,
    )


def baseline_of(indicator: Indicator, values: Iterable[Value]) -> float | None:
    """Return the mean of what was measured here on the days of the baseline, or None."""
    here = [value for value in values if not value.is_comparison]
    found = _before(indicator, here)
    return fmean(value.value for value in found) if found else None


def _points(values: Sequence[Value]) -> Points:
    return {value.on_day: value.value for value in values}


def _before(indicator: Indicator, values: Sequence[Value]) -> list[Value]:
    first, until = indicator.baseline_from, indicator.baseline_until
    return [value for value in values if is_before(value, Filled(indicator.filled), first, until)]


def _since(pilot: Pilot, values: Sequence[Value]) -> list[Value]:
    if not pilot.is_locked:
        return []
    return [value for value in values if value.on_day >= pilot.starts_on]
