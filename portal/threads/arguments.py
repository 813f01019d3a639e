"""Arguments for and against an idea: comments with a side, ordered by how many found them helpful."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.threads.actions import refuse_unless
from portal.threads.additions import Comment, Helpful, Side
from portal.threads.comments import seen_by
from portal.threads.models import Thread

MOST = 50  # of a side on the page; a list that nobody can read to its end helps nobody


@dataclass(frozen=True)
class Arguments:
    """Both lists, the most helpful first, how many each has, and which ones the reader found helpful."""

    sides: dict[Side, list[Comment]]
    counts: dict[Side, int]
    found_helpful: Collection[int]


def list_arguments(session: Session, thread: Thread, reader: Person | None = None) -> Arguments:
    """Return what the public may read of them, and the reader's own; at most four queries."""
    counted = select(Comment.side, func.count()).where(_public(thread)).group_by(Comment.side)
    counts = {Side(side): number for side, number in session.execute(counted) if side}
    sides = {side: _list_side(session, thread, side, reader) for side in Side}
    numbers = [comment.id for comments in sides.values() for comment in comments]
    return Arguments(sides, {side: counts.get(side, 0) for side in Side}, _found(session, numbers, reader))


def _public(thread: Thread) -> ColumnElement[bool]:
    is_public = Comment.is_shown & Comment.hidden_at.is_(None) & Comment.taken_back_at.is_(None)
    return (Comment.thread_id == thread.id) & Comment.side.is_not(None) & is_public


def _list_side(session: Session, thread: Thread, side: Side, reader: Person | None) -> list[Comment]:
    wanted = (Comment.thread_id == thread.id) & (Comment.side == side) & Comment.taken_back_at.is_(None)
    order = (Comment.helpful_total.desc(), Comment.id)
    return list(session.scalars(select(Comment).where(wanted, seen_by(reader)).order_by(*order).limit(MOST)))


def _found(session: Session, numbers: Collection[int], reader: Person | None) -> Collection[int]:
    if reader is None or not numbers:
        return set()
    own = Helpful.person_id.in_(records_of(reader))
    return set(session.scalars(select(Helpful.comment_id).where(Helpful.comment_id.in_(numbers), own)))


def find_helpful(session: Session, argument: Comment, person: Person, *, now: datetime) -> None:
    """Count once that this person finds it helpful. Nobody says so of their own. The thread is locked."""
    refuse_unless(argument.is_public and argument.person.root_id != person.root_id)
    if not _found(session, [argument.id], person):
        session.add(Helpful(comment_id=argument.id, person_id=person.root_id, at=now))
        session.flush()
        count_helpful(session, argument)


def take_back_helpful(session: Session, argument: Comment, person: Person) -> None:
    """Have said nothing of it. The thread is locked."""
    own = Helpful.person_id.in_(records_of(person))
    session.execute(delete(Helpful).where(Helpful.comment_id == argument.id, own))
    count_helpful(session, argument)


def count_helpful(session: Session, argument: Comment) -> None:
    """Write the count: distinct people, going by the one they are the same as."""
    root = func.coalesce(Person.same_as_id, Person.id)
    people = select(func.count(root.distinct())).join(Helpful, Helpful.person_id == Person.id)
    others = people.where(Helpful.comment_id == argument.id, root != argument.person.root_id)
    argument.helpful_total = session.scalar(others) or 0


def recount_helpful_of(session: Session, person: Person) -> None:
    """Count anew whatever this person found helpful: they were found to be another."""
    found = select(Helpful.comment_id).where(Helpful.person_id.in_(records_of(person)))
    arguments = session.scalars(select(Comment).where(Comment.id.in_(found)).order_by(Comment.id)).all()
    for argument in arguments:
        count_helpful(session, argument)
