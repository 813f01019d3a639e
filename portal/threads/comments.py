"""What people say below a public submission, and what staff do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, is_officer_for, is_panellist_at
from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.additions import Comment, CommentFlag, Side
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Kind, Status, Thread, Visibility
from portal.threads.words import index_words

PAGE = 25
RESIDENT = "resident"
SILENT = frozenset(
    {Status.WITHDRAWN, Status.DUPLICATE, Status.COMBINED}
)  # what is joined is talked about at its survivor


@dataclass(frozen=True)
class CommentPage:
    """Some comments, oldest first, and the number to read the earlier ones before, if there are any."""

    comments: Sequence[Comment]
    earlier: int | None


NO_COMMENTS = CommentPage([], None)


def takes_comments(thread: Thread, directory: Directory) -> bool:
    """Tell whether something may be said below this submission now."""
    wanted = directory.preferences
    on = wanted.comments_on_ideas if thread.kind == Kind.IDEA else wanted.comments_on_reports
    return on and thread.visibility == Visibility.PUBLIC and thread.status not in SILENT


def list_comments(
    session: Session, thread: Thread, before: int | None = None, *, reader: Person | None = None
) -> CommentPage:
    """Return the last comments, or those before a number, in one query.

    They are those that the public may read, the gaps that others left, and all of the reader's own.
    """
    wanted = select(Comment).where(Comment.thread_id == thread.id, Comment.side.is_(None), seen_by(reader))
    if before is not None:
        wanted = wanted.where(Comment.id < before)
    rows = session.scalars(wanted.order_by(Comment.id.desc()).limit(PAGE + 1)).all()
    shown = list(reversed(rows[:PAGE]))
    return CommentPage(shown, shown[0].id if len(rows) > PAGE else None)


def seen_by(reader: Person | None) -> ColumnElement[bool]:
    """Return the condition that anyone may read it or knows its gap, or that it is the reader's own."""
    seen = Comment.is_shown & Comment.hidden_at.is_(None)
    if reader is not None:
        seen |= Comment.person_id.in_(records_of(reader)) & Comment.taken_back_at.is_(None)
    return seen


def role_of(person: Person, thread: Thread, directory: Directory) -> str:
    """Return what a person's words are marked with here: the role they hold for this matter."""
    path = directory.places[thread.place_id].path
    if is_coordinator_at(person, path):
        return "coordinator"
    if thread.kind != Kind.IDEA and is_officer_for(person, path, thread.department_id):
        return "officer"
    if thread.kind == Kind.IDEA and is_panellist_at(person, path):
        return "panellist"
    return RESIDENT


def add_comment(
    session: Session,
    thread: Thread,
    person: Person,
    text: str,
    *,
    name_shown: bool,
    side: Side | None = None,
    directory: Directory,
    now: datetime,
) -> Comment:
    """Say something below a submission, or for or against it; the same said twice running is one.

    What somebody unverified says waits until staff have seen it.
    """
    if not takes_comments(thread, directory):
        raise Conflict(_("Nothing can be said here any more."))
    last = session.scalar(
        select(Comment)
        .where(Comment.thread_id == thread.id, Comment.person_id == person.id, Comment.side == side)
        .order_by(Comment.id.desc())
        .limit(1)
    )
    if last is not None and last.text == text:
        return last
    role = role_of(person, thread, directory)
    comment = Comment(
        thread_id=thread.id,
        person_id=person.id,
        text=text,
        role=role,
        name_shown=name_shown,
        side=side,
        helpful_total=0,
        is_shown=person.is_verified or role != RESIDENT,
        created_at=now,
        hidden_reason="",
    )
    session.add(comment)
    session.flush()
    by = Actor(person, role)
    if comment.is_shown:
        _publish(session, thread, comment, by=by, now=now)
    else:
        _record(session, thread, comment, "comment.waits", by=by, now=now)
    return comment


def take_back_comment(
    session: Session, thread: Thread, comment: Comment, *, by: Actor, now: datetime
) -> None:
    """Remove the words for good, as who said them wishes; a gap stays. Done again, nothing happens."""
    if comment.taken_back_at is not None:
        return
    if comment.is_public:
        _count(thread, comment, -1)
    comment.text, comment.taken_back_at = "", now
    _record(session, thread, comment, "comment.taken_back", by=by, now=now)
    settle_flags(session, comment, now=now)


def flag_comment(session: Session, comment: Comment, person: Person, why: str, *, now: datetime) -> None:
    """Tell staff that a comment should not stand there; each person is heard once."""
    known = select(CommentFlag.id).where(
        CommentFlag.comment_id == comment.id, CommentFlag.person_id == person.id
    )
    if session.scalar(known) is None:
        session.add(CommentFlag(comment_id=comment.id, person_id=person.id, why=why, at=now))
        session.flush()


def show_comment(session: Session, thread: Thread, comment: Comment, *, by: Actor, now: datetime) -> None:
    """Let the public read a comment that waited or was hidden. Followers hear of it the first time only."""
    refuse_unless(not comment.is_public and comment.taken_back_at is None)
    was_public_once = comment.is_shown
    comment.is_shown, comment.hidden_at = True, None
    comment.hidden_by_id, comment.hidden_reason = None, ""
    if was_public_once:
        _count(thread, comment, 1)
        _record(session, thread, comment, "comment.shown_again", by=by, now=now)
    else:
        _publish(session, thread, comment, by=by, now=now)
    settle_flags(session, comment, now=now)


def hide_comment(
    session: Session, thread: Thread, comment: Comment, reason: str, *, by: Actor, now: datetime
) -> None:
    """Take a comment from the public, with a reason that its author reads."""
    refuse_unless(comment.hidden_at is None and comment.taken_back_at is None)
    need_reason(reason)
    if comment.is_shown:
        _count(thread, comment, -1)
    comment.hidden_at, comment.hidden_by_id, comment.hidden_reason = now, by.id, reason
    _record(session, thread, comment, "comment.hidden", by=by, now=now)
    settle_flags(session, comment, now=now)


def settle_flags(session: Session, comment: Comment, *, now: datetime) -> None:
    """Note that staff have looked at what was said against a comment."""
    session.execute(
        update(CommentFlag)
        .where(CommentFlag.comment_id == comment.id, CommentFlag.settled_at.is_(None))
        .values(settled_at=now)
    )


def _publish(session: Session, thread: Thread, comment: Comment, *, by: Actor, now: datetime) -> None:
    _count(thread, comment, 1)
    record_event(session, thread, "comment.added", by=by, now=now, data=_data(comment))
    index_words(session, thread)


def _count(thread: Thread, comment: Comment, change: int) -> None:
    """Count the comments that anyone may read; arguments are counted apart, where they stand."""
    if comment.side is None:
        thread.comments_total += change


def _data(comment: Comment) -> dict[str, Any]:
    return {"comment": comment.id, **({"said": str(comment.side)} if comment.side else {})}


def _record(
    session: Session, thread: Thread, comment: Comment, kind: str, *, by: Actor, now: datetime
) -> None:
    seen = EventVisibility.STAFF
    record_event(session, thread, kind, by=by, now=now, visibility=seen, data=_data(comment))
    index_words(session, thread)
