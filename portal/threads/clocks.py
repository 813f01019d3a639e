"""What is promised, when it falls due, and whether it was kept. No database.

Two clocks run for a matter: until the first answer, and until it is fixed. Both count the working
hours of the place, in danger and emergency mode all hours; both stand still while nobody here can go on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.communities.calendars import NOTHING, Hours, RoundTheClock
from portal.communities.directory import CategoryEntry
from portal.communities.times import usual_times
from portal.threads.models import Kind, Pace, Thread

DESK_DAYS = 3  # the promise while nobody knows yet what it is about
DESK_TIMES = usual_times(DESK_DAYS)
HOUR = timedelta(hours=1)

Pause = tuple[datetime, datetime]


@dataclass(frozen=True)
class Promise:
    """So many units until the first answer, and until it is fixed; one is a working day or an hour."""

    answer: int
    fix: int | None  # nothing is promised of what can't be fixed
    pace: Pace
    unit: timedelta  # how long a working day is, or an hour

    @property
    def in_hours(self) -> bool:
        return self.pace != Pace.NORMAL

    def kept(self) -> dict[str, Any]:
        """Return it as JSON can keep it."""
        minutes = self.unit // timedelta(minutes=1)
        return {"answer": self.answer, "fix": self.fix, "pace": str(self.pace), "minutes": minutes}


def read_promise(kept: dict[str, Any]) -> Promise | None:
    """Return the promise that was kept so; None where it was made before that was done."""
    if not kept:
        return None
    unit = timedelta(minutes=kept["minutes"])
    return Promise(kept["answer"], kept["fix"], Pace(kept["pace"]), unit)


def make_promise(kind: Kind, category: CategoryEntry | None, pace: Pace, hours: Hours) -> Promise:
    """Return what is promised of such a matter. `hours` are those that count at this pace."""
    pace = pace_of(kind, pace)
    times = DESK_TIMES if category is None else category.times
    before, unit = ("", "days") if pace == Pace.NORMAL else (f"{pace}_", "hours")
    answer, fix = times[f"{before}answer_{unit}"], times[f"{before}fix_{unit}"]
    can_be_fixed = kind == Kind.REPORT and category is not None
    return Promise(answer, fix if can_be_fixed else None, pace, hours.day if pace == Pace.NORMAL else HOUR)


def pace_of(kind: Kind, pace: Pace) -> Pace:
    """Return the pace at which a matter of this kind goes: an idea is no danger."""
    return Pace.NORMAL if kind == Kind.IDEA else pace


def choose_pace(*, is_urgent: bool, in_emergency: bool) -> Pace:
    """Return the pace of what begins now."""
    if is_urgent:
        return Pace.URGENT
    return Pace.EMERGENCY if in_emergency else Pace.NORMAL


def hours_of(kind: Kind, pace: Pace, calendar: Hours | None) -> Hours:
    """Return which hours count: danger keeps no office hours, nor does a place without a calendar."""
    if calendar is None or pace_of(kind, pace) != Pace.NORMAL:
        return RoundTheClock()
    return calendar


def due_time(start: datetime, allowed: timedelta, pauses: Iterable[Pause], hours: Hours) -> datetime:
    """Return when so much time that counts has passed since `start`, the pauses left out.

    A pause that began when it was late already puts it off too: how late it is stays what it was.
    """
    return hours.add(start, allowed + stood_still(start, pauses, hours))


def stood_still(start: datetime, pauses: Iterable[Pause], hours: Hours) -> timedelta:
    """Return how much time that counts the pauses took since `start`."""
    return sum((hours.between(max(begin, start), end) for begin, end in pauses), NOTHING)


def pauses_of(thread: Thread) -> list[Pause]:
    """Return from when to when the clocks stood still; the pause they stand in now is not among them."""
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in thread.clock_pauses]


def next_due(thread: Thread) -> datetime | None:
    """Return what falls due next: the answer, then the fix. None where no clock runs."""
    if thread.is_closed or thread.clock_stopped_at is not None:
        return None
    return thread.due_at if thread.answered_at is None else thread.fix_due_at


def is_late(thread: Thread, now: datetime) -> bool:
    """Tell whether a promise has passed; never while the clocks stand still."""
    due = next_due(thread)
    return due is not None and due < now
