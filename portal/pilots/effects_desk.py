"""Effects for coordinators: a first look, hiding, and what was done about each."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.guards import View
from portal.core.i18n import gettext as _
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
    v: visits.Visit, pilot: Pilot, status: int = 200, *, tried: int = 0, form: WordsForm | None = None
) -> ResponseReturnValue:
    """Show a pilot's effects with the forms about each; `form` is what could not be kept of one, `tried`."""
    page = render_template(
        "pilots/effects_desk.html",
        pilot=pilot,
        effects=list_all(v.session, pilot),
        severities=SEVERITIES,
        tell=tell_nature,
        tried=tried,
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
    try:
        if not form.validate():
            raise Invalid(str(next(iter(form.words.errors), "")))
        by = Actor(v.person, "coordinator")
        CHOICES[choice](v.session, thread, pilot, effect, *words, by=by, now=v.now)  # type: ignore[operator]
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        pilot, _thread = get_steered(v.session, code, v.person, v.directory)
        return show_effects(v, pilot, error.status, tried=number, form=form)
    v.session.commit()
    flash(_("Saved."), "success")
    return redirect(f"{url_for('.of_pilot', code=code)}#effect-{number}", 303)
