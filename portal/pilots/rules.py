"""Decisions about pilots and their indicators that need no database."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import fmean

from portal.pilots.models import Filled, Pilot, PilotState, Value

WEEK = timedelta(weeks=1)
LATEST = 3  # values whose mean says whether the target is reached: one good week is not enough

MOVES: dict[PilotState, frozenset[str]] = {
    PilotState.PLANNED: frozenset({"change", "measure", "start", "give-up"}),
    PilotState.RUNNING: frozenset({"change", "measure", "spend"}),
    PilotState.SCALED: frozenset({"spend"}),
    PilotState.STOPPED: frozenset({"spend"}),
}
# What is counted, and from where, stays: values of before and since could not be compared any more.
COUNTED = ("filled", "category_id", "comparison_place_id", "baseline_from", "baseline_until")
# A change of these wakes the warnings anew.
BOUNDS = ("target", "stop_at", "direction")


def permits(pilot: Pilot, move: str) -> bool:
    """Tell whether the state of the pilot lets staff do this."""
    return move in MOVES[PilotState(pilot.state)]


def is_past(value: float, bound: float, direction: str) -> bool:
    """Tell whether a value has come to a bound, or beyond it in this direction."""
    return value >= bound if direction == "up" else value <= bound


def is_reached(values: Sequence[float], target: float, direction: str) -> bool:
    """Tell whether the mean of the latest three values has come to the target."""
    latest = values[-LATEST:]
    return len(latest) == LATEST and is_past(fmean(latest), target, direction)


def is_crossed(values: Sequence[float], stop_at: float | None, direction: str) -> bool:
    """Tell whether any value lies at or past the stop threshold, on the side away from the target."""
    if stop_at is None:
        return False
    return any(is_past(value, stop_at, "down" if direction == "up" else "up") for value in values)


def monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def whole_weeks(first: date, last: date) -> list[date]:
    """Return the Mondays of the weeks that lie wholly between two days, both counted in."""
    monday, weeks = monday_on_or_after(first), []
    while monday + WEEK - timedelta(days=1) <= last:
        weeks.append(monday)
        monday += WEEK
    return weeks


def last_measured_day(filled: Filled, on_day: date) -> date:
    """Return the last day that a value of this day is about: a week's last one where Linli counts."""
    return on_day if filled == Filled.ENTERED else on_day + WEEK - timedelta(days=1)


def is_before(value: Value, filled: Filled, first: date, until: date) -> bool:
    """Tell whether the value is about the days of the baseline, and about no other."""
    return first <= value.on_day and last_measured_day(filled, value.on_day) <= until
