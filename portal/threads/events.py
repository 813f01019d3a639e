"""The append-only record of what happened, and the check that nobody altered it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.models import DirectoryVersion
from portal.core.outbox import Job, enqueue
from portal.threads.models import Event, EventVisibility, Statement, Thread

ADMINISTRATION = "administration"
TOPIC = "event.recorded"
TOLD_AT = "told at"  # in a session's info
TAKEN_BACK = "thread.taken_back"  # nobody was told of what it takes back, so nobody is told of this
APPEARED = "thread.words_shown"  # what staff do, and whoever waits for such submissions hears of


@dataclass(frozen=True)
class Actor:
    """Who did it, and in which role the record shows them."""

    person: Person | None
    role: str  # resident, officer, coordinator, panellist, administrator, classifier, system

    @property
    def id(self) -> int | None:
        return self.person.id if self.person else None


CLASSIFIER = Actor(None, "classifier")
SYSTEM = Actor(None, "system")


def resident(person: Person | None) -> Actor:
    return Actor(person, "resident")


def record_event(
    session: Session,
    thread: Thread,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    visibility: EventVisibility = EventVisibility.PUBLIC,
    statement: Statement | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Add an event to a thread that this transaction has locked or made.

    Whoever may be told of it (public or sender) is told by the worker, from the outbox; what the
    classifier does is part of the receipt. Nothing is flushed: a submission is written at once.
    """
    event = Event(
        stream=f"thread:{thread.id}",
        sequence=thread.last_sequence + 1,
        thread_id=thread.id,
        kind=kind,
        visibility=visibility,
        actor_id=by.id,
        actor_role=by.role,
        statement_id=statement.id if statement else None,
        data=data or {},
        at=now,
        previous=thread.last_digest,
    )
    event.digest = event_digest(event)
    session.add(event)
    thread.last_sequence = event.sequence
    thread.last_digest = event.digest
    thread.changed_at = now
    is_for_others = visibility in (EventVisibility.PUBLIC, EventVisibility.SENDER) and by != CLASSIFIER
    if (is_for_others and kind != TAKEN_BACK) or kind == APPEARED:
        job = {"thread_id": thread.id, "sequence": event.sequence}
        enqueue(session, TOPIC, job, now=now, run_at=session.info.get(TOLD_AT))
    return event


@contextmanager
def told_later(session: Session, at: datetime) -> Iterator[None]:
    """Let people be told of what is recorded in this block at that moment, and no earlier."""
    session.info[TOLD_AT] = at
    try:
        yield
    finally:
        del session.info[TOLD_AT]


def keep_untold(session: Session, after: Mapping[int, int], now: datetime) -> None:
    """Let nobody be told of what happened in these threads after these events, where it is still to come."""
    waiting = select(Job).where(Job.topic == TOPIC, Job.done_at.is_(None), Job.run_at > now)
    for job in session.scalars(waiting):
        if job.payload["sequence"] > after.get(job.payload["thread_id"], job.payload["sequence"]):
            session.delete(job)


def tell_now(session: Session, thread: Thread, now: datetime) -> None:
    """Let people be told now of what waited in a thread: it can no longer be undone."""
    waiting = select(Job).where(Job.topic == TOPIC, Job.done_at.is_(None), Job.run_at > now)
    for job in session.scalars(waiting):
        if job.payload["thread_id"] == thread.id:
            job.run_at = now


def record_administration(
    session: Session, kind: str, *, by: Actor, data: dict[str, Any], now: datetime
) -> Event:
    """Add an event about the set-up of the neighbourhood, seen by staff only.

    One at a time, as a thread's events are by its lock, or two would take the same number.
    """
    session.execute(select(DirectoryVersion.id).with_for_update())
    last = session.scalar(
        select(Event).where(Event.stream == ADMINISTRATION).order_by(Event.sequence.desc()).limit(1)
    )
    event = Event(
        stream=ADMINISTRATION,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        visibility=EventVisibility.STAFF,
        actor_id=by.id,
        actor_role=by.role,
        data=data,
        at=now,
        previous=last.digest if last else "",
    )
    event.digest = event_digest(event)
    session.add(event)
    session.flush()
    return event


def event_digest(event: Event) -> str:
    """Return the SHA-256, in hex, of the row's content and of the digest before it."""
    content = [
        event.stream,
        event.sequence,
        event.kind,
        str(event.visibility),
        event.actor_id,
        event.actor_role,
        event.statement_id,
        event.data,
        event.at.isoformat(),
        event.previous,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def find_broken_event(session: Session, stream: str) -> Event | None:
    """Return the first event of a stream that was altered or follows a removed one, or None."""
    expected, previous = 1, ""
    for event in session.scalars(select(Event).where(Event.stream == stream).order_by(Event.sequence)):
        if event.sequence != expected or event.previous != previous or event.digest != event_digest(event):
            return event
        expected, previous = event.sequence + 1, event.digest
    return None
