"""Comments for staff: those that wait or that somebody has reported, and those that are hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, or_, select, union
from sqlalchemy.orm import Session

from portal.accounts.identity import me, staff_only
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.queries import names_of
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.core.web import address_with, row_asked_for
from portal.threads.actions import lock_thread
from portal.threads.additions import Comment, CommentFlag
from portal.threads.comments import hide_comment, settle_flags, show_comment
from portal.threads.events import Actor
from portal.threads.models import Thread
from portal.triage.access import desk_for, of_departments_of, sorted_by

blueprint = Blueprint("comments_desk", __name__, url_prefix="/staff/comments")

PAGE = 25
MAX_REASON = 2000
WORKERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)


@dataclass(frozen=True)
class Waiting:
    """A comment, where it stands, and what was said against it."""

    comment: Comment
    thread: Thread
    complaints: list[str]


@dataclass(frozen=True)
class Hidden:
    """A comment that is hidden, where it would stand, and who hid it."""

    comment: Comment
    thread: Thread
    by: str


def to_look_at(person: Person, directory: Directory) -> Select[Comment, Thread]:
    """Return what the comments are that wait for this member of staff."""
    flagged = select(CommentFlag.comment_id).where(CommentFlag.settled_at.is_(None))
    new = select(Comment.id).where(~Comment.is_shown)
    waits = Comment.id.in_(union(new, flagged))  # a few, found first; then whose they are
    return _comments_for(person, directory).where(waits, Comment.hidden_at.is_(None))


def _comments_for(person: Person, directory: Directory) -> Select[Comment, Thread]:
    mine = or_(sorted_by(person, directory), of_departments_of(person, directory))
    joined = select(Comment, Thread).join(Thread, Thread.id == Comment.thread_id)
    return joined.where(mine, Comment.taken_back_at.is_(None))


def list_waiting(
    session: Session, person: Person, directory: Directory, after: int, most: int
) -> tuple[list[Waiting], int | None]:
    """Return the oldest of them after a number, and the number to go on from; two queries."""
    wanted = to_look_at(person, directory).where(Comment.id > after).order_by(Comment.id)
    rows = session.execute(wanted.limit(most + 1)).all()
    shown = rows[:most]
    complaints = _complaints(session, [row.Comment.id for row in shown])
    lines = [Waiting(row.Comment, row.Thread, complaints.get(row.Comment.id, [])) for row in shown]
    return lines, shown[-1].Comment.id if len(rows) > most else None


def list_hidden(
    session: Session, person: Person, directory: Directory, before: int | None, most: int
) -> tuple[list[Hidden], int | None]:
    """Return the newest hidden comments before a number, and the number to go on from; two queries."""
    wanted = _comments_for(person, directory).where(Comment.hidden_at.is_not(None))
    if before is not None:
        wanted = wanted.where(Comment.id < before)
    rows = session.execute(wanted.order_by(Comment.id.desc()).limit(most + 1)).all()
    shown = rows[:most]
    names = names_of(session, [row.Comment.hidden_by_id for row in shown])
    lines = [Hidden(row.Comment, row.Thread, names.get(row.Comment.hidden_by_id, "")) for row in shown]
    return lines, shown[-1].Comment.id if len(rows) > most else None


def _complaints(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    wanted = select(CommentFlag).where(CommentFlag.comment_id.in_(ids), CommentFlag.settled_at.is_(None))
    for flag in session.scalars(wanted.order_by(CommentFlag.id)):
        found.setdefault(flag.comment_id, []).append(flag.why)
    return found


def count_waiting(session: Session, person: Person, directory: Directory) -> int:
    """Return how many comments this member of staff should look at."""
    wanted = to_look_at(person, directory).subquery()
    return session.scalar(select(func.count()).select_from(wanted)) or 0


@blueprint.get("")
@staff_only(*WORKERS)
def index() -> ResponseReturnValue:
    session, person = db.session(), me()
    lines, onward = list_waiting(session, person, get_directory(session), row_asked_for("after") or 0, PAGE)
    return render_template(
        "triage/comments.html", lines=lines, onward=onward and address_with(after=str(onward))
    )


@blueprint.get("/hidden")
@staff_only(*WORKERS)
def hidden() -> ResponseReturnValue:
    session = db.session()
    lines, onward = list_hidden(session, me(), get_directory(session), row_asked_for("before"), PAGE)
    return render_template(
        "triage/comments_hidden.html", lines=lines, onward=onward and address_with(before=str(onward))
    )


@blueprint.post("/<int:number>/<any(show, hide, leave):choice>")
@staff_only(*WORKERS)
def decide(number: int, choice: str) -> ResponseReturnValue:
    """Show a comment, hide it with a reason, or leave it where it stands."""
    session, now = db.session(), clock.now()
    thread, comment, actor = _find(session, number)
    reason = request.form.get("reason", "").strip()[:MAX_REASON]
    back = url_for(".hidden" if comment.hidden_at else ".index")
    try:
        done = _do(session, choice, thread, comment, reason, by=actor, now=now)
    except Invalid as error:
        session.rollback()
        flash(error.message, "warning")
        return redirect(back, 303)
    session.commit()
    flash(done, "success")
    return redirect(back, 303)


def _do(
    session: Session, choice: str, thread: Thread, comment: Comment, reason: str, *, by: Actor, now: datetime
) -> str:
    if choice == "show":
        show_comment(session, thread, comment, by=by, now=now)
        return _("The comment is public.")
    if choice == "hide":
        hide_comment(session, thread, comment, reason, by=by, now=now)
        return _("The comment is hidden.")
    settle_flags(session, comment, now=now)
    return _("The comment stays.")


def _find(session: Session, number: int) -> tuple[Thread, Comment, Actor]:
    """Return the comment, its thread locked, and who acts; NotFound where they may not."""
    comment = session.get(Comment, number)
    if comment is None:
        raise NotFound()
    thread = lock_thread(session, comment.thread_id)
    desk = desk_for(me(), thread, get_directory(session))
    if not desk.works:
        raise NotFound()
    session.refresh(comment)
    return thread, comment, desk.actor
