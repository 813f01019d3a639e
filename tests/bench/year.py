"""Turns the filled submissions into the year of a working neighbourhood: staff, states, events, figures."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.accounts.models import RoleName
from portal.communities.directory import get_directory, raise_version
from portal.communities.models import Calendar, Department, Place
from portal.insight.noting import monday_of, note_first_weeks, note_week
from portal.insight.strain import note_strains
from portal.threads.models import Event, Kind, Status, Thread
from portal.threads.word_shares import count_words
from tests import factories

PASSWORD = "a long enough password"
OFFICERS = 4  # of each department, and a head
BATCH = 5_000
ENDS = (Status.FIXED, Status.FIXED, Status.CONFIRMED, Status.NO_ACTION, Status.NOT_OURS)
# Up to so many days old, such a share is open.
OPEN_SHARES = ((3, 0.9), (10, 0.5), (30, 0.1), (366, 0.02))
IDEAS_OPEN = ((90, 0.8), (366, 0.1))
Row = dict[str, Any]


def add_staff(session: Session) -> Mapping[int, Sequence[int]]:
    """Add officers and a head to each department; return the officers' numbers by department.

    `officer` of the tests' neighbourhood and `coordinator` can sign in, and so can `head`.
    """
    root = session.scalars(select(Place).where(Place.code == "yunhe")).one()
    session.add(Calendar(place_id=root.id, weekdays=[0, 1, 2, 3, 4], days={}))
    officers = {}
    for department in session.scalars(select(Department)).all():
        people = [factories.add_person(session, f"{department.code}-{n}") for n in range(OFFICERS + 1)]
        for person in people[1:]:
            factories.add_role(session, person, RoleName.OFFICER, root, department)
        factories.add_role(session, people[0], RoleName.HEAD, root, department)
        if department.code == "construction":
            people[0].name, people[0].email = "head", "head@example.org"
        officers[department.id] = [person.id for person in people[1:]]
    for name in ("officer", "coordinator", "head"):
        set_password(session, factories.person(session, name), PASSWORD)
    raise_version(session)
    return officers


def live_a_year(connection: Connection, officers: Mapping[int, Sequence[int]], now: datetime) -> None:
    """Spread the submissions over the year until now, and let things happen to them."""
    columns = select(Thread.id, Thread.kind, Thread.department_id).order_by(Thread.id)
    rows = connection.execute(columns).all()
    for start in range(0, len(rows), BATCH):
        lives = [_live(row, len(rows), officers, now) for row in rows[start : start + BATCH]]
        change = update(Thread.__table__).where(Thread.__table__.c.id == bindparam("number"))  # type: ignore[arg-type]
        connection.execute(change, [thread for thread, _ in lives])
        connection.execute(insert(Event), [event for _, events in lives for event in events])
    connection.commit()


def _live(row: Any, size: int, officers: Mapping[int, Sequence[int]], now: datetime) -> tuple[Row, list[Row]]:
    chance = random.Random(row.id)
    came = now - timedelta(days=365) * (1 - row.id / size)
    days = (now - came) / timedelta(days=1)
    shares = OPEN_SHARES if row.kind == Kind.REPORT else IDEAS_OPEN
    is_open = chance.random() < next(share for most, share in shares if days <= most)
    unsorted = row.kind == Kind.REPORT and days < 1 and chance.random() < 0.3
    officer = chance.choice(officers[row.department_id]) if row.department_id and not unsorted else None
    events = list(_events(row, came, now, officer, None if is_open else chance.choice(ENDS)))
    thread: Row = {
        "number": row.id,
        "created_at": came,
        "changed_at": events[-1]["at"] if events else came,
        "due_at": came + timedelta(days=chance.choice((3, 5, 10))),
        "is_urgent": chance.random() < 0.03,
        "last_sequence": 1 + len(events),
    }
    if row.kind == Kind.REPORT:
        has_it = officer is not None and (not is_open or chance.random() < 0.7)
        begun = has_it and is_open and chance.random() < 0.5
        thread |= {
            "is_closed": not is_open and not unsorted,
            "needs_sorting": unsorted,
            "department_id": None if unsorted else row.department_id,
            "assignee_id": officer if has_it else None,
            "status": _status(is_open, unsorted, begun, chance),
            "answered_at": events[-1]["at"] if begun or not is_open else None,
        }
    else:
        thread |= {
            "is_closed": not is_open,
            "needs_sorting": False,
            "department_id": None,
            "assignee_id": None,
            "status": Status.OPEN if is_open else Status.LATER,
            "answered_at": came,
        }
    return thread, events


def _status(is_open: bool, unsorted: bool, begun: bool, chance: random.Random) -> Status:
    if unsorted:
        return Status.RECEIVED
    if not is_open:
        return chance.choice(ENDS)
    return Status.IN_PROGRESS if begun else Status.WITH_DEPARTMENT


def _events(
    row: Any, came: datetime, now: datetime, officer: int | None, end: Status | None
) -> Iterator[Row]:
    """Give what happened after it came: at odd hours too, as in life."""
    steps = [("thread.routed", None, 0.0, {"department": row.department_id})]
    if officer:
        steps += [("thread.taken", officer, 0.3, {"person": officer}), ("report.started", officer, 0.6, {})]
        steps += [("thread.noted", officer, 1.1, {}), ("thread.replied", officer, 1.4, {})]
        steps += [("report.fixed", officer, 2.9, {})] if end else []
    for place, (kind, actor, days, data) in enumerate(steps):
        at = came + timedelta(days=days)
        if at <= now:
            yield {
                "stream": f"thread:{row.id}",
                "sequence": place + 2,
                "thread_id": row.id,
                "kind": kind,
                "visibility": "public"
                if kind in ("report.started", "thread.replied", "report.fixed")
                else "staff",
                "actor_id": actor,
                "actor_role": "officer" if actor else "classifier",
                "data": data,
                "at": at,
                "previous": "",
                "digest": "",
            }


def note_figures(session: Session, now: datetime) -> None:
    """Write down what the nights would have written of the work, and of how common words are."""
    directory, week = get_directory(session), monday_of(now)
    note_first_weeks(session, week, directory, now=now)
    note_week(session, week, directory, now=now, open_now=True)
    note_strains(session, week, directory)
    count_words(session)
