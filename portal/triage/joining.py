"""Staff join two submissions about the same matter, both of which they work, and take them apart again."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.threads.merging import merge_threads, undo_merge
from portal.threads.models import Thread
from portal.threads.moving import settle
from portal.threads.queries import find_by_reference
from portal.threads.trees import Tree, find_joining, find_survivor, lock_trees
from portal.triage.access import Desk, desk_for, get_thread_for
from portal.triage.forms import MergeForm, MoveForm


def lock_both(session: Session, thread: Thread, form: MergeForm) -> None:
    """Lock the thread and the one it is to be joined with, in one order for all."""
    other = find_by_reference(session, parse_reference(form.other.data or "") or "")
    lock_trees(session, thread.id, *([other.id] if other else []))
    _need_seen(thread, form.seen.data)
    if other is not None and form.other_seen.data is not None:
        _need_seen(other, form.other_seen.data)


def lock_all(session: Session, thread: Thread, form: MoveForm) -> None:
    """Lock the thread and all it is joined with."""
    lock_trees(session, thread.id)
    _need_seen(thread, form.seen.data)


def _need_seen(thread: Thread, seen: int | None) -> None:
    if thread.last_sequence != seen:
        raise Conflict(_("Someone else changed this while you were reading it."))


def join(
    session: Session, thread: Thread, form: MergeForm, desk: Desk, directory: Directory, *, now: datetime
) -> None:
    """Join the thread with the one that the form names. Raises Invalid where the person can't."""
    reference = parse_reference(form.other.data or "")
    try:
        other, theirs = get_thread_for(session, desk.actor.person, reference or "", directory)
    except NotFound:
        raise Invalid(_("There is no submission with this reference that you may read.")) from None
    if not theirs.works:
        raise Invalid(_("Only who works both may join them. Ask a coordinator."))
    try:
        merge_threads(session, thread, other, by=desk.actor, now=now)
    except Conflict as refused:
        raise Invalid(refused.message) from None


def settle_again(session: Session, thread: Thread, *, now: datetime) -> None:
    """Put photos where they belong after what the public may see of a thread has changed."""
    survivor = find_survivor(session, thread.id)
    settle(session, Tree.of(session, survivor.id if survivor else thread.id), now)


def part(session: Session, thread: Thread, desk: Desk, directory: Directory, *, now: datetime) -> None:
    """Let the thread go on by itself again, as one who works what it was joined with too."""
    link = find_joining(session, thread.id)
    survivor = session.get_one(Thread, link.to_id) if link else thread
    if not desk_for(desk.actor.person, survivor, directory).works:
        raise NotAllowed()
    undo_merge(session, thread, by=desk.actor, now=now)
