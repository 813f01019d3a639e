"""Warnings that promises run out: each once, in one mail for each person."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.core.outbox import enqueue
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.between import list_new
from portal.notifications.crew import Crew, Matter
from portal.notifications.models import EMAIL, WARNINGS, Delivery, DueWarning
from portal.threads.models import Thread
from portal.triage.deadlines import CLOCKS, IN_HOURS, Clock, Level, is_at, working_places


def warn(session: Session, directory: Directory, *, urgent: bool, host: str, now: datetime) -> None:
    """Tell everybody concerned of what has newly become soon late, late or much later. Safe to repeat.

    Of danger at any hour; of the rest where it is a working day.
    """
    places = list(directory.places) if urgent else working_places(directory, now)
    crew = Crew(session, directory)
    pace = IN_HOURS if urgent else ~IN_HOURS
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for clock in CLOCKS:
        for level in Level:
            reached = is_at(level, clock, directory, places, now) & pace
            for row in _list_new(session, clock, level, reached):
                for person_id in crew.told_of(level, row):
                    told[person_id].append(_warning(row, clock, level, person_id, now))
    if not urgent:
        for person_id, warning in list_new(session, crew, places, now):
            told[person_id].append(warning)
    if told:
        deliveries = _begin_mails(session, told.keys(), urgent=urgent, host=host, now=now)
        session.execute(insert(DueWarning), list(_with_mails(told, deliveries)))


def _list_new(session: Session, clock: Clock, level: Level, reached: ColumnElement[bool]) -> Sequence[Matter]:
    """Return what nobody was told of yet, what is due first before the rest."""
    known = select(DueWarning.id).where(
        DueWarning.thread_id == Thread.id,
        DueWarning.clock == clock.name,
        DueWarning.level == level,
        DueWarning.since == Thread.clock_started_at,
    )
    return session.execute(
        select(
            Thread.id,
            Thread.place_id,
            Thread.department_id,
            Thread.assignee_id,
            Thread.clock_started_at.label("since"),
        )
        .where(reached, ~known.exists())
        .order_by(clock.due, Thread.id)
    ).all()


def _warning(row: Matter, clock: Clock, level: Level, person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "thread_id": row.id,
        "clock": clock.name,
        "item_id": 0,
        "level": level,
        "since": row.since,
        "person_id": person_id,
        "at": now,
    }


def _begin_mails(
    session: Session, people: Collection[int], *, urgent: bool, host: str, now: datetime
) -> dict[int, int]:
    """Add one mail for each person who takes mails. Return its number by theirs."""
    local = local_time(now)
    name = f"{'danger' if urgent else 'warnings'}-{local:%Y%m%d%H%M}"
    takes = select(Person.id).where(
        Person.id.in_(people), Person.email.is_not(None), Person.mail_stopped_at.is_(None)
    )
    mails = [
        Delivery(
            person_id=number,
            channel=EMAIL,
            about=WARNINGS,
            message_id=f"<{name}.{number}@{host}>",
            created_at=now,
        )
        for number in session.scalars(takes)
    ]
    session.add_all(mails)
    session.flush()
    for mail in mails:
        job = {"delivery_id": mail.id}
        enqueue(session, SEND_TOPIC, job, now=now, unique_key=sending_key(mail.id))
    return {mail.person_id: mail.id for mail in mails}


def _with_mails(
    told: dict[int, list[dict[str, Any]]], deliveries: dict[int, int]
) -> Iterator[dict[str, Any]]:
    for person_id, warnings in told.items():
        for warning in warnings:
            yield warning | {"delivery_id": deliveries.get(person_id)}
