"""What is noted each night of the week's work: counted from its events, and from what is open now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.insight.models import Strain, WeekLoad
from portal.insight.rules import is_outside
from portal.threads.models import Event, Thread
from portal.triage.queries import is_late

WEEKS = 12  # kept, besides the present one
WEEK = timedelta(weeks=1)
STAFF = ("officer", "head", "coordinator", "panellist")  # in these roles the record shows who works
ROUTED = frozenset({"thread.routed", "thread.sorted", "thread.rerouted"})
REOPENED = "report.reopened"
TAKEN = frozenset({"thread.taken", "thread.given", "report.started"})
DONE = frozenset({"report.fixed", "report.not_ours", "report.no_action", "idea.decided", "idea.no_action"})

Key = tuple[int, int | None, int | None]  # place, department, person
Met = tuple[str, int | None, int]  # what was counted, of whom, on which thread


@dataclass
class Tally:
    """What is counted of one place, department and person in a week."""

    open: int | None = None
    late: int | None = None
    incoming: int = 0
    done: int = 0
    deeds: int = 0
    outside: int = 0


def monday_of(moment: datetime) -> date:
    """Return the day on which the week of this moment began, on the clock of the neighbourhood."""
    day = local_time(moment).date()
    return day - timedelta(days=day.weekday())


def note_week(
    session: Session, week: date, directory: Directory, *, now: datetime, open_now: bool = False
) -> None:
    """Write down the work of a week anew; with `open_now` also what is open and late at present."""
    tallies: dict[Key, Tally] = defaultdict(Tally)
    _count_events(tallies, _list_events(session, week, now), directory)
    if open_now:
        _count_open(session, tallies, now)
    session.execute(delete(WeekLoad).where(WeekLoad.week == week))
    rows = [
        {"week": week, "place_id": place, "department_id": department, "person_id": person, **vars(tally)}
        for (place, department, person), tally in tallies.items()
    ]
    if rows:
        session.execute(insert(WeekLoad), rows)


def note_first_weeks(session: Session, week: date, directory: Directory, *, now: datetime) -> None:
    """Write down the weeks before this one, once, as far as their events tell."""
    if session.scalar(select(WeekLoad.id).limit(1)) is None:
        for back in range(WEEKS, 0, -1):
            note_week(session, week - back * WEEK, directory, now=now)


def forget_weeks(session: Session, week: date) -> None:
    """Remove what is older than twelve weeks."""
    for table in (WeekLoad, Strain):
        session.execute(delete(table).where(table.week < week - WEEKS * WEEK))


def _list_events(session: Session, week: date, now: datetime) -> Sequence[Row[Any]]:
    zone = local_time(now).tzinfo
    start = datetime(week.year, week.month, week.day, tzinfo=zone)
    return session.execute(
        select(
            Event.kind,
            Event.at,
            Event.actor_id,
            Event.actor_role,
            Event.data,
            Thread.id.label("thread_id"),
            Thread.place_id,
            Thread.department_id,
            Thread.assignee_id,
        )
        .join(Thread, Thread.id == Event.thread_id)
        .where(Event.at >= start, Event.at < start + WEEK)
        .order_by(Event.at, Event.id)
    ).all()


def _count_events(tallies: dict[Key, Tally], events: Sequence[Row[Any]], directory: Directory) -> None:
    met: set[Met] = set()
    calendars = {place: directory.calendar_for(place) for place in {event.place_id for event in events}}
    for event in events:
        for department, person in _came_to(event):
            if _is_first(met, "came" if person is None else "taken", person or department, event):
                tallies[event.place_id, department, person].incoming += 1
        if event.actor_id is None or event.actor_role not in STAFF:
            continue
        own = tallies[event.place_id, event.department_id, event.actor_id]
        own.deeds += 1
        own.outside += is_outside(event.at, calendars[event.place_id])
        if event.kind in DONE and _is_first(met, "done", event.actor_id, event):
            own.done += 1


def _came_to(event: Row[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Give the department, or the department and the person, that the event brought the thread to."""
    if event.kind in ROUTED:
        yield event.data.get("department"), None
    if event.kind in TAKEN:
        yield event.department_id, event.data.get("person", event.actor_id)
    if event.kind == REOPENED:
        yield event.department_id, None
        if event.assignee_id is not None:
            yield event.department_id, event.assignee_id


def _is_first(met: set[Met], what: str, whose: int | None, event: Row[Any]) -> bool:
    """Tell whether this is met for the first time in the week, and remember it."""
    mark = (what, whose, event.thread_id)
    is_new = mark not in met
    met.add(mark)
    return is_new


def _count_open(session: Session, tallies: Mapping[Key, Tally], now: datetime) -> None:
    late = func.count().filter(is_late(now))
    rows = session.execute(
        select(Thread.place_id, Thread.department_id, Thread.assignee_id, func.count(), late)
        .where(~Thread.is_closed)
        .group_by(Thread.place_id, Thread.department_id, Thread.assignee_id)
    )
    for place, department, person, number, overdue in rows:
        tally = tallies[place, department, person]
        tally.open, tally.late = number, overdue
    for tally in tallies.values():
        tally.open, tally.late = tally.open or 0, tally.late or 0
