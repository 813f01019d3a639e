"""Is it fixed? Asked of those affected: by the link in a mail, or signed in on the public page."""

from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import me, signed_in_only
from portal.accounts.links import find_linked
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.references import parse_reference
from portal.core.tokens import unsign
from portal.reports.closing import tell_closing
from portal.reports.forms import VerdictForm
from portal.reports.models import Answer, Report
from portal.reports.verdicts import ASKED, judge
from portal.threads.actions import lock_thread
from portal.threads.models import FIXED, Kind, Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import find_listed, list_events
from portal.threads.timeline import status_label

blueprint = Blueprint("verdicts", __name__)

HOUR = timedelta(hours=1)
ANSWERS_OF_A_PERSON = 60  # an hour


class Asked(NamedTuple):
    """Who is asked about which report, in which round."""

    thread: Thread
    person: Person
    round: int


@blueprint.route("/fixed/<token>", methods=["GET", "POST"])
@by_link
def by_token(token: str) -> ResponseReturnValue:
    """Ask, or take the answer. Nothing happens on GET: mail scanners follow links."""
    asked = find_asked(db.session(), token)
    if request.method != "POST":
        return show(asked, VerdictForm(formdata=None))
    return take(asked, url_for(".by_token", token=token))


@blueprint.post("/reports/<reference>/verdict")
@signed_in_only
def answer(reference: str) -> ResponseReturnValue:
    """Take the answer of somebody who has signed in."""
    session = db.session()
    thread = find_listed(session, parse_reference(reference) or "")
    if thread is None or thread.kind != Kind.REPORT:
        raise NotFound()
    asked = Asked(thread, me(), session.get_one(Report, thread.id).round)
    return take(asked, page_address(thread) + "#closing")


def find_asked(session: Session, token: str) -> Asked:
    """Return whom a link is for. Raises NotFound where it is none, or the report isn't public any more."""
    value = unsign(ASKED, token)
    if not isinstance(value, list):
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    thread, person = session.get(Thread, value[0]), find_linked(session, value[1])
    if thread is None or person is None or not thread.is_listed:
        raise NotFound()
    return Asked(thread, person, value[2])


def take(asked: Asked, onward: str) -> ResponseReturnValue:
    """Take the answer of the button that was pressed; if it can't be, show what was typed and why."""
    session, form, now = db.session(), VerdictForm(), clock.now()
    pressed = request.form.get("answer", "")
    number, person_id = asked.thread.id, asked.person.id
    try:
        if not form.validate():
            raise Invalid()
        if pressed not in list(Answer):
            raise Invalid(_("Please press one of the three buttons."))
        thread = lock_thread(session, number)
        count_attempt(
            session, "verdict", f"person:{person_id}", most=ANSWERS_OF_A_PERSON, within=HOUR, now=now
        )
        if session.get_one(Report, number).round != asked.round:
            raise Conflict(_("It has been marked as fixed anew since. Please use the newest mail."))
        why, directory = str(form.why.data), get_directory(session)
        result = judge(session, thread, asked.person, Answer(pressed), why, directory=directory, now=now)
    except (Conflict, Invalid, TooMany) as error:
        session.rollback()
        again = Asked(session.get_one(Thread, number), session.get_one(Person, person_id), asked.round)
        return show(again, form, error)
    session.commit()
    flash(thank(result), "success")
    return redirect(onward, 303)


def thank(result: str) -> str:
    """Return what is said to whoever has answered."""
    return {
        "reopen": _("Thank you. It has been opened again and goes back to who had it."),
        "doubt": _("Thank you. Staff have been told and will look at it."),
        "confirm": _("Thank you for looking. It is closed as fixed."),
    }.get(result, _("Thank you. Your answer is counted."))


def show(asked: Asked, form: VerdictForm, error: DomainError | None = None) -> ResponseReturnValue:
    thread, session = asked.thread, db.session()
    directory = get_directory(session)
    is_current = session.get_one(Report, thread.id).round == asked.round and thread.status in FIXED
    closing = None
    if is_current:
        events = list_events(session, thread.id, "public")
        closing = tell_closing(session, thread, events, directory, asked.person)
    page = render_template(
        "reports/verdict.html",
        thread=thread,
        title=thread.title if thread.visibility == Visibility.PUBLIC else thread.reference,
        where=directory.full_name(thread.place_id),
        status_label=status_label(thread.status),
        public_page=page_address(thread),
        closing=closing,
        form=form if closing and closing["form"] else None,
        problem=error.message if error else "",
        unsent=str(form.why.data or "") if isinstance(error, Conflict) else "",
    )
    return page, error.status if error else 200
