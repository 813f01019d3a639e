"""What an idea was combined with: drawn on its page, and its supporters asked whether they go along."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person
from portal.accounts.links import find_linked
from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from portal.core.guards import by_link, public
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.references import parse_reference
from portal.core.tokens import unsign
from portal.ideas.carrying import SUPPORTER, carry_support, find_carrying
from portal.ideas.combining_rules import can_be_combined
from portal.ideas.combining_telling import question_of
from portal.ideas.combining_views import ANSWERS_OF_A_PERSON, HOUR
from portal.threads.followers import is_sender
from portal.threads.lineage import Lineage, read_lineage
from portal.threads.models import Kind, Status, Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import Published, find_listed
from portal.threads.timeline import status_label

blueprint = Blueprint("lineage", __name__)

TEMPLATE = "ideas/_together.html"


@dataclass(frozen=True)
class Branch:
    """An idea in the picture of what was combined, and what went into it."""

    title: str
    reference: str
    address: str  # empty where the public may not see it
    language: str
    status: str
    status_label: str
    supporters: int | None  # None where the public may not see it
    is_here: bool
    parents: list["Branch"]


def tell_together(
    session: Session, found: Published, directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return the lineage, what a supporter is asked, and what the author may do or is asked."""
    thread = found.thread
    if thread.kind != Kind.IDEA or thread.visibility != Visibility.PUBLIC:
        return None
    lineage = read_lineage(session, thread)
    carrying = find_carrying(session, thread, person, clock.now())
    own = person is not None and is_sender(thread, person)
    question = question_of(session, thread) if own else ""
    may_propose = own and not question and can_be_combined(thread, clock.now())
    if lineage is None and not question and not may_propose:
        return None
    return {
        "lineage": tell_branch(lineage, thread) if lineage else None,
        "carrying": carrying,
        "question": question,
        "may_propose": may_propose,
        "page_address": page_address,
    }


def tell_branch(node: Lineage, here: Thread) -> Branch:
    thread = node.thread
    is_public = thread.is_listed and thread.visibility == Visibility.PUBLIC
    return Branch(
        title=thread.title if is_public else _("An idea that is not public"),
        reference=thread.reference if is_public else "",
        address=page_address(thread) if is_public else "",
        language=thread.language if is_public else "",
        status=thread.status,
        status_label=status_label(thread.status),
        supporters=thread.votes_total if is_public else None,
        is_here=thread.id == here.id,
        parents=[tell_branch(parent, here) for parent in node.parents],
    )


@blueprint.post("/ideas/<reference>/carry")
@public
def carry(reference: str) -> ResponseReturnValue:
    """Take the answer of a supporter who is at this browser."""
    session = db.session()
    idea = find_listed(session, parse_reference(reference) or "")
    person = current_person(session)
    if idea is None or person is None or idea.status != Status.COMBINED:
        raise NotFound()
    _take(session, idea, person)
    return redirect(f"{page_address(idea)}#together", 303)


class Asked(NamedTuple):
    """Which supporter is asked about which idea."""

    idea: Thread
    person: Person


@blueprint.route("/carry/<token>", methods=["GET", "POST"])
@by_link
def by_token(token: str) -> ResponseReturnValue:
    """Ask a supporter, or take the answer. Nothing happens on GET: mail scanners follow links."""
    session = db.session()
    asked = find_asked(session, token)
    if request.method == "GET":
        return show_question(asked)
    numbers = (asked.idea.id, asked.person.id)
    try:
        _take(session, asked.idea, asked.person)
    except (Conflict, Invalid, TooMany) as refused:
        session.rollback()
        idea, person = session.get_one(Thread, numbers[0]), session.get_one(Person, numbers[1])
        return show_question(Asked(idea, person), refused)
    return redirect(url_for(".by_token", token=token), 303)


def _take(session: Session, idea: Thread, person: Person) -> None:
    now, pressed = clock.now(), request.form.get("answer", "")
    if pressed not in ("carry", "leave"):
        raise Invalid(_("Please press one of the two buttons."))
    subject = f"person:{person.root_id}"
    count_attempt(session, "carry", subject, most=ANSWERS_OF_A_PERSON, within=HOUR, now=now)
    carry_support(session, idea, person, carries=pressed == "carry", now=now)
    session.commit()
    if pressed == "carry":
        flash(_("Thank you. Your support counts for the combined idea now."), "success")
    else:
        flash(_("Thank you. Your support stays with the old idea."), "success")


def find_asked(session: Session, token: str) -> Asked:
    value = unsign(SUPPORTER, token)
    if not isinstance(value, list):
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    idea, person = session.get(Thread, value[0]), find_linked(session, value[1])
    if idea is None or person is None or not idea.is_listed:
        raise NotFound()
    return Asked(idea, person)


def show_question(asked: Asked, error: DomainError | None = None) -> ResponseReturnValue:
    session, idea = db.session(), asked.idea
    carrying = find_carrying(session, idea, asked.person, clock.now())
    lineage = read_lineage(session, idea)
    directory = get_directory(session)
    page = render_template(
        "ideas/carry.html",
        thread=idea,
        title=idea.title if idea.visibility == Visibility.PUBLIC else idea.reference,
        where=directory.full_name(idea.place_id),
        carrying=carrying,
        lineage=tell_branch(lineage, idea) if lineage else None,
        page_address=page_address,
        problem=error.message if error else "",
    )
    return page, error.status if error else 200
