"""The pages on which staff say what a pilot is measured by, and enter what was measured."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.visits import Visit
from portal.core.dates import today
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.saving import keep, take
from portal.pilots.access import Hand, get_pilot_for
from portal.pilots.actions import put_indicator, remove_indicator
from portal.pilots.concerned import is_stale, lock_pilot
from portal.pilots.desk import address_of, coordinators, open_plan, readers
from portal.pilots.filling import fill_pilot
from portal.pilots.forms import CorrectForm, IndicatorForm, LinesForm, MeasuredForm, PilotForm, ValueForm
from portal.pilots.loading import decode, read_lines
from portal.pilots.models import Filled, Indicator, Pilot, Value
from portal.pilots.queries import read_values
from portal.pilots.rules import WEEK, permits
from portal.pilots.telling import tell_indicator
from portal.pilots.values import Reading, correct_value, enter_values, tell_kept
from portal.threads.actions import lock_thread

blueprint = Blueprint("pilot_measures", __name__, url_prefix="/staff/pilots/<code>/indicators")
FORMS: dict[str, type[MeasuredForm]] = {"value": ValueForm, "lines": LinesForm}


@blueprint.route("/add", methods=["GET", "POST"])
@coordinators
def add(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    return _indicator_page(v, *open_plan(v, code), None)


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@coordinators
def edit(code: str, number: int) -> ResponseReturnValue:
    v = Visit.begin()
    pilot, hand = open_plan(v, code)
    return _indicator_page(v, pilot, hand, get_indicator(v, pilot, number))


def get_indicator(v: Visit, pilot: Pilot, number: int) -> Indicator:
    indicator = v.session.get(Indicator, number)
    if indicator is None or indicator.pilot_id != pilot.id:
        raise NotFound()
    return indicator


def _indicator_page(v: Visit, pilot: Pilot, hand: Hand, indicator: Indicator | None) -> ResponseReturnValue:
    """Show the form of an indicator, or keep it; what Linli counts is counted at once."""
    given = {
        "seen": pilot.revision,
        "baseline_from": pilot.starts_on - 8 * WEEK,
        "baseline_until": pilot.starts_on.fromordinal(pilot.starts_on.toordinal() - 1),
    }
    data = IndicatorForm.data_of(indicator, pilot) if indicator else given
    form = IndicatorForm(pilot, v.directory, data=data)

    def save() -> str:
        thread = lock_thread(v.session, pilot.thread_id)
        reason = (form.reason.data or "") if "reason" in form else ""
        stamp: dict[str, Any] = {"seen": form.revision, "by": hand.actor, "now": v.now}
        put_indicator(v.session, thread, pilot, indicator, form.values(), reason=reason, **stamp)
        fill_pilot(v.session, thread, pilot, v.directory, now=v.now)
        return address_of(pilot)

    title = indicator.name if indicator else _("A new indicator")
    shown = {"title": title, "back": address_of(pilot), "pilot": pilot, "indicator": indicator}
    return take(form, save, "pilots/indicator_form.html", of=pilot, **shown)


@blueprint.post("/<int:number>/remove")
@coordinators
def remove(code: str, number: int) -> ResponseReturnValue:
    v = Visit.begin()
    pilot, _hand = open_plan(v, code)
    form = PilotForm()
    if form.validate() and v.session.get(Indicator, number) is not None:  # else it was pressed twice
        lock_thread(v.session, pilot.thread_id)
        remove_indicator(v.session, pilot, get_indicator(v, pilot, number), seen=form.revision)
        v.session.commit()
        flash(_("Removed."), "success")
    return redirect(address_of(pilot), 303)


@blueprint.get("/<int:number>/values")
@readers
def values(code: str, number: int) -> ResponseReturnValue:
    v = Visit.begin()
    pilot, indicator = open_values(v, code, number)[:2]
    return show_values(v, pilot, indicator)


def open_values(v: Visit, code: str, number: int) -> tuple[Pilot, Indicator, Hand]:
    """Return the indicator to who may measure, of those that are entered."""
    pilot, hand = get_pilot_for(v.session, v.person, code, v.directory)
    indicator = get_indicator(v, pilot, number)
    if not (hand.measures and indicator.filled == Filled.ENTERED and permits(pilot, "measure")):
        raise NotFound()
    return pilot, indicator, hand


def show_values(
    v: Visit, pilot: Pilot, indicator: Indicator, status: int = 200, tried: dict[str, PilotForm] | None = None
) -> ResponseReturnValue:
    """Show what was measured, the forms to add to it, and a way to correct each value."""
    fresh = {"seen": pilot.revision, "on_day": today(), "where": "here"}
    places = places_to_measure(v, pilot, indicator)
    forms: dict[str, PilotForm] = {
        name: form(places, name=name, formdata=None, data=fresh) for name, form in FORMS.items()
    } | (tried or {})
    entered = read_values(v.session, [indicator])
    return (
        render_template(
            "pilots/values.html",
            pilot=pilot,
            indicator=indicator,
            told=tell_indicator(pilot, indicator, entered, v.directory),
            entered=list(reversed(entered)),
            places=dict(places),
            forms=forms,
            tried=next(iter(tried.values())) if tried else None,
        ),
        status,
    )


def places_to_measure(v: Visit, pilot: Pilot, indicator: Indicator) -> list[tuple[str, str]]:
    """Return where something can be measured: here, and at the place beside if there is one."""
    places = [("here", v.directory.full_name(pilot.place_id))]
    if indicator.comparison_place_id is not None:
        places.append(("there", v.directory.full_name(indicator.comparison_place_id)))
    return places


@blueprint.post("/<int:number>/values/<any('value', 'lines'):how>")
@readers
def enter(code: str, number: int, how: str) -> ResponseReturnValue:
    """Keep one value, or all lines of a file; nothing is kept of a file with a line that can't be read."""
    v = Visit.begin()
    pilot, indicator, hand = open_values(v, code, number)
    form = FORMS[how](places_to_measure(v, pilot, indicator), name=how)

    def save() -> tuple[str, str]:
        readings = _read(form)
        thread = lock_thread(v.session, pilot.thread_id)
        lock_pilot(v.session, pilot, pilot.revision)
        kept = enter_values(
            v.session,
            thread,
            pilot,
            indicator,
            readings,
            source=form.source.data or "",
            is_comparison=form.is_comparison,
            today=today(),
            by=hand.actor,
            now=v.now,
        )
        return url_for(".values", code=code, number=number), tell_kept(kept)

    return keep(form, save, lambda status: show_values(v, pilot, indicator, status, {how: form}))


