"""The pages on which coordinators prepare a call for ideas, show it to everybody, and end it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.accounts.access import is_coordinator_at, places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import localized
from portal.core.saving import take
from portal.ideas.call_actions import (
    add_call,
    change_call,
    list_criteria,
    publish_call,
    put_criterion,
    remove_criterion,
    set_matters,
    stop_call,
)
from portal.ideas.call_forms import (
    CallForm,
    CriterionForm,
    MattersForm,
    SeenForm,
    StopForm,
    first_days,
)
from portal.ideas.call_queries import count_ideas, find_call, list_matters, list_staff_calls
from portal.ideas.call_telling import phase_name, phase_text, tell_criteria, tell_stages
from portal.ideas.calls import Call, Criterion
from portal.ideas.proposals import find_proposal, list_proposed
from portal.threads.events import Actor
from portal.threads.lines import tell_lines

blueprint = Blueprint("calls_desk", __name__, url_prefix="/staff/ideas/calls")
coordinators = staff_only(RoleName.COORDINATOR)


class Visit(visits.Visit):
    """A coordinator at one of these pages."""

    @property
    def stamp(self) -> dict[str, Any]:
        return {"by": Actor(self.person, "coordinator"), "now": self.now}


def get_call(v: Visit, code: str) -> Call:
    """Return the call. NotFound for who is no coordinator of its place."""
    call = find_call(v.session, code)
    if call is None or not is_coordinator_at(v.person, v.directory.places[call.place_id].path):
        raise NotFound()
    return call


@blueprint.get("")
@coordinators
def index() -> ResponseReturnValue:
    v, day = Visit.begin(), today()
    calls = list_staff_calls(v.session, places_reached(v.person, v.directory, RoleName.COORDINATOR))
    counts, proposed = count_ideas(v.session, calls), list_proposed(v.session, calls)
    rows = [
        (
            call,
            _name_state(call, day, call.id in proposed),
            v.directory.full_name(call.place_id),
            counts.get(call.id, 0),
        )
        for call in calls
    ]
    return render_template("ideas/calls_desk.html", rows=rows)


def _name_state(call: Call, day: date, is_proposed: bool) -> str:
    if call.published_at:
        return phase_name(call.phase(day))
    return _("Being prepared, proposed by a department") if is_proposed else _("Being prepared")


@blueprint.route("/add", methods=["GET", "POST"])
@coordinators
def add() -> ResponseReturnValue:
    v = Visit.begin()
    form = CallForm(v.person, v.directory, is_new=True, data={"seen": 1, **first_days(today())})
    title = _("A new call for ideas")

    def save() -> str:
        call = add_call(v.session, str(form.code.data), form.values(), **v.stamp)
        return url_for(".show", code=call.code)

    return take(form, save, "ideas/call_form.html", title=title, back=url_for(".index"))


@blueprint.route("/<code>/edit", methods=["GET", "POST"])
@coordinators
def edit(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    call = get_call(v, code)
    form = CallForm(v.person, v.directory, is_new=False, data=CallForm.data_of(call))
    back = url_for(".show", code=code)

    def save() -> str:
        change_call(v.session, call, form.values(), seen=form.revision, **v.stamp)
        return back

    return take(form, save, "ideas/call_form.html", title=call.name, back=back)


@blueprint.get("/<code>")
@coordinators
def show(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    return show_call(v, get_call(v, code))


def show_call(v: Visit, call: Call, status: int = 200, **tried: SeenForm) -> ResponseReturnValue:
    """Show the call with the forms about it; `tried` are those that could not be kept."""
    day, matters = today(), list_matters(v.session, call)
    written = "\n".join(row.reference for row in matters)
    forms = {
        "publish": SeenForm(formdata=None, data={"seen": call.revision}),
        "matters": MattersForm(formdata=None, data={"seen": call.revision, "references": written}),
        "stop": StopForm(formdata=None, data={"seen": call.revision}),
    } | tried
    return (
        render_template(
            "ideas/call_desk.html",
            call=call,
            place=v.directory.full_name(call.place_id),
            theme=localized(call.theme),
            phase_name=phase_name(call.phase(day)) if call.published_at else _("Being prepared"),
            phase_text=phase_text(call, call.phase(day)),
            stages=tell_stages(call, day),
            criteria=tell_criteria(list_criteria(v.session, call)),
            may_change_criteria=call.may_change_criteria(day),
            matters=tell_lines(matters, v.directory, {}),
            proposal=find_proposal(v.session, call),
            forms=forms,
            tried=next(iter(tried.values()), None),
        ),
        status,
    )


@blueprint.post("/<code>/publish")
@coordinators
def publish(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    call, form = get_call(v, code), SeenForm()

    def do() -> None:
        publish_call(v.session, call, today=today(), seen=form.revision, **v.stamp)

    return act(v, call, "publish", form, do=do, done=_("Everybody can see the call now."))


@blueprint.post("/<code>/matters")
@coordinators
def matters(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    call, form = get_call(v, code), MattersForm()

    def do() -> None:
        set_matters(v.session, call, form.found(), seen=form.revision, **v.stamp)

    return act(v, call, "matters", form, do=do, done=_("Saved."))


@blueprint.post("/<code>/stop")
@coordinators
def stop(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    call, form = get_call(v, code), StopForm()

    def do() -> None:
        stop_call(v.session, call, form.reason(), seen=form.revision, **v.stamp)

    return act(v, call, "stop", form, do=do, done=_("The call is stopped."))


@blueprint.route("/<code>/criteria/add", methods=["GET", "POST"])
@coordinators
def add_criterion(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    return criterion_page(v, get_call(v, code), None)


@blueprint.route("/<code>/criteria/<int:number>", methods=["GET", "POST"])
@coordinators
def edit_criterion(code: str, number: int) -> ResponseReturnValue:
    v = Visit.begin()
    call = get_call(v, code)
    return criterion_page(v, call, get_criterion(v, call, number))


@blueprint.post("/<code>/criteria/<int:number>/remove")
@coordinators
def drop_criterion(code: str, number: int) -> ResponseReturnValue:
    v = Visit.begin()
    call, form = get_call(v, code), SeenForm()
    criterion = get_criterion(v, call, number)

    def do() -> None:
        remove_criterion(v.session, call, criterion, seen=form.revision, **v.stamp)

    return act(v, call, "publish", form, do=do, done=_("Removed."))


def get_criterion(v: Visit, call: Call, number: int) -> Criterion:
    criterion = v.session.get(Criterion, number)
    if criterion is None or criterion.call_id != call.id:
        raise NotFound()
    return criterion


def criterion_page(v: Visit, call: Call, criterion: Criterion | None) -> ResponseReturnValue:
    """Show the form of a criterion, or keep it."""
    given = {"seen": call.revision, **(CriterionForm.data_of(criterion) if criterion else {})}
    form, back = CriterionForm(data=given), url_for(".show", code=call.code)

    def save() -> str:
        put_criterion(v.session, call, criterion, form.values(), seen=form.revision, **v.stamp)
        return back

    title = criterion.name if criterion else _("A new criterion")
    template = "ideas/criterion_form.html"
    return take(form, save, template, title=title, back=back, call=call, criterion=criterion)


def act(
    v: Visit, call: Call, name: str, form: SeenForm, *, do: Callable[[], None], done: str
) -> ResponseReturnValue:
    """Do something with the call from its page, or show the page with what stands against it."""
    code = call.code
    if not form.validate():
        return show_call(v, call, 422, **{name: form})
    try:
        do()
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        form.seen.raw_data = None
        return show_call(v, get_call(v, code), error.status, **{name: form})
    v.session.commit()
    flash(done, "success")
    return redirect(url_for(".show", code=code), 303)
