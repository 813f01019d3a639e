"""Authors combine ideas: they propose it for their own, and answer by the link that each of them has."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound, TooMany
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.references import parse_reference
from portal.ideas.combinations import Combination
from portal.ideas.combining import (
    find_open,
    propose_combination,
    withdraw_proposal,
)
from portal.ideas.combining_forms import JOINT, CombineForm, read_others, read_proposal
from portal.ideas.combining_telling import tell_proposal
from portal.threads.events import resident
from portal.threads.followers import is_sender
from portal.threads.lineage import lock_counted
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.pages import page_address
from portal.threads.queries import find_listed, find_published
from portal.threads.similar_lines import list_similar

blueprint = Blueprint("combining", __name__)

HOUR = timedelta(hours=1)
PROPOSALS_OF_A_PERSON = 10  # an hour: each writes to other people


@blueprint.route("/ideas/<reference>/combine", methods=["GET", "POST"])
@public
def propose(reference: str) -> ResponseReturnValue:
    """Let the author of an idea propose that it goes on together with others."""
    session, form = db.session(), CombineForm()
    idea, person = get_own(session, reference)
    if request.method != "POST":
        return show_form(session, idea, form)
    number = idea.id
    try:
        made = _propose(session, form, idea, person)
    except (Conflict, Invalid, TooMany) as refused:
        session.rollback()
        if refused.message:
            form.form_errors.append(refused.message)
        return show_form(session, session.get_one(Thread, number), form, refused.status)
    session.commit()
    flash(thank_for(made), "success")
    return redirect(f"{page_address(idea)}#together", 303)


def _propose(session: Session, form: CombineForm, idea: Thread, person: Person) -> Combination:
    now = clock.now()
    if not form.validate():
        raise Invalid()
    if form.into.data == JOINT and not person.is_verified:
        raise Invalid(_("To write for all, please confirm your e-mail address first."))
    count_attempt(
        session,
        "combine",
        f"person:{person.root_id}",
        most=PROPOSALS_OF_A_PERSON,
        within=HOUR,
        now=now,
    )
    others = read_others(session, form, idea)
    proposal = read_proposal(form, idea, others)
    ideas = lock_counted(session, [idea.id, *(other.id for other in others)])
    return propose_combination(
        session, ideas, proposal, directory=get_directory(session), by=resident(person), now=now
    )


def thank_for(made: Combination) -> str:
    """Return what is said to whoever has proposed it."""
    if made.is_open:
        return _("Thank you. The authors are asked; nothing changes before all of them agree.")
    return _("Done: they go on as one. Those who supported them are asked whether they go along.")


def show_form(session: Session, idea: Thread, form: CombineForm, status: int = 200) -> ResponseReturnValue:
    """Show the form with what looks like the idea; or what is proposed already."""
    return (
        render_template(
            "ideas/combine.html",
            action=url_for(".propose", reference=idea.reference),
            back=page_address(idea),
            withdraw_action=url_for(".withdraw", reference=idea.reference),
            mine=(idea.author.id, idea.author.root_id),
            **combine_values(session, idea, form),
        ),
        status,
    )


def combine_values(session: Session, idea: Thread, form: CombineForm) -> dict[str, Any]:
    """Return what the page says, for authors and for staff."""
    directory, now = get_directory(session), clock.now()
    found = find_published(session, idea.reference)
    words = found.words if found else ""
    form.offer(
        [one for one in list_similar(session, idea, words, directory, now=now) if one.kind == Kind.IDEA]
    )
    standing = find_open(session, [idea.id])
    return {
        "thread": idea,
        "form": form,
        "proposal": tell_proposal(session, standing, directory) if standing else None,
        "proposed_by": standing.proposed_by_id if standing else None,
    }


@blueprint.post("/ideas/<reference>/combine/withdraw")
@public
def withdraw(reference: str) -> ResponseReturnValue:
    """Let the author who proposed it take it back."""
    session = db.session()
    idea, person = get_own(session, reference)
    made = find_open(session, [idea.id])
    if made is None or made.proposed_by_id not in (person.id, person.root_id):
        raise NotFound()
    withdraw_proposal(session, made, by=resident(person), now=clock.now())
    session.commit()
    flash(_("The proposal is withdrawn. The ideas stay as they are."), "success")
    return redirect(page_address(idea), 303)


def get_own(session: Session, reference: str) -> tuple[Thread, Person]:
    """Return a public idea, and its author who is at this browser. NotFound for everybody else."""
    idea = find_listed(session, parse_reference(reference) or "")
    person = current_person(session)
    if idea is None or idea.kind != Kind.IDEA or idea.visibility != Visibility.PUBLIC or person is None:
        raise NotFound()
    if not is_sender(idea, person):
        raise NotFound()
    return idea, person