def _read(form: Any) -> list[Reading]:
    """Return what was typed, or stands in the file."""
    if isinstance(form, ValueForm):
        return [Reading(*form.reading)]
    sent = request.files.get("file")
    text = decode(sent.read()) if sent and sent.filename else ""
    return read_lines(text or form.lines.data or "")


@blueprint.route("/<int:number>/values/<int:value>", methods=["GET", "POST"])
@readers
def correct(code: str, number: int, value: int) -> ResponseReturnValue:
    """Correct a value, or take it out, with a reason that everybody may read."""
    v = Visit.begin()
    pilot, indicator, hand = open_values(v, code, number)
    entered, back = v.session.get(Value, value), url_for(".values", code=code, number=number)
    if entered is None and request.method == "POST":  # it was taken out, and the form sent twice
        return redirect(back, 303)
    if entered is None or entered.indicator_id != indicator.id:
        raise NotFound()
    form = CorrectForm(data={"seen": pilot.revision, "right": entered.value})

    def save() -> str:
        thread = lock_thread(v.session, pilot.thread_id)
        if is_stale(v.session, pilot, form.revision) and entered.value == form.right.data:
            return back
        lock_pilot(v.session, pilot, form.revision)
        correct_value(
            v.session,
            thread,
            pilot,
            entered,
            form.right.data,
            reason=form.reason.data or "",
            by=hand.actor,
            now=v.now,
        )
        return back

    shown = {"pilot": pilot, "indicator": indicator, "value": entered, "back": back}
    return take(form, save, "pilots/correct_form.html", of=pilot, **shown)
