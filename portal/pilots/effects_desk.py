"""Effects for coordinators: a first look, hiding, and what was done about each."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.core.errors import NotFound
from portal.core.guards import View
from portal.core.saving import keep
from portal.pilots.concerned import get_steered
from portal.pilots.effects import Effect
from portal.pilots.effects_actions import answer_effect, hide_effect, show_effect
from portal.pilots.effects_forms import WordsForm
from portal.pilots.effects_queries import list_all, list_waiting
from portal.pilots.models import Pilot
from portal.pilots.outcome_telling import SEVERITIES, tell_nature
from portal.threads.events import Actor

blueprint = Blueprint("effects_desk", __name__, url_prefix="/staff/pilots")
coordinators: View = staff_only(RoleName.COORDINATOR)

CHOICES = {"show": show_effect, "hide": hide_effect, "answer": answer_effect}


@blueprint.get("/effects")
@coordinators
def waiting() -> ResponseReturnValue:
    """Show what waits for a first look, of all pilots of this coordinator."""
    v = visits.Visit.begin()
    rows = list_waiting(v.session, v.person, v.directory)
    return render_template("pilots/effects_waiting.html", rows=rows, severities=SEVERITIES, tell=tell_nature)


@blueprint.get("/<code>/effects")
@coordinators
def of_pilot(code: str) -> ResponseReturnValue:
    v = visits.Visit.begin()
    pilot, _thread = get_steered(v.session, code, v.person, v.directory)
    return show_effects(v, pilot)


def show_effects(
    v: visits.Visit, pilot: Pilot, status: int = 200, form: WordsForm | None = None
) -> ResponseReturnValue:
    """Show a pilot's effects with the forms about each; `form` is what could not be kept of one."""
    page = render_template(
        "pilots/effects_desk.html",
        pilot=pilot,
        effects=list_all(v.session, pilot),
        severities=SEVERITIES,
        tell=tell_nature,
        form=form,
    )
    return page, status


@blueprint.post("/effects/<int:number>/<any(show, hide, answer):choice>")
@coordinators
def decide(number: int, choice: str) -> ResponseReturnValue:
    """Show an effect to everybody, hide it with a reason, or say what was done about it."""
    v, form = visits.Visit.begin(), WordsForm()
    effect = v.session.get(Effect, number)
    if effect is None:
        raise NotFound()
    code = v.session.get_one(Pilot, effect.pilot_id).code
    pilot, thread = get_steered(v.session, code, v.person, v.directory, lock=True)
    v.session.refresh(effect)
    words = () if choice == "show" else (form.words.data or "",)
    form.words.id = f"{choice}-{number}"  # of the field that was typed in

    def save() -> str:
        by = Actor(v.person, "coordinator")
        CHOICES[choice](v.session, thread, pilot, effect, *words, by=by, now=v.now)  # type: ignore[operator]
        return f"{url_for('.of_pilot', code=code)}#effect-{number}"

    return keep(form, save, lambda status: show_effects(v, pilot, status, form))
