"""Who wants to hear what becomes of a thread: its sender, until they say no, and whoever asks for it."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.threads.additions import Follower, Frequency
from portal.threads.models import Thread


def follow_thread(
    session: Session,
    thread: Thread,
    person: Person,
    frequency: Frequency = Frequency.AT_ONCE,
    *,
    now: datetime,
) -> None:
    """Let the person hear of each public step; asked again, only how often changes.

    A sender follows without a row here.
    """
    if is_sender(thread, person):
        _forget(session, thread, person)
        return
    found = find_follower(session, thread, person)
    if found is None:
        session.add(Follower(thread_id=thread.id, person_id=person.root_id, frequency=frequency, at=now))
    else:
        found.frequency = frequency
    session.flush()


def stop_following(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Tell the person no more of this thread; a sender gets no more mails about it."""
    _forget(session, thread, person)
    if is_sender(thread, person):
        silent = Follower(thread_id=thread.id, person_id=person.root_id, frequency=Frequency.NO_MAIL, at=now)
        session.add(silent)
    session.flush()


def is_following(session: Session, thread: Thread, person: Person | None) -> bool:
    """Tell whether the person hears of this thread."""
    if person is None:
        return False
    found = find_follower(session, thread, person)
    if is_sender(thread, person):
        return found is None or found.frequency != Frequency.NO_MAIL
    return found is not None


def is_sender(thread: Thread, person: Person) -> bool:
    return thread.author.root_id == person.root_id


def find_follower(session: Session, thread: Thread, person: Person) -> Follower | None:
    """Return the person’s row, under whichever of their records it was made, be it moved with a joining."""
    own = select(Follower).where(follows(thread.id), Follower.person_id.in_(records_of(person)))
    return session.scalars(own.order_by(Follower.id).limit(1)).first()


def _forget(session: Session, thread: Thread, person: Person) -> None:
    session.execute(delete(Follower).where(follows(thread.id), Follower.person_id.in_(records_of(person))))


def follows(number: int) -> ColumnElement[bool]:
    """Return the condition on Follower that this thread is followed, be it joined with another since."""
    return (Follower.thread_id == number) | (Follower.moved_from_id == number)
