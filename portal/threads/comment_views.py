"""Saying something below a public submission, and reporting what others said."""

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person, ensure_person, signed_in_person
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound, TooMany
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts, network
from portal.core.references import parse_reference
from portal.threads.actions import lock_thread
from portal.threads.additions import Comment, Side
from portal.threads.comment_form import CommentForm, FlagForm, tell_comment
from portal.threads.comments import add_comment, flag_comment, take_back_comment
from portal.threads.events import Actor
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.pages import page_address, show_one
from portal.threads.queries import find_listed

blueprint = Blueprint("comments", __name__)

HOUR = timedelta(hours=1)
COMMENTS_OF_A_PERSON = 20  # an hour
COMMENTS_FROM_AN_ADDRESS = 200  # an hour; a whole office may share it


@blueprint.post("/comments/on/<reference>")
@public
def add(reference: str) -> ResponseReturnValue:
    """Take a comment; in error, show the page again with what was typed."""
    session = db.session()
    thread = get_public(find_listed(session, parse_reference(reference) or ""))
    form = CommentForm()
    if not form.validate():
        return _again(thread, form, 422)
    try:
        comment = keep_saying(session, thread, form.comment.data or "", name_shown=form.name_shown.data)
    except TooMany as refused:
        session.rollback()
        form.form_errors.append(refused.message)
        return _again(thread, form, refused.status)
    session.commit()
    if comment.is_shown:
        flash(_("Thank you. Your comment stands below."), "success")
    else:
        flash(_("Thank you. Your comment is shown when staff have seen it."), "success")
    return redirect(f"{page_address(thread)}#comments", 303)


def _again(thread: Thread, form: CommentForm, status: int) -> ResponseReturnValue:
    page = make_response(show_one(Kind(thread.kind), thread.reference, form))
    page.status_code = status
    return page


def keep_saying(
    session: Session, thread: Thread, text: str, *, name_shown: bool, side: Side | None = None
) -> Comment:
    """Keep what whoever is at this browser says, as a comment or an argument. TooMany beyond the limits."""
    now = clock.now()
    person = ensure_person(session, now)
    count_saying(session, "comment", person)
    return add_comment(
        session,
        lock_thread(session, thread.id),
        person,
        text,
        side=side,
        name_shown=bool(name_shown and signed_in_person()),
        directory=get_directory(session),
        now=now,
    )


@blueprint.post("/comments/<int:number>/take-back")
@public
def take_back(number: int) -> ResponseReturnValue:
    """Remove the words of one's own comment; sent twice, it is done once."""
    session, now = db.session(), clock.now()
    comment, person = session.get(Comment, number), current_person(session)
    if comment is None or person is None or comment.person.root_id != person.root_id:
        raise NotFound()
    thread = lock_thread(session, comment.thread_id)
    session.refresh(comment)
    take_back_comment(session, thread, comment, by=Actor(person, comment.role), now=now)
    session.commit()
    if comment.side:
        flash(_("Your argument is taken back. Its words are removed."), "success")
    else:
        flash(_("Your comment is taken back. Its words are removed."), "success")
    return redirect(f"{page_address(get_public(thread))}#{_anchor(comment)}", 303)


@blueprint.route("/comments/<int:number>/report", methods=["GET", "POST"])
@public
def report(number: int) -> ResponseReturnValue:
    """Tell staff that a comment should not stand there."""
    session, now = db.session(), clock.now()
    comment, thread = _shown_comment(session, number)
    form = FlagForm()
    if request.method == "POST" and form.validate():
        person = ensure_person(session, now)
        count_saying(session, "comment_flag", person)
        flag_comment(session, comment, person, form.why.data or "", now=now)
        session.commit()
        flash(_("Thank you. Staff will look at the comment."), "success")
        return redirect(page_address(thread), 303)
    page = render_template(
        "threads/report_comment.html",
        form=form,
        comment=tell_comment(comment, thread, get_directory(session)),
        back=f"{page_address(thread)}#{_anchor(comment)}",
        action=url_for(".report", number=number),
    )
    return page, 422 if form.errors else 200


def _shown_comment(session: Session, number: int) -> tuple[Comment, Thread]:
    """Return a comment that the public may read; NotFound for any other number."""
    comment = session.get(Comment, number)
    if comment is None or not comment.is_public:
        raise NotFound()
    return comment, get_public(session.get(Thread, comment.thread_id))


def _anchor(comment: Comment) -> str:
    """Return where on the page it stands."""
    return "arguments" if comment.side else "comments"


def get_public(thread: Thread | None) -> Thread:
    """Return the thread if anyone may read its words. Raises NotFound for others."""
    if thread is None or thread.kind == Kind.UNDECIDED or thread.visibility != Visibility.PUBLIC:
        raise NotFound()
    return thread


def count_saying(session: Session, action: str, person: Person) -> None:
    """Note that this person says something more. Raises TooMany where it is too often."""
    address = f"address:{network(request.remote_addr)}"
    most = {address: COMMENTS_FROM_AN_ADDRESS, f"person:{person.id}": COMMENTS_OF_A_PERSON}
    count_attempts(session, action, most, within=HOUR, now=clock.now())
