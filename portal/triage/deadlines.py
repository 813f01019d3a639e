"""Promises that run out: which matters are soon late, late, and much later, by each place's calendar."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal.communities.calendars import DAY, WorkCalendar
from portal.communities.directory import Directory
from portal.threads.models import Pace, Thread

SOON_DAYS, MUCH_DAYS = 2, 3  # working days
SOON_URGENT, MUCH_URGENT = timedelta(hours=2), timedelta(hours=24)  # danger keeps no office hours


class Level(StrEnum):
    SOON = "soon"  # told to who has it
    LATE = "late"  # told to the head of department
    MUCH = "much"  # told to the coordinator


@dataclass(frozen=True)
class Clock:
    """One promise: when it runs out, and on which matters it is running now."""

    name: str
    due: InstrumentedAttribute[Any]
    runs: ColumnElement[bool]


IN_HOURS = Thread.pace != Pace.NORMAL  # danger, or it came in emergency mode
RUNNING = and_(~Thread.is_closed, Thread.clock_stopped_at.is_(None))
# Until it is answered the first counts, then the second: threads.clocks.next_due.
CLOCKS = (
    Clock("answer", Thread.due_at, RUNNING & Thread.answered_at.is_(None)),
    Clock("fix", Thread.fix_due_at, RUNNING & Thread.answered_at.is_not(None)),
)


def soon_late(directory: Directory, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a promise runs out within two working days, in danger within two hours."""
    places = list(directory.places)
    return or_(*(is_at(Level.SOON, clock, directory, places, now) & (clock.due >= now) for clock in CLOCKS))


def is_at(
    level: Level, clock: Clock, directory: Directory, places: Collection[int], now: datetime
) -> ColumnElement[bool]:
    """Return the condition that a matter in these places has come so far, or farther."""
    parts = [
        Thread.place_id.in_(ids) & _has_come(level, clock, calendar, now)
        for calendar, ids in _by_calendar(directory, places)
    ]
    return clock.runs & or_(false(), *parts)


def _by_calendar(
    directory: Directory, places: Collection[int]
) -> list[tuple[WorkCalendar | None, list[int]]]:
    groups: dict[int, tuple[WorkCalendar | None, list[int]]] = {}
    for place in places:
        calendar = directory.calendar_for(place)
        groups.setdefault(id(calendar), (calendar, []))[1].append(place)
    return list(groups.values())


def _has_come(
    level: Level, clock: Clock, calendar: WorkCalendar | None, now: datetime
) -> ColumnElement[bool]:
    """Return the condition that the promise runs out before such a moment: by days, or counted in hours."""
    if level == Level.SOON:
        by_days, by_hours = after(calendar, now, SOON_DAYS), now + SOON_URGENT
        return or_(and_(~IN_HOURS, clock.due <= by_days), and_(IN_HOURS, clock.due <= by_hours))
    by_days, by_hours = now, now
    if level == Level.MUCH:
        by_days, by_hours = before(calendar, now, MUCH_DAYS), now - MUCH_URGENT
    return or_(and_(~IN_HOURS, clock.due < by_days), and_(IN_HOURS, clock.due < by_hours))


def after(calendar: WorkCalendar | None, now: datetime, days: int) -> datetime:
    return calendar.after(now, days) if calendar else now + days * DAY


def before(calendar: WorkCalendar | None, now: datetime, days: int) -> datetime:
    """Return the same time of day, so many working days ago."""
    if calendar is None:
        return now - days * DAY
    local = now.astimezone(calendar.zone)
    for _day in range(days):
        local -= DAY
        while not calendar.is_working(local.date()):
            local -= DAY
    return local.astimezone(UTC)


def working_places(directory: Directory, now: datetime) -> Sequence[int]:
    """Return the places where it is a working day; where there is no calendar, each is one."""
    return [
        place
        for place in directory.places
        if (calendar := directory.calendar_for(place)) is None
        or calendar.is_working(now.astimezone(calendar.zone).date())
    ]
