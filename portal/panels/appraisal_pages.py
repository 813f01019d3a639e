"""The pages on which departments say what an idea takes: how feasible it is, its cost, its time."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.panels.access import get_idea
from portal.panels.appraising import appraise, list_to_appraise, tell_appraisals
from portal.panels.forms import AppraisalForm
from portal.panels.idea_words import read_proposal
from portal.panels.models import Review
from portal.panels.queries import find_review
from portal.panels.telling import asked_of
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from portal.threads.models import Status, Thread

blueprint = Blueprint("appraisals", __name__, url_prefix="/staff/appraisals")
officers = staff_only(*OF_DEPARTMENT)


@blueprint.get("")
@officers
def index() -> ResponseReturnValue:
    """Show the ideas on which this person's departments are asked."""
    v = Visit.begin()
    rows = [
        (review, thread, v.directory.departments[number].name, answered)
        for review, thread, number, answered in list_to_appraise(v.session, v.person, v.directory)
    ]
    return render_template("panels/appraisals.html", rows=rows)


@blueprint.get("/<reference>")
@officers
def form(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, review, asked = get_asked(v, reference)
    return show_form(v, thread, review, offer(v, asked))


@blueprint.post("/<reference>")
@officers
def keep(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, review, asked = get_asked(v, reference)
    filled: Any = offer(v, asked)
    if not filled.validate():
        return show_form(v, thread, review, filled), 422
    try:
        appraise(
            v.session,
            review,
            lock_thread(v.session, thread.id),
            filled.department.data,
            feasibility=filled.feasibility.data,
            cost=filled.cost.data,
            duration=filled.duration.data,
            words=filled.words.data,
            by=Actor(v.person, "officer"),
            now=v.now,
        )
    except (Conflict, Invalid) as error:
        v.session.rollback()
        filled.form_errors.append(error.message)
        thread, review, _asked = get_asked(v, reference)
        return show_form(v, thread, review, filled), error.status
    v.session.commit()
    flash(_("Thank you. The panel and the coordinator can read it."), "success")
    return redirect(url_for("appraisals.index"), 303)


def get_asked(v: Visit, reference: str) -> tuple[Thread, Review, list[int]]:
    """Return an idea on which departments of this person are asked, with those; else NotFound.

    Its words are for them because the panel has it: not once it is withdrawn.
    """
    thread = get_idea(v.session, reference)
    review = find_review(v.session, thread.id)
    asked = asked_of(v.session, review, v.person, thread, v.directory) if review else []
    if review is None or not asked or thread.status == Status.WITHDRAWN:
        raise NotFound()
    return thread, review, asked


def offer(v: Visit, asked: list[int]) -> AppraisalForm:
    made = AppraisalForm()
    made.offer(v.directory, asked)
    return made


def show_form(v: Visit, thread: Thread, review: Review, filled: AppraisalForm) -> str:
    """Show an idea to a department as everybody may read it, with the form and what others said."""
    return render_template(
        "panels/appraisal.html",
        thread=thread,
        review=review,
        proposal=read_proposal(v.session, thread, v.directory),
        appraisals=tell_appraisals(v.session, review, v.directory),
        form=filled,
    )
