"""Do you still support it? Asked of an idea's supporters by the link in a mail, without signing in."""

from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.links import find_linked
from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, DomainError, NotFound, TooMany
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.tokens import unsign
from portal.ideas.changing import keep_support, need_current
from portal.ideas.choosing import take_back_choice
from portal.ideas.models import Idea
from portal.ideas.version_telling import tell_shown
from portal.ideas.version_views import seen_version
from portal.ideas.versions import is_asked_anew
from portal.threads.actions import refuse_unless
from portal.threads.lineage import lock_counted
from portal.threads.models import Kind, Thread
from portal.threads.pages import page_address
from portal.threads.queries import find_published
from portal.threads.timeline import status_label
from portal.threads.votes import has_voted, may_vote, takes_votes

SUPPORTS = "supports"  # the purpose of the signed link, of a thread and a person
HOUR = timedelta(hours=1)
ANSWERS_OF_A_PERSON = 60  # an hour

blueprint = Blueprint("supporters", __name__)


class Asked(NamedTuple):
    """Who is asked about which idea."""

    thread: Thread
    person: Person


@blueprint.route("/supported/<token>", methods=["GET", "POST"])
@by_link
def by_token(token: str) -> ResponseReturnValue:
    """Ask, or take the answer. Nothing happens on GET: mail scanners follow links."""
    asked = find_asked(db.session(), token)
    return show(asked) if request.method == "GET" else take(asked, token)


def find_asked(session: Session, token: str) -> Asked:
    """Return whom a link is for. Raises NotFound where it is none, or the idea isn't public any more."""
    value = unsign(SUPPORTS, token)
    if not isinstance(value, list):
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    thread, person = session.get(Thread, value[0]), find_linked(session, value[1])
    if thread is None or person is None or not thread.is_listed or thread.kind != Kind.IDEA:
        raise NotFound()
    return Asked(thread, person)


def take(asked: Asked, token: str) -> ResponseReturnValue:
    session, now, number, person_id = db.session(), clock.now(), asked.thread.id, asked.person.id
    try:
        thread = lock_counted(session, [number])[0]
        subject = f"person:{person_id}"
        count_attempt(session, "supported", subject, most=ANSWERS_OF_A_PERSON, within=HOUR, now=now)
        thanks = _answer(session, thread, asked.person)
    except (Conflict, TooMany) as error:
        session.rollback()
        return show(Asked(session.get_one(Thread, number), session.get_one(Person, person_id)), error)
    session.commit()
    flash(thanks, "success")
    return redirect(url_for(".by_token", token=token), 303)


def _answer(session: Session, thread: Thread, person: Person) -> str:
    """Do what the button says that was pressed; return what is said then."""
    pressed, now = request.form.get("answer"), clock.now()
    if pressed == "keep":
        keep_support(session, thread, person, seen=seen_version(), now=now)
        return _("Thank you. Your support counts for this version now.")
    if pressed == "withdraw":
        refuse_unless(takes_votes(thread))
        need_current(thread, seen_version())
        take_back_choice(session, thread, person, now=now)
        return _("Your support is taken back. You can give it anew on the page of the idea.")
    raise Conflict(_("Please press one of the two buttons."))


def show(asked: Asked, error: DomainError | None = None) -> ResponseReturnValue:
    thread, session = asked.thread, db.session()
    found = find_published(session, thread.reference)
    idea = session.get_one(Idea, thread.id)
    page = render_template(
        "ideas/supported.html",
        thread=thread,
        found=found,
        newest=next(iter(tell_shown(session, thread)), None) if found and found.is_readable else None,
        status_label=status_label(thread.status),
        page_address=page_address(thread),
        is_open=takes_votes(thread),
        may_keep=may_vote(session, asked.person),
        supports=has_voted(session, thread.id, asked.person),
        asked=is_asked_anew(session, thread, idea, asked.person),
        problem=error.message if error else "",
    )
    return page, error.status if error else 200
