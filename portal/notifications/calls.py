"""What is told by telephone: it waits until staff have rung and say how it went."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.contacts import note_contact, prove_by_call, stop_contact
from portal.accounts.models import Contact, ContactChannel, Person
from portal.communities.directory import Directory
from portal.notifications.models import Delivery
from portal.threads.actions import refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import Event, EventVisibility, Thread
from portal.triage.access import of_departments_of, sorted_by

PAGE_ROWS = 25
IS_THEIRS = (Contact.person_id == Delivery.person_id) & (Contact.channel == Delivery.channel)
WAITS = (
    Delivery.channel == ContactChannel.PHONE,
    Delivery.sent_at.is_(None),
    Delivery.held_back_at.is_(None),
    Contact.stopped_at.is_(None),
)

Untold = Row[Delivery, Event, Contact]


def list_untold(session: Session, thread: Thread) -> Sequence[Untold]:
    """Return what the sender is to be told by telephone about this thread, oldest first, and whom to ring."""
    waiting = (
        select(Delivery, Event, Contact)
        .join(Event, Event.id == Delivery.event_id)
        .join(Contact, IS_THEIRS)
        .where(*WAITS, Event.thread_id == thread.id)
    )
    return session.execute(waiting.order_by(Delivery.id)).all()


def list_calls(
    session: Session, person: Person, directory: Directory, after: int, most: int = PAGE_ROWS
) -> Sequence[Row[Thread, int, int, datetime]]:
    """Return the threads whose sender this member of staff could ring, the longest waiting first.

    Each with the number of its first news, how many there are, and since when it waits; one
    more than a page.
    """
    first = func.min(Delivery.id)
    waiting = (
        select(Thread, first, func.count(), func.min(Delivery.created_at))
        .join(Event, Event.thread_id == Thread.id)
        .join(Delivery, Delivery.event_id == Event.id)
        .join(Contact, IS_THEIRS)
        .where(*WAITS, or_(sorted_by(person, directory), of_departments_of(person, directory)))
        .group_by(Thread.id)
        .having(first > after)
    )
    return session.execute(waiting.order_by(first).limit(most + 1)).all()


def note_told(session: Session, thread: Thread, upto: int, *, by: Actor, now: datetime) -> bool:
    """Note that the sender has been told all up to this delivery. Return whether there was anything.

    The thread is locked by this transaction. A number that the sender wrote themselves is proven by it.
    """
    told = [row for row in list_untold(session, thread) if row.Delivery.id <= upto]
    numbers = [row.Delivery.id for row in told]
    if told:
        prove_by_call(session, told[0].Contact, now=now)
        session.execute(update(Delivery).where(Delivery.id.in_(numbers)).values(sent_at=now))
        _record(session, thread, "thread.told_by_telephone", numbers, by=by, now=now)
    return bool(numbers)


def note_not_reached(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Note that staff rang and reached nobody: it goes on waiting."""
    numbers = [row.Delivery.id for row in list_untold(session, thread)]
    _record(session, thread, "thread.not_reached", numbers, by=by, now=now)


def stop_calls(session: Session, thread: Thread, *, by: Actor, now: datetime) -> bool:
    """Ring the sender no more, as they wish. Return whether anything waited to be told."""
    untold = list_untold(session, thread)
    if not untold:
        return False
    stop_contact(session, untold[0].Contact, now=now)
    numbers = [row.Delivery.id for row in untold]
    session.execute(update(Delivery).where(Delivery.id.in_(numbers)).values(held_back_at=now))
    _record(session, thread, "thread.calls_stopped", numbers, by=by, now=now)
    return True


def note_telephone(session: Session, thread: Thread, number: str, *, by: Actor, now: datetime) -> None:
    """Note where the sender has agreed to be rung; the same number again changes nothing.

    Raises Invalid if it can't be a number, Conflict where the sender is not known any more.
    """
    refuse_unless(thread.author.erased_at is None)
    contact = note_contact(session, thread.author, ContactChannel.PHONE, number, noted_by=by.person, now=now)
    if contact.consent_at == now:  # else it was there
        told, data = EventVisibility.STAFF, {"contact": contact.id}
        record_event(session, thread, "thread.telephone_noted", by=by, now=now, visibility=told, data=data)


def _record(
    session: Session, thread: Thread, kind: str, numbers: list[int], *, by: Actor, now: datetime
) -> None:
    visibility, data = EventVisibility.STAFF, {"deliveries": numbers}
    record_event(session, thread, kind, by=by, now=now, visibility=visibility, data=data)
    session.flush()
