"""The pages of whoever was asked to judge a pilot: what waits, the declaration, the opinion."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import signed_in_only
from portal.accounts.visits import Visit
from portal.core.forms import Form
from portal.core.i18n import gettext as _
from portal.core.saving import keep
from portal.pilots.effects_queries import list_shown
from portal.pilots.gates import Evaluator, Gate, GateKind, Verdict
from portal.pilots.gates_actions import declare, give_opinion
from portal.pilots.gates_forms import DeclareForm, OpinionForm
from portal.pilots.gates_queries import get_gate, get_judged, list_gates_for, list_judged
from portal.pilots.independence import read_known
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
    may_judge = seat.sits and pilot.state == PilotState.RUNNING
    known = read_known(v.session, pilot, thread, v.directory)
    against = known.against(v.person, seat.body) if may_judge else ""
    forms: dict[str, Form] = {"declare": DeclareForm(formdata=None)} if seat.declared_at is None else {}
    if may_judge and not against:
        for each in gates:
            if each.gate.closed_at is None:
                forms[f"gate{each.gate.id}"] = _opinion_form(each.gate, each.opinions, seat)
    page = render_template(
        "pilots/judge.html",
        pilot=pilot,
        place=v.directory.full_name(pilot.place_id),
        seat=seat,
        against=against,
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

    def save() -> tuple[str, str]:
        by = Actor(v.person, ROLE)
        declare(v.session, thread, pilot, seat, form.told(), directory=v.directory, by=by, now=v.now)
        return _done(code)

    return keep(form, save, lambda status: show_judging(v, pilot, thread, seat, status, declare=form))


@blueprint.post("/<code>/<int:number>")
@signed_in_only
def say_opinion(code: str, number: int) -> ResponseReturnValue:
    """Say at a review what one thinks of the pilot."""
    v = Visit.begin()
    pilot, thread, seat = _locked(v, code)
    gate = get_gate(v.session, pilot, number)
    form = OpinionForm(prefix=f"g{gate.id}-").at(GateKind(gate.kind))

    def save() -> tuple[str, str]:
        advice, text = Verdict(form.advice.data), form.text.data or ""
        stamp: dict[str, Any] = {"directory": v.directory, "by": Actor(v.person, ROLE), "now": v.now}
        give_opinion(v.session, thread, pilot, gate, seat, advice=advice, text=text, **stamp)
        return _done(code)

    tried = {f"gate{number}": form}
    return keep(form, save, lambda status: show_judging(v, pilot, thread, seat, status, **tried))


def _locked(v: Visit, code: str) -> tuple[Pilot, Thread, Evaluator]:
    pilot, thread, seat = get_judged(v.session, code, v.person)
    lock_thread(v.session, thread.id)
    for row in (pilot, seat):
        v.session.refresh(row)
    return pilot, thread, seat


def _done(code: str) -> tuple[str, str]:
    return url_for(".show", code=code), _("Saved. Thank you.")
