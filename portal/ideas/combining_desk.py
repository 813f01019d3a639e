"""Coordinators propose that ideas are combined, and note what authors without a screen have told them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import is_coordinator_at
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import listed
from portal.core.references import parse_reference
from portal.ideas.combinations import Combination
from portal.ideas.combining import (
    answer_proposal,
    find_open,
    propose_combination,
    withdraw_proposal,
)
from portal.ideas.combining_forms import CombineForm, read_others, read_proposal
from portal.ideas.combining_rules import can_be_combined
from portal.ideas.combining_telling import tell_proposal
from portal.ideas.combining_views import combine_values, thank_for
from portal.threads.events import Actor
from portal.threads.lineage import lock_counted
from portal.threads.models import Channel, Kind, Thread, Visibility
from portal.threads.queries import find_by_reference

blueprint = Blueprint("combining_desk", __name__, url_prefix="/staff")
coordinators = staff_only(RoleName.COORDINATOR)

PANE_TEMPLATE = "ideas/_combine_pane.html"


def read_pane_section(v: Visit, thread: Thread, _desk: object) -> dict[str, Any]:
    """Return whether the idea can be combined, and what is proposed of it."""
    if thread.kind != Kind.IDEA:
        return {}
    made = find_open(v.session, [thread.id])
    may = _coordinates(v, thread) and thread.visibility == Visibility.PUBLIC
    return {
        "proposal": tell_proposal(v.session, made, v.directory) if made else None,
        "may_propose": may and can_be_combined(thread, v.now),
        "may_act": may,
    }


def get_idea(v: Visit, reference: str) -> Thread:
    """Return a public idea. NotFound for who is no coordinator of its place."""
    idea = find_by_reference(v.session, parse_reference(reference) or "")
    if idea is None or not _coordinates(v, idea):
        raise NotFound()
    if idea.kind != Kind.IDEA or idea.visibility != Visibility.PUBLIC:
        raise Conflict(_("Only public ideas can be combined."))
    return idea


def _coordinates(v: Visit, idea: Thread) -> bool:
    return is_coordinator_at(v.person, v.directory.places[idea.place_id].path)


def _actor(v: Visit) -> Actor:
    return Actor(v.person, "coordinator")


@blueprint.route("/<reference>/combine", methods=["GET", "POST"])
@coordinators
def propose(reference: str) -> ResponseReturnValue:
    v, form = Visit.begin(), CombineForm()
    idea = get_idea(v, reference)
    if request.method != "POST":
        return show_form(v, idea, form)
    try:
        made = _propose(v, form, idea)
    except (Conflict, Invalid) as refused:
        v.session.rollback()
        if refused.message:
            form.form_errors.append(refused.message)
        return show_form(v, get_idea(v, reference), form, refused.status)
    v.session.commit()
    flash(thank_for(made), "success")
    return redirect(url_for("triage.show", reference=reference), 303)


def _propose(v: Visit, form: CombineForm, idea: Thread) -> Combination:
    if not form.validate():
        raise Invalid()
    others = read_others(v.session, form, idea)
    strange = [other.reference for other in others if not _coordinates(v, other)]
    if strange:
        raise Invalid(_("You don’t coordinate the place of %(others)s.", others=listed(strange)))
    proposal = read_proposal(form, idea, others)
    ideas = lock_counted(v.session, [idea.id, *(other.id for other in others)])
    return propose_combination(v.session, ideas, proposal, directory=v.directory, by=_actor(v), now=v.now)


def show_form(v: Visit, idea: Thread, form: CombineForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "ideas/combine.html",
        action=url_for(".propose", reference=idea.reference),
        back=url_for("triage.show", reference=idea.reference),
        withdraw_action=url_for(".withdraw", reference=idea.reference),
        for_staff=True,
        **combine_values(v.session, idea, form),
    )
    return page, status


@blueprint.post("/<reference>/combine/withdraw")
@coordinators
def withdraw(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    idea = get_idea(v, reference)
    made = find_open(v.session, [idea.id])
    if made is None:
        raise Conflict(_("The authors are not asked any more."))
    withdraw_proposal(v.session, made, by=_actor(v), now=v.now)
    v.session.commit()
    flash(_("The proposal is withdrawn. The ideas stay as they are."), "success")
    return redirect(url_for("triage.show", reference=reference), 303)


@blueprint.post("/<reference>/combine/answer")
@coordinators
def note_answer(reference: str) -> ResponseReturnValue:
    """Note what the author of this idea told staff, who had written the idea down for them."""
    v = Visit.begin()
    idea = get_idea(v, reference)
    if idea.channel in (Channel.WEB, Channel.IMPORT):
        raise NotAllowed()  # they are asked themselves
    made, pressed = find_open(v.session, [idea.id]), request.form.get("answer", "")
    if made is None or pressed not in ("yes", "no"):
        raise Conflict(_("The authors are not asked any more."))
    agrees, by = pressed == "yes", _actor(v)
    answer_proposal(v.session, made, idea, agrees=agrees, directory=v.directory, by=by, now=v.now)
    v.session.commit()
    flash(_("Noted what the author said."), "success")
    return redirect(url_for("triage.show", reference=reference), 303)
