"""Handing over many matters at once: from a person to a colleague, or to the departments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import names_of
from portal.communities.directory import Directory
from portal.threads.events import SYSTEM, Actor
from portal.threads.models import Status, Thread
from portal.triage.access import desk_for, overseen_by, worked_by
from portal.triage.actions import assign
from portal.triage.bulk import keep_action
from portal.triage.models import BulkAction

MOST = 500  # in one transaction


@dataclass(frozen=True)
class Holding:
    """Somebody who has open matters, and how many of them the asker may hand over."""

    person_id: int
    name: str
    count: int


@dataclass(frozen=True)
class Wish:
    """Whose matters go to whom (None: to their departments), and which of them."""

    holder: Person
    taker: Person | None
    department_id: int | None = None
    place_id: int | None = None  # and below


@dataclass(frozen=True)
class Plan:
    """What would go, best first, and what would stay because the taker may not work it."""

    going: Sequence[Thread]
    staying: Sequence[Thread]
    count: int  # of all that fit the wish, also beyond MOST


def has_open(person_id: int) -> ColumnElement[bool]:
    """Return the condition that this person has the matter, and it is open and in a queue."""
    return (Thread.assignee_id == person_id) & ~Thread.is_closed & ~Thread.needs_sorting


def handed_by(mover: Person, directory: Directory, holder_id: int) -> ColumnElement[bool]:
    """Return the condition that this person may hand over what the holder has.

    Coordinators may in their places, heads in their departments, and everybody their own.
    """
    mine = worked_by if mover.id == holder_id else overseen_by
    return has_open(holder_id) & mine(mover, directory)


def list_holders(session: Session, mover: Person, directory: Directory) -> list[Holding]:
    """Return everybody of whom the mover may hand over something, by name."""
    own = (Thread.assignee_id == mover.id) & worked_by(mover, directory)
    held = (
        select(Thread.assignee_id, func.count().label("matters"))
        .where(Thread.assignee_id.is_not(None), ~Thread.is_closed, ~Thread.needs_sorting)
        .where(or_(overseen_by(mover, directory), own))
        .group_by(Thread.assignee_id)
    )
    counts = {row.assignee_id: row.matters for row in session.execute(held)}
    names = names_of(session, counts)
    holdings = [Holding(number, names.get(number, ""), count) for number, count in counts.items()]
    return sorted(holdings, key=lambda each: (each.name, each.person_id))


def plan_handing(session: Session, wish: Wish, mover: Person, directory: Directory) -> Plan:
    """Return what would go: first what nobody has begun, then what is due last."""
    condition = _chosen(wish, mover, directory)
    begun = Thread.status == Status.IN_PROGRESS
    found = session.scalars(
        select(Thread).where(condition).order_by(begun, Thread.due_at.desc(), Thread.id).limit(MOST)
    ).all()
    going = [thread for thread in found if _may_take(wish.taker, thread, directory)]
    return Plan(
        going=going,
        staying=[thread for thread in found if thread not in going],
        count=session.scalar(select(func.count()).select_from(Thread).where(condition)) or 0,
    )


def _chosen(wish: Wish, mover: Person, directory: Directory) -> ColumnElement[bool]:
    condition = handed_by(mover, directory, wish.holder.id)
    if wish.department_id is not None:
        condition &= Thread.department_id == wish.department_id
    if wish.place_id is not None:
        condition &= Thread.place_id.in_(directory.within(wish.place_id))
    return condition


def _may_take(taker: Person | None, thread: Thread, directory: Directory) -> bool:
    return taker is None or desk_for(taker, thread, directory).works


def hand_over(
    session: Session,
    wish: Wish,
    numbers: Collection[int],
    *,
    by: Person,
    directory: Directory,
    now: datetime,
) -> BulkAction | None:
    """Give these matters of the holder to the taker, each with an event. None where nothing could go.

    What has meanwhile gone elsewhere, or isn't the mover's to hand over or the taker's to work, stays.
    What was done is kept like any move made in many at once, and can be undone like it.
    """
    done = []
    for thread in _lock(session, Thread.id.in_(numbers) & _chosen(wish, by, directory)):
        if _may_take(wish.taker, thread, directory):
            actor, before = desk_for(by, thread, directory).actor, thread.last_sequence
            assign(session, thread, wish.taker, by=actor, now=now)
            done.append(
                {
                    "thread": thread.id,
                    "role": actor.role,
                    "before": {"assignee_id": wish.holder.id},
                    "from": before,
                    "until": thread.last_sequence,
                    "photos": [],
                }
            )
    verb = "give" if wish.taker else "leave"
    return keep_action(session, by, verb, done, now=now) if done else None


def leave_what_is_not_theirs(
    session: Session, person: Person, directory: Directory, *, by: Actor = SYSTEM, now: datetime
) -> int:
    """Leave to its department what this person has and may no longer work. Return how many it were."""
    lost = _lock(session, has_open(person.id) & ~worked_by(person, directory))
    for thread in lost:
        assign(session, thread, None, by=by, now=now)
    return len(lost)


def list_assigned(session: Session) -> Sequence[Person]:
    """Return everybody who has an open matter."""
    held = select(Thread.assignee_id).where(Thread.assignee_id.is_not(None), ~Thread.is_closed)
    return session.scalars(select(Person).where(Person.id.in_(held)).order_by(Person.id)).all()


def _lock(session: Session, condition: ColumnElement[bool]) -> Sequence[Thread]:
    """Return the threads, locked one after the other in the order of their numbers."""
    return session.scalars(
        select(Thread)
        .where(condition)
        .order_by(Thread.id)
        .with_for_update(of=Thread)
        .execution_options(populate_existing=True)
    ).all()
