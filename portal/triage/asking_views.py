"""The pages on which staff ask the neighbourhood for ideas: in two clicks from what was reported."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import is_coordinator_at, roles_at
from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.ideas.call_actions import add_call, publish_call, set_matters
from portal.ideas.call_queries import find_call
from portal.ideas.calls import Call
from portal.ideas.proposals import list_proposed_by, propose_call
from portal.threads.chains import list_chain
from portal.threads.events import Actor
from portal.triage.access import get_worked
from portal.triage.ask_forms import AskForm
from portal.triage.asking import (
    Reason,
    draft_call,
    list_calls_about,
    reason_of_chain,
    reason_of_need,
    tell_answer,
)

blueprint = Blueprint("asking", __name__, url_prefix="/staff")
WORKERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)
MOST_PROPOSED = 50


@blueprint.route("/<reference>/ask-for-ideas", methods=["GET", "POST"])
@staff_only(*WORKERS)
def of_chain(reference: str) -> ResponseReturnValue:
    """Ask for ideas about what comes up again, named by one of its reports."""
    v = Visit.begin()
    thread, _desk = get_worked(v.session, v.person, reference, v.directory)
    chain = list_chain(v.session, thread.id)
    if len(chain) == 1:
        raise NotFound()
    back = url_for("triage.show", reference=thread.reference, _anchor="recurs-title")
    return ask(v, reason_of_chain(chain), back)


@blueprint.route("/ask-for-ideas/<category>/<place>", methods=["GET", "POST"])
@staff_only(*WORKERS)
def of_need(category: str, place: str) -> ResponseReturnValue:
    """Ask for ideas about what is reported often here."""
    v = Visit.begin()
    about, where = v.directory.category_codes.get(category), v.directory.place_codes.get(place)
    if about is None or where is None:
        raise NotFound()
    if not roles_at(v.person, where.path, *WORKERS):
        raise NotAllowed()
    return ask(v, reason_of_need(v.session, about.id, where.id, v.directory, v.now), url_for("needs.index"))


def ask(v: Visit, reason: Reason, back: str) -> ResponseReturnValue:
    """Show the call that could be made from this, or make it: coordinators may show it at once."""
    form = AskForm(
        v.person, v.directory, reason.place_id, draft_call(v.session, reason, v.directory, today=today())
    )
    if not form.is_submitted():
        return show_form(v, form, reason, back)
    if not form.validate():
        return show_form(v, form, reason, back, 422)
    place = v.directory.places[form.place.data]
    coordinates = is_coordinator_at(v.person, place.path)
    wants_public = request.form.get("how") == "publish"
    sent = find_call(v.session, str(form.code.data))
    if sent is not None and sent.created_by_id == v.person.id and sent.names == form.values()["names"]:
        return lead_on(sent, coordinates=coordinates)  # the button was pressed twice
    by = Actor(v.person, "coordinator" if coordinates else "officer")
    try:
        call = make_call(v, form, by, is_public=coordinates and wants_public)
        if not coordinates:
            propose_call(v.session, call, directory=v.directory, by=by, now=v.now)
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return show_form(v, form, reason, back, error.status)
    v.session.commit()
    flash(tell_done(call, coordinates=coordinates), "success")
    return lead_on(call, coordinates=coordinates)


def make_call(v: Visit, form: AskForm, by: Actor, *, is_public: bool) -> Call:
    call = add_call(v.session, str(form.code.data), form.values(), by=by, now=v.now)
    if form.found():
        set_matters(v.session, call, form.found(), seen=call.revision, by=by, now=v.now)
    if is_public:
        publish_call(v.session, call, today=today(), seen=call.revision, by=by, now=v.now)
    return call


def tell_done(call: Call, *, coordinates: bool) -> str:
    if not coordinates:
        return _("Proposed. The coordinator has been told, and you hear what comes of it.")
    return _("Everybody can see the call now.") if call.published_at else _("Saved.")


def lead_on(call: Call, *, coordinates: bool) -> ResponseReturnValue:
    return redirect(url_for("calls_desk.show", code=call.code) if coordinates else url_for(".proposed"), 303)


def show_form(v: Visit, form: AskForm, reason: Reason, back: str, status: int = 200) -> ResponseReturnValue:
    path = v.directory.places[reason.place_id].path
    calls = list_calls_about(v.session, [thread.id for thread in reason.reports])
    return (
        render_template(
            "triage/ask_for_ideas.html",
            form=form,
            back=back,
            coordinates=is_coordinator_at(v.person, path),
            reports=reason.reports,
            calls=[call for call in calls if call.published_at],
        ),
        status,
    )


@blueprint.get("/proposed-calls")
@staff_only(*WORKERS)
def proposed() -> ResponseReturnValue:
    """List the calls that this person proposed, with what was answered."""
    v = Visit.begin()
    rows = list_proposed_by(v.session, v.person, MOST_PROPOSED)
    return render_template(
        "triage/proposed_calls.html", rows=rows, places=v.directory, tell_answer=tell_answer
    )
