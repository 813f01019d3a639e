"""Arguments for and against on an idea's page: both lists, a form to add one, and whether one was helpful."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from portal.accounts.identity import current_person, ensure_person, signed_in_person
from portal.accounts.models import Person
from portal.accounts.telling import tell_mark
from portal.communities.directory import Directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound, TooMany
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.references import parse_reference
from portal.threads.actions import lock_thread
from portal.threads.additions import Comment, Side
from portal.threads.arguments import find_helpful, list_arguments, take_back_helpful
from portal.threads.comment_form import tell_comment
from portal.threads.comment_views import count_saying, get_public, keep_saying
from portal.threads.comments import takes_comments
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import Published, find_listed

blueprint = Blueprint("arguments", __name__, url_prefix="/ideas")

TEMPLATE = "ideas/_arguments.html"
MAX_ARGUMENT = 500  # characters: one point, which can be read at a glance


class ArgumentForm(Form):
    side = RadioField(
        lazy_gettext("Does it speak for the idea or against it?"),
        [InputRequired(lazy_gettext("Please say whether it speaks for the idea or against it."))],
        choices=lambda: [("for", _("For it")), ("against", _("Against it"))],
    )
    argument = LongText(
        lazy_gettext("Your argument"),
        [Needed(lazy_gettext("Please write in words what you want to say.")), no_longer_than(MAX_ARGUMENT)],
        description=lazy_gettext("One point, in a sentence or two. Others can say that it helped them."),
    )
    argument_name_shown = BooleanField(lazy_gettext("Show my name beside it"))


def tell_arguments(
    session: Session, found: Published, directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return both lists for the page of an idea whose words are public."""
    thread = found.thread
    if thread.kind != Kind.IDEA or thread.visibility != Visibility.PUBLIC:
        return None
    arguments = list_arguments(session, thread, person)
    may_add = takes_comments(thread, directory)
    if not may_add and not any(arguments.sides.values()):
        return None
    return {
        "sides": [
            (side, arguments.counts[side], [tell_comment(c, thread, directory, person) for c in comments])
            for side, comments in arguments.sides.items()
        ],
        "helpful": arguments.found_helpful,
        "may_rate": may_add,
        "form": ArgumentForm(formdata=None) if may_add else None,
        **_who_speaks(),
    }


def _who_speaks() -> dict[str, Any]:
    person = signed_in_person()
    return {
        "name": person.name if person else "",
        "mark": tell_mark(person) if person else "",
        "waits": person is None or not person.is_verified,
    }


@blueprint.post("/<reference>/arguments")
@public
def add(reference: str) -> ResponseReturnValue:
    """Take an argument; in error, show the form by itself with what was typed."""
    session, form = db.session(), ArgumentForm()
    thread = _get_idea(session, reference)
    if not form.validate():
        return _again(thread, form, 422)
    try:
        argument = keep_saying(
            session,
            thread,
            form.argument.data or "",
            name_shown=form.argument_name_shown.data,
            side=Side(form.side.data),
        )
    except TooMany as refused:
        session.rollback()
        form.form_errors.append(refused.message)
        return _again(thread, form, refused.status)
    session.commit()
    if argument.is_shown:
        flash(_("Thank you. Your argument stands with the others."), "success")
    else:
        flash(_("Thank you. Your argument is shown when staff have seen it."), "success")
    return redirect(f"{page_address(thread)}#arguments", 303)


def _again(thread: Thread, form: ArgumentForm, status: int) -> ResponseReturnValue:
    return render_template("ideas/argument.html", thread=thread, form=form, **_who_speaks()), status


@blueprint.post("/arguments/<int:number>/helpful")
@public
def rate(number: int) -> ResponseReturnValue:
    """Count that an argument helped whoever is at this browser, or take that back; sent twice, it is one."""
    session, now = db.session(), clock.now()
    argument = session.get(Comment, number)
    if argument is None or argument.side is None or not argument.is_public:
        raise NotFound()
    thread = get_public(session.get(Thread, argument.thread_id))
    takes_back = request.form.get("move") == "take_back"
    person = current_person(session) if takes_back else ensure_person(session, now)
    lock_thread(session, thread.id)
    session.refresh(argument)
    if person is not None and takes_back:
        take_back_helpful(session, argument, person)
    elif person is not None:
        count_saying(session, "helpful", person)
        find_helpful(session, argument, person, now=now)
    session.commit()
    return redirect(f"{page_address(thread)}#argument-{number}", 303)


def _get_idea(session: Session, reference: str) -> Thread:
    thread = get_public(find_listed(session, parse_reference(reference) or ""))
    if thread.kind != Kind.IDEA:
        raise NotFound()
    return thread
