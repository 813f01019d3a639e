"""Joining a submission with another that is about the same matter, and taking them apart again.

What was joined stays as it was sent, and the other one, its survivor, goes on for both.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.threads.actions import set_status
from portal.threads.events import Actor, record_event
from portal.threads.followers import is_sender
from portal.threads.links import LinkKind, Merge, ThreadLink
from portal.threads.merge_rules import refusal
from portal.threads.models import EventVisibility, Status, Thread, Vote
from portal.threads.moving import settle
from portal.threads.trees import Tree, find_joining, lock_trees
from portal.threads.votes import has_voted


def merge_threads(
    session: Session,
    thread: Thread,
    survivor: Thread,
    *,
    seen: tuple[int, int] | None = None,
    by: Actor,
    now: datetime,
) -> ThreadLink:
    """Let the survivor go on for the thread: its votes, followers and photos count there.

    Both are locked here; `seen` are the last events of each that the person knew. Raises Conflict
    where they have changed since, or can't be joined.
    """
    lock_trees(session, thread.id, survivor.id)
    _need_unchanged(thread, survivor, seen)
    why_not = refusal(thread, survivor)
    if why_not:
        raise Conflict(why_not)
    link = join_quietly(session, thread, survivor, by=by, now=now)
    record_event(session, thread, "thread.merged", by=by, now=now, data={"other": survivor.reference})
    _tell_staff(session, survivor, "thread.took_in", thread, by=by, now=now)
    return link


def join_quietly(
    session: Session, thread: Thread, survivor: Thread, *, by: Actor, now: datetime
) -> ThreadLink:
    """Join two that are locked, and tell nobody: the caller records why."""
    link = ThreadLink(kind=LinkKind.DUPLICATE, from_id=thread.id, to_id=survivor.id, actor_id=by.id, at=now)
    session.add(link)
    session.flush()
    _keep_state(session, thread, link)
    set_status(session, thread, Status.DUPLICATE, now=now)
    thread.needs_sorting = False
    if not is_sender(survivor, thread.author) and not has_voted(session, thread.id, thread.author):
        _count_sender(session, thread, now)
    settle(session, Tree.of(session, survivor.id), now)
    return link


def undo_merge(
    session: Session, thread: Thread, *, seen: int | None = None, by: Actor, now: datetime
) -> Thread:
    """Let the thread go on by itself, with all that was its own. Return what it was joined with.

    What was given to the survivor since stays there.
    """
    top = lock_trees(session, thread.id)[0]
    if seen is not None and thread.last_sequence != seen:
        raise Conflict(_("Someone else changed this while you were reading it."))
    link = find_joining(session, thread.id)
    if link is None:
        raise Conflict(_("It is not joined with another any more."))
    link.ended_at = now
    session.flush()
    before = session.get_one(Merge, link.id)
    set_status(session, thread, before.status, now=now)
    thread.status_before_waiting = before.status_before_waiting
    thread.needs_sorting = before.needs_sorting
    _uncount_sender(session, thread)
    settle(session, Tree.of(session, thread.id), now)
    settle(session, Tree.of(session, top), now)
    survivor = session.get_one(Thread, link.to_id)
    record_event(session, thread, "thread.unmerged", by=by, now=now, data={"other": survivor.reference})
    _tell_staff(session, survivor, "thread.gave_back", thread, by=by, now=now)
    return survivor


def _need_unchanged(thread: Thread, survivor: Thread, seen: tuple[int, int] | None) -> None:
    if seen is not None and seen != (thread.last_sequence, survivor.last_sequence):
        raise Conflict(_("Someone else changed one of these while you were reading them."))


def _keep_state(session: Session, thread: Thread, link: ThreadLink) -> None:
    session.add(
        Merge(
            link_id=link.id,
            status=thread.status,
            status_before_waiting=thread.status_before_waiting,
            needs_sorting=thread.needs_sorting,
        )
    )


def _count_sender(session: Session, thread: Thread, now: datetime) -> None:
    """Count who sent the thread as affected too, where it counts from now on."""
    own = {"person_id": thread.author.root_id, "version": thread.version}
    session.add(Vote(thread_id=thread.id, for_sending=True, at=now, **own))
    session.flush()


def _uncount_sender(session: Session, thread: Thread) -> None:
    own = (Vote.thread_id == thread.id) & Vote.moved_from_id.is_(None) | (Vote.moved_from_id == thread.id)
    session.execute(delete(Vote).where(Vote.for_sending, own))


def _tell_staff(
    session: Session, survivor: Thread, event: str, other: Thread, *, by: Actor, now: datetime
) -> None:
    """Record it at the survivor, for staff: its followers need no news of every one that is joined."""
    data, inside = {"other": other.reference}, EventVisibility.STAFF
    record_event(session, survivor, event, by=by, now=now, visibility=inside, data=data)
