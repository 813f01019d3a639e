"""What was joined with what: each survivor and all below it, read and locked as one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import CTE, ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.threads.lineage import lock_counted
from portal.threads.links import LinkKind, ThreadLink
from portal.threads.models import Thread

IS_JOINED: ColumnElement[bool] = (ThreadLink.kind == LinkKind.DUPLICATE) & ThreadLink.ended_at.is_(None)


@dataclass(frozen=True)
class Tree:
    """A thread, and what was joined with it, in the order in which that was done."""

    thread: Thread
    children: list["Tree"] = field(default_factory=list)

    @staticmethod
    def of(session: Session, number: int) -> "Tree":
        """Return the thread and all that was joined with it, in two queries."""
        links = list_links_below(session, number)
        wanted = [number, *(link.from_id for link in links)]
        found = select(Thread).where(Thread.id.in_(wanted)).options(joinedload(Thread.author))
        trees = {thread.id: Tree(thread) for thread in session.scalars(found)}
        for link in links:
            trees[link.to_id].children.append(trees[link.from_id])
        return trees[number]

    @property
    def threads(self) -> list[Thread]:
        return [self.thread, *(thread for child in self.children for thread in child.threads)]


def find_joining(session: Session, number: int) -> ThreadLink | None:
    """Return the link by which the thread is joined with another now."""
    return session.scalar(select(ThreadLink).where(IS_JOINED, ThreadLink.from_id == number))


def below(number: int) -> CTE:
    """Return the numbers of a thread and of all that was joined with it, to be asked for in a query."""
    found = select(Thread.id).where(Thread.id == number).cte("below", recursive=True)
    joined = select(ThreadLink.from_id).join(found, ThreadLink.to_id == found.c.id)
    return found.union(joined.where(IS_JOINED))


def above(number: int) -> CTE:
    """Return the numbers of a thread and of all that it was joined with, one after the other."""
    found = select(Thread.id).where(Thread.id == number).cte("above", recursive=True)
    joined = select(ThreadLink.to_id).join(found, ThreadLink.from_id == found.c.id)
    return found.union(joined.where(IS_JOINED))


def list_links_below(session: Session, number: int) -> Sequence[ThreadLink]:
    """Return what was joined with a thread, and with that, in the order it was done."""
    inside = select(below(number).c.id)
    wanted = select(ThreadLink).where(IS_JOINED, ThreadLink.to_id.in_(inside))
    return session.scalars(wanted.order_by(ThreadLink.id)).all()


def find_survivor(session: Session, number: int) -> Thread | None:
    """Return what goes on in the thread's place, however often that was joined with another since."""
    onward = select(ThreadLink.from_id).where(IS_JOINED)
    chain = select(above(number).c.id)
    return session.scalar(
        select(Thread).where(Thread.id.in_(chain), Thread.id != number, Thread.id.not_in(onward))
    )


def lock_trees(session: Session, *numbers: int) -> list[int]:
    """Lock all that is joined with any of these, in one order for all; return the survivor of each.

    Raises Conflict if somebody joined or parted one of them just now.
    """
    tops, members = _read_trees(session, numbers)
    there = {thread.id for thread in lock_counted(session, members)}
    if not there.issuperset(numbers):
        raise NotFound()
    if _read_trees(session, numbers) != (tops, members):
        raise Conflict(_("Someone else changed one of these while you were reading them."))
    return tops


def _read_trees(session: Session, numbers: Sequence[int]) -> tuple[list[int], list[int]]:
    survivors = [find_survivor(session, number) for number in numbers]
    tops = [found.id if found else number for found, number in zip(survivors, numbers, strict=True)]
    members: set[int] = set()
    for top in tops:
        members.update(session.scalars(select(below(top).c.id)))
    return tops, sorted(members)
