"""The pages of whoever was asked to judge a pilot: what waits, the declaration, the opinion."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import signed_in_only
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, Invalid
from portal.core.forms import Form
from portal.core.i18n import gettext as _
from portal.pilots.effects_queries import list_shown
from portal.pilots.gates import Evaluator, Gate, GateKind, Verdict
from portal.pilots.gates_actions import declare, give_opinion
from portal.pilots.gates_forms import DeclareForm, OpinionForm
from portal.pilots.gates_queries import get_gate, get_judged, list_gates_for, list_judged
from portal.pilots.models import Pilot, PilotState
from portal.pilots.outcome_telling import GATES, SEVERITIES, VERDICTS, tell_nature
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from portal.threads.models import Thread

blueprint = Blueprint("judging", __name__, url_prefix="/judging")
ROLE = "evaluator"


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    """Show which pilots wait for this person's judgement."""
    v = Visit.begin()
    rows = [
        (pilot, seat, gate, v.directory.full_name(pilot.place_id))
        for pilot, seat, gate in list_judged(v.session, v.person)
    ]
    return render_template("pilots/judging.html", rows=rows, names=GATES)


@blueprint.get("/<code>")
@signed_in_only
def show(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    return show_judging(v, *get_judged(v.session, code, v.person))


def show_judging(
    v: Visit, pilot: Pilot, thread: Thread, seat: Evaluator, status: int = 200, **tried: Form
) -> ResponseReturnValue:
    """Show a pilot to an evaluator, with what they can say now; `tried` is what could not be kept."""
    gates = list_gates_for(v.session, pilot, seat)
    is_open = pilot.state == PilotState.RUNNING
    forms: dict[str, Form] = {"declare": DeclareForm(formdata=None)} if seat.declared_at is None else {}
    if seat.sits and is_open:
        for each in gates:
            if each.gate.closed_at is None:
                forms[f"gate{each.gate.id}"] = _opinion_form(each.gate, each.opinions, seat)
    page = render_template(
        "pilots/judge.html",
        pilot=pilot,
        place=v.directory.full_name(pilot.place_id),
        seat=seat,
        gates=gates,
        names=GATES,
        verdicts=VERDICTS,
        effects=list_shown(v.session, pilot),
        severities=SEVERITIES,
        tell=tell_nature,
        forms=forms | tried,
        tried=next(iter(tried.values()), None),
        is_listed=thread.is_listed,
    )
    return page, status


def _opinion_form(gate: Gate, opinions: object, seat: Evaluator) -> OpinionForm:
    """Return the form with what this evaluator said last at the gate."""
    mine = next((o for o in opinions if o.person_id == seat.person_id), None)  # type: ignore[attr-defined]
    said = {"advice": str(mine.advice), "text": mine.text} if mine else {}
    return OpinionForm(formdata=None, data=said, prefix=f"g{gate.id}-").at(GateKind(gate.kind))


@blueprint.post("/<code>/declare")
@signed_in_only
def say_part(code: str) -> ResponseReturnValue:
    """Say whether one has a part in the pilot."""
    v, form = Visit.begin(), DeclareForm()
    pilot, thread, seat = _locked(v, code)
    if not form.validate():
        return show_judging(v, pilot, thread, seat, 422, declare=form)
    try:
        by = Actor(v.person, ROLE)
        declare(v.session, thread, pilot, seat, form.told(), directory=v.directory, by=by, now=v.now)
    except Conflict as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return show_judging(v, *get_judged(v.session, code, v.person), 409, declare=form)
    return _done(v, code)


@blueprint.post("/<code>/<int:number>")
@signed_in_only
def say_opinion(code: str, number: int) -> ResponseReturnValue:
    """Say at a review what one thinks of the pilot."""
    v = Visit.begin()
    pilot, thread, seat = _locked(v, code)
    gate = get_gate(v.session, pilot, number)
    form = OpinionForm(prefix=f"g{gate.id}-").at(GateKind(gate.kind))
    name = f"gate{number}"
    if not form.validate():
        return show_judging(v, pilot, thread, seat, 422, **{name: form})
    try:
        give_opinion(
            v.session,
            thread,
            pilot,
            gate,
            seat,
            advice=Verdict(form.advice.data),
            text=form.text.data or "",
            directory=v.directory,
            by=Actor(v.person, ROLE),
            now=v.now,
        )
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return show_judging(v, *get_judged(v.session, code, v.person), error.status, **{name: form})
    return _done(v, code)


def _locked(v: Visit, code: str) -> tuple[Pilot, Thread, Evaluator]:
    pilot, thread, seat = get_judged(v.session, code, v.person)
    lock_thread(v.session, thread.id)
    for row in (pilot, seat):
        v.session.refresh(row)
    return pilot, thread, seat


def _done(v: Visit, code: str) -> ResponseReturnValue:
    v.session.commit()
    flash(_("Saved. Thank you."), "success")
    return redirect(url_for(".show", code=code), 303)
