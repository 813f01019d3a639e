"""What comes up again and again at the same place: reports tied one after the other."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session

from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.threads.events import Actor, record_event
from portal.threads.links import LinkKind, ThreadLink
from portal.threads.models import EventVisibility, Kind, Thread
from portal.threads.scoring import rescore

IS_TIED: ColumnElement[bool] = (ThreadLink.kind == LinkKind.RECURS) & ThreadLink.ended_at.is_(None)


def chain_of(number: int) -> CTE:
    """Return the numbers of all that is tied with a thread, and its own, to be asked for in a query."""
    found = select(Thread.id).where(Thread.id == number).cte("chain", recursive=True)
    ends = or_(ThreadLink.from_id == found.c.id, ThreadLink.to_id == found.c.id)
    other_end = case((ThreadLink.from_id == found.c.id, ThreadLink.to_id), else_=ThreadLink.from_id)
    return found.union(select(other_end).join(found, ends).where(IS_TIED))


def list_chain(session: Session, number: int) -> Sequence[Thread]:
    """Return all that is tied with a thread, and the thread itself, the oldest first."""
    wanted = Thread.id.in_(select(chain_of(number).c.id))
    return session.scalars(select(Thread).where(wanted).order_by(Thread.id)).all()


def list_tied(session: Session, number: int) -> set[int]:
    """Return the numbers of what is tied to the thread itself."""
    ends = or_(ThreadLink.from_id == number, ThreadLink.to_id == number)
    rows = session.execute(select(ThreadLink.from_id, ThreadLink.to_id).where(IS_TIED, ends))
    return {end for row in rows for end in row} - {number}


def tie(session: Session, thread: Thread, earlier: Thread, *, by: Actor, now: datetime) -> None:
    """Say that a report is the same matter as an earlier one, come up again. Both are locked here.

    Raises Conflict where they are no two reports, or are tied already.
    """
    thread, earlier = sorted((thread, earlier), key=lambda t: -t.id)
    chains = _lock_chains(session, thread.id, earlier.id)
    if thread.kind != Kind.REPORT or earlier.kind != Kind.REPORT:
        raise Conflict(_("Only two reports can be one matter that comes up again."))
    if earlier.id in chains[0]:
        raise Conflict(_("These two are in one chain already."))
    link = ThreadLink(kind=LinkKind.RECURS, from_id=thread.id, to_id=earlier.id, actor_id=by.id, at=now)
    session.add(link)
    session.flush()
    _name_chain(session, thread.id, now)
    _record(session, thread, "thread.recurs", earlier, by=by, now=now)


def untie(session: Session, thread: Thread, other: Thread, *, by: Actor, now: datetime) -> None:
    """Say that two reports that were tied have nothing to do with each other."""
    thread, other = sorted((thread, other), key=lambda t: -t.id)
    _lock_chains(session, thread.id, other.id)
    link = session.scalar(
        select(ThreadLink).where(IS_TIED, ThreadLink.from_id == thread.id, ThreadLink.to_id == other.id)
    )
    if link is None:
        raise Conflict(_("These two are not tied to each other any more."))
    link.ended_at, link.chain_id = now, None
    session.flush()
    for number in (thread.id, other.id):
        _name_chain(session, number, now)
    _record(session, thread, "thread.recurs_not", other, by=by, now=now)


def was_tied(session: Session, thread_id: int, earlier_id: int) -> bool:
    """Tell whether the two are tied, or were until somebody said that they should not be."""
    known = select(ThreadLink.id).where(
        ThreadLink.kind == LinkKind.RECURS, ThreadLink.from_id == thread_id, ThreadLink.to_id == earlier_id
    )
    return session.scalar(known.limit(1)) is not None


def _lock_chains(session: Session, *numbers: int) -> list[set[int]]:
    """Lock the chains of these threads, in one order for all; return their numbers."""
    chains = [set(session.scalars(select(chain_of(number).c.id))) for number in numbers]
    wanted = select(Thread).where(Thread.id.in_(set().union(*chains))).order_by(Thread.id)
    session.scalars(wanted.with_for_update(of=Thread).execution_options(populate_existing=True)).all()
    again = [set(session.scalars(select(chain_of(number).c.id))) for number in numbers]
    if again != chains:
        raise Conflict(_("Someone else changed one of these while you were reading them."))
    return chains


def _name_chain(session: Session, number: int, now: datetime) -> None:
    """Mark the ties of a chain with its first thread, by which the list of chains counts them.

    Each of them presses the more the more came before it.
    """
    members = list(session.scalars(select(chain_of(number).c.id)))
    inside = update(ThreadLink).where(IS_TIED, ThreadLink.from_id.in_(members))
    session.execute(inside.values(chain_id=min(members)))
    for before, thread in enumerate(list_chain(session, number)):
        thread.recurrences = before
        rescore(session, thread, now)


def _record(session: Session, thread: Thread, event: str, other: Thread, *, by: Actor, now: datetime) -> None:
    data, inside = {"others": [other.reference]}, EventVisibility.STAFF
    record_event(session, thread, event, by=by, now=now, visibility=inside, data=data)
