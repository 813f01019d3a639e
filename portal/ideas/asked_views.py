"""The pages behind the links in mails about ideas, which need no account.

A supporter is asked: do you still support it, does your support go along? An author: do you agree to combine?
"""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.links import find_linked
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import DomainError, NotFound
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.ideas.asked import (
    AGREES,
    CARRIES,
    SUPPORTS,
    Asked,
    answer_by_link,
    find_supporter,
    read_answer,
    read_link,
)
from portal.ideas.carrying import carry_support, find_carrying
from portal.ideas.changing import keep_support, need_current
from portal.ideas.choosing import take_back_choice
from portal.ideas.combinations import Combination
from portal.ideas.combining import answer_proposal
from portal.ideas.combining_telling import tell_proposal
from portal.ideas.lineage_telling import tell_lineage
from portal.ideas.models import Idea
from portal.ideas.version_telling import tell_shown
from portal.ideas.version_views import seen_version
from portal.ideas.versions import is_asked_anew
from portal.threads.actions import refuse_unless
from portal.threads.events import resident
from portal.threads.followers import is_sender
from portal.threads.lineage import lock_counted
from portal.threads.models import Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import find_published
from portal.threads.timeline import status_label
from portal.threads.votes import has_voted, may_vote, takes_votes

blueprint = Blueprint("asked", __name__)


@blueprint.route("/supported/<token>", methods=["GET", "POST"])
@by_link
def supported(token: str) -> ResponseReturnValue:
    """Ask a supporter whether they support an idea as it is now."""
    session = db.session()
    asked = find_supporter(session, SUPPORTS, token)
    return answer_by_link(lambda: _take_support(session, asked), lambda error: _show_support(asked, error))


def _take_support(session: Session, asked: Asked) -> str:
    """Do what the button says that was pressed; return what is said then."""
    pressed, now = read_answer(session, asked.person, "keep", "withdraw"), clock.now()
    [idea] = lock_counted(session, [asked.idea.id])
    if pressed == "keep":
        keep_support(session, idea, asked.person, seen=seen_version(), now=now)
        return _("Thank you. Your support counts for this version now.")
    refuse_unless(takes_votes(idea))
    need_current(idea, seen_version())
    take_back_choice(session, idea, asked.person, now=now)
    return _("Your support is taken back. You can give it anew on the page of the idea.")


def _show_support(asked: Asked, error: DomainError | None) -> ResponseReturnValue:
    thread, session = asked.idea, db.session()
    found = find_published(session, thread.reference)
    idea = session.get_one(Idea, thread.id)
    return _show(
        "ideas/supported.html",
        asked,
        error,
        newest=next(iter(tell_shown(session, thread)), None) if found and found.is_readable else None,
        status_label=status_label(thread.status),
        is_open=takes_votes(thread),
        may_keep=may_vote(session, asked.person),
        supports=has_voted(session, thread.id, asked.person),
        is_asked=is_asked_anew(session, thread, idea, asked.person),
    )


def _show(template: str, asked: Asked, error: DomainError | None, **values: Any) -> ResponseReturnValue:
    idea = asked.idea
    page = render_template(
        template,
        thread=idea,
        title=idea.title if idea.visibility == Visibility.PUBLIC else idea.reference,
        where=get_directory(db.session()).full_name(idea.place_id),
        public_page=page_address(idea),
        problem=error.message if error else "",
        **values,
    )
    return page, error.status if error else 200


@blueprint.route("/carry/<token>", methods=["GET", "POST"])
@by_link
def carry(token: str) -> ResponseReturnValue:
    """Ask a supporter of an idea that was combined whether their support goes along."""
    session = db.session()
    asked = find_supporter(session, CARRIES, token)
    return answer_by_link(lambda: take_carrying(session, *asked), lambda error: _show_carrying(asked, error))


def take_carrying(session: Session, idea: Thread, person: Person) -> str:
    """Let their support go along or stay, as the button says that was pressed; return what is said then."""
    pressed = read_answer(session, person, "carry", "leave")
    carry_support(session, idea, person, carries=pressed == "carry", now=clock.now())
    if pressed == "carry":
        return _("Thank you. Your support counts for the combined idea now.")
    return _("Thank you. Your support stays with the old idea.")


def _show_carrying(asked: Asked, error: DomainError | None) -> ResponseReturnValue:
    session, idea = db.session(), asked.idea
    carrying = find_carrying(session, idea, asked.person, clock.now())
    return _show(
        "ideas/carry.html",
        asked,
        error,
        carrying=carrying,
        target_page=page_address(carrying.target) if carrying else "",
        lineage=tell_lineage(session, idea),
    )


@blueprint.route("/combine/<token>", methods=["GET", "POST"])
@by_link
def combine(token: str) -> ResponseReturnValue:
    """Ask the author of an idea whether it goes on together with others."""
    session = db.session()
    made, asked = find_author(session, token)
    return answer_by_link(
        lambda: _take_agreement(session, made, asked), lambda error: _show_proposal(made, asked, error)
    )


def find_author(session: Session, token: str) -> tuple[Combination, Asked]:
    """Return whom a link is for. NotFound where it is none, or the idea has another author by now."""
    number, idea_id, person_id = read_link(AGREES, token)
    made, idea = session.get(Combination, number), session.get(Thread, idea_id)
    person = find_linked(session, person_id)
    if made is None or idea is None or person is None or not is_sender(idea, person):
        raise NotFound()
    return made, Asked(idea, person)


def _take_agreement(session: Session, made: Combination, asked: Asked) -> str:
    pressed, by = read_answer(session, asked.person, "yes", "no"), resident(asked.person)
    known, agrees = get_directory(session), pressed == "yes"
    answer_proposal(session, made, asked.idea, agrees=agrees, directory=known, by=by, now=clock.now())
    return _("Thank you. Your answer is kept.")


def _show_proposal(made: Combination, asked: Asked, error: DomainError | None) -> ResponseReturnValue:
    session = db.session()
    proposal = tell_proposal(session, made, get_directory(session))
    return _show("ideas/combine_question.html", asked, error, proposal=proposal)
