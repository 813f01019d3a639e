"""What ideas were combined into what: those above, those below, and the whole of it as a tree."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import CTE, ColumnElement, select
from sqlalchemy.orm import Session

from portal.threads.links import LinkKind, ThreadLink
from portal.threads.models import Kind, Status, Thread

GOES_ON: ColumnElement[bool] = ThreadLink.kind.in_(
    (LinkKind.COMBINED, LinkKind.DUPLICATE)
) & ThreadLink.ended_at.is_(None)
IS_COMBINED: ColumnElement[bool] = (ThreadLink.kind == LinkKind.COMBINED) & ThreadLink.ended_at.is_(None)


@dataclass(frozen=True)
class Lineage:
    """An idea, and those that were combined into it, each with its own."""

    thread: Thread
    parents: list["Lineage"] = field(default_factory=list)


def onward_of(number: int) -> CTE:
    """Return the numbers of all in which an idea goes on, combined or joined; to be asked for in a query."""
    found = select(ThreadLink.to_id.label("id")).where(GOES_ON, ThreadLink.from_id == number)
    onward = found.cte("onward", recursive=True)
    return onward.union(
        select(ThreadLink.to_id).join(onward, ThreadLink.from_id == onward.c.id).where(GOES_ON)
    )


def lock_counted(session: Session, numbers: Collection[int]) -> list[Thread]:
    """Return these threads, locked with all ideas whose supporters are counted together with theirs.

    A vote changes the counts of an idea and of those that were combined into it. Whoever writes them
    locks them by this first: in one order for all, so that no two wait for each other.
    """
    wanted = select(Thread).where(Thread.id.in_(select(_counted_with(numbers).c.id))).order_by(Thread.id)
    locked = wanted.with_for_update(of=Thread).execution_options(populate_existing=True)
    return [thread for thread in session.scalars(locked) if thread.id in numbers]


def _counted_with(numbers: Collection[int]) -> CTE:
    """Return the numbers of these; of ideas, also all in which they go on, and all that goes on in those."""
    found = select(Thread.id, Thread.kind).where(Thread.id.in_(numbers)).cte("onward_of_all", recursive=True)
    up = select(ThreadLink.to_id, found.c.kind).join(found, ThreadLink.from_id == found.c.id)
    onward = found.union(up.where(GOES_ON, found.c.kind == Kind.IDEA))
    tops = select(onward.c.id, onward.c.kind).cte("below_all", recursive=True)
    down = select(ThreadLink.from_id, tops.c.kind).join(tops, ThreadLink.to_id == tops.c.id)
    return tops.union(down.where(GOES_ON, tops.c.kind == Kind.IDEA))


def list_combined_below(session: Session, thread: Thread) -> Sequence[Thread]:
    """Return what was combined into an idea, or into what goes on in it."""
    inside = Thread.id.in_(select(_below(thread.id).c.id))
    return session.scalars(select(Thread).where(Thread.status == Status.COMBINED, inside)).all()


def _below(number: int) -> CTE:
    found = select(ThreadLink.from_id.label("id")).where(GOES_ON, ThreadLink.to_id == number)
    below = found.cte("combined_below", recursive=True)
    return below.union(select(ThreadLink.from_id).join(below, ThreadLink.to_id == below.c.id).where(GOES_ON))


def find_combined(session: Session, thread: Thread) -> Thread | None:
    """Return the idea that this one was combined into, if it was."""
    if thread.status != Status.COMBINED:
        return None
    link = select(ThreadLink.to_id).where(IS_COMBINED, ThreadLink.from_id == thread.id)
    return session.scalar(select(Thread).where(Thread.id.in_(link)))


def find_onward(session: Session, thread: Thread) -> Thread | None:
    """Return where an idea that was combined goes on in the end, however often that was combined since."""
    if thread.status != Status.COMBINED:
        return None
    goes_on = select(ThreadLink.from_id).where(GOES_ON)
    last = Thread.id.in_(select(onward_of(thread.id).c.id)) & Thread.id.not_in(goes_on)
    return session.scalar(select(Thread).where(last))


def read_lineage(session: Session, thread: Thread) -> Lineage | None:
    """Return the whole that an idea is part of, from what goes on now; None where nothing was combined."""
    links = session.scalars(select(ThreadLink).where(IS_COMBINED, _concerns(thread.id))).all()
    if not links:
        return None
    top = _find_top(session, thread.id)
    inside = _combined_under(top)
    tied = session.scalars(
        select(ThreadLink)
        .where(IS_COMBINED, ThreadLink.to_id.in_(select(inside.c.id)))
        .order_by(ThreadLink.id)
    ).all()
    numbers = {top, *(link.from_id for link in tied)}
    found = session.scalars(select(Thread).where(Thread.id.in_(numbers)))
    nodes = {one.id: Lineage(one) for one in found}
    for link in tied:
        nodes[link.to_id].parents.append(nodes[link.from_id])
    return nodes[top]


def _concerns(number: int) -> ColumnElement[bool]:
    return (ThreadLink.from_id == number) | (ThreadLink.to_id == number)


def _find_top(session: Session, number: int) -> int:
    """Return the last in the chain of what it was combined into, itself if none."""
    found = select(Thread.id).where(Thread.id == number).cte("chain", recursive=True)
    chain = found.union(
        select(ThreadLink.to_id).join(found, ThreadLink.from_id == found.c.id).where(IS_COMBINED)
    )
    onward = select(ThreadLink.from_id).where(IS_COMBINED)
    top = session.scalar(select(chain.c.id).where(chain.c.id.not_in(onward)))
    return top if top is not None else number


def _combined_under(number: int) -> CTE:
    found = select(Thread.id).where(Thread.id == number).cte("under", recursive=True)
    return found.union(
        select(ThreadLink.from_id).join(found, ThreadLink.to_id == found.c.id).where(IS_COMBINED)
    )
