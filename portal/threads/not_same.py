"""Saying that two submissions are not about the same matter."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.threads.actions import lock_thread
from portal.threads.additions import NotSame
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Thread


def say_not_same(session: Session, thread: Thread, other: Thread, *, by: Actor, now: datetime) -> None:
    """Keep that these two are not the same. They are locked first, in one order for all."""
    for number in sorted((thread.id, other.id)):
        lock_thread(session, number)
    remember_not_same(session, thread, [other.id], by=by, now=now)


def remember_not_same(
    session: Session, thread: Thread, others: Sequence[int], *, by: Actor, now: datetime
) -> None:
    """Keep that a thread, which is locked or was made now, is not the same as the others.

    Everybody's word counts in the lists of the public; in those of staff only that of staff and of
    who sent one of the two. Staff see who said so. Said again, nothing changes, unless it
    counts for staff only now.
    """
    if not others:
        return
    known, recorded = _known_pairs(session, thread.id, others), []
    author = func.coalesce(Person.same_as_id, Person.id)
    found = select(Thread.id, Thread.reference, author.label("author_id")).join(Thread.author)
    for other in session.execute(found.where(Thread.id.in_(others), Thread.id != thread.id)):
        for_staff = by.role != "resident" or _is_one_of(by, thread.author.root_id, other.author_id)
        first, second = sorted((thread.id, other.id))
        pair = known.get(other.id) or NotSame(first_id=first, second_id=second, for_staff=False)
        if pair.id is None or (for_staff and not pair.for_staff):
            pair.for_staff, pair.person_id, pair.at = for_staff, by.id, now
            session.add(pair)
            recorded.append(other.reference)
    if recorded:
        data, inside = {"others": recorded}, EventVisibility.STAFF
        record_event(session, thread, "thread.not_same", by=by, now=now, visibility=inside, data=data)
    session.flush()


def _known_pairs(session: Session, number: int, others: Sequence[int]) -> dict[int, NotSame]:
    """Return what was said of these before, by the other one's number."""
    pairs = or_(
        (NotSame.first_id == number) & NotSame.second_id.in_(others),
        (NotSame.second_id == number) & NotSame.first_id.in_(others),
    )
    found = session.scalars(select(NotSame).where(pairs))
    return {pair.second_id if pair.first_id == number else pair.first_id: pair for pair in found}


def _is_one_of(by: Actor, *authors: int) -> bool:
    return by.person is not None and by.person.root_id in authors
