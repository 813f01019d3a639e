"""The pages on which staff plan a pilot, let it begin, and change it in the open."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import is_coordinator_at, places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.models import PlaceKind
from portal.core.dates import today
from portal.core.errors import NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.core.saving import keep, take
from portal.pilots.access import Hand, get_pilot_for
from portal.pilots.actions import change_pilot, give_up_plan, plan_pilot, spend, start_pilot
from portal.pilots.filling import fill_pilot
from portal.pilots.forms import GiveUpForm, PilotForm, PlanForm, SpendForm
from portal.pilots.models import Pilot
from portal.pilots.queries import list_candidates, list_pilots, list_unplanned
from portal.pilots.rules import WEEK, permits
from portal.pilots.telling import desk_sections, tell_pilot, tell_sections
from portal.pilots.words import state_label, tell_days
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from portal.threads.models import Kind, Status, Thread, Visibility
from portal.threads.queries import find_by_reference
from portal.triage.lists import READERS
from portal.triage.rows import title_of

blueprint = Blueprint("pilots_desk", __name__, url_prefix="/staff/pilots")
readers = staff_only(*READERS)
coordinators = staff_only(RoleName.COORDINATOR)
DEEDS: dict[str, type[PilotForm]] = {
    "start": PilotForm,
    "give-up": GiveUpForm,
    "spend": SpendForm,
}


@blueprint.get("")
@readers
def index() -> ResponseReturnValue:
    """Show what is planned and tried at the places of whoever looks, and what waits for a plan."""
    v = Visit.begin()
    coordinated = places_reached(v.person, v.directory, RoleName.COORDINATOR)
    rows = [
        (pilot, state_label(pilot), v.directory.full_name(pilot.place_id), _days_of(pilot))
        for pilot in list_pilots(v.session, places_reached(v.person, v.directory, *READERS))
    ]
    unplanned = [(thread, title_of(thread)) for thread in list_unplanned(v.session, coordinated)]
    return render_template("pilots/desk_index.html", rows=rows, unplanned=unplanned)


def _days_of(pilot: Pilot) -> str:
    return tell_days(pilot.starts_on, pilot.ends_on)


@blueprint.route("/plan/<reference>", methods=["GET", "POST"])
@coordinators
def plan(reference: str) -> ResponseReturnValue:
    """Begin the plan of a pilot for an idea that was decided so."""
    v = Visit.begin()
    thread, first = _idea_to_plan(v, reference), today() + 4 * WEEK
    title = thread.title[:120] if thread.visibility == Visibility.PUBLIC else ""  # the plan is for everybody
    given = {"seen": 0, "title": title, "place": thread.place_id}
    form = _plan_form(v, thread, None, data=given | {"starts_on": first, "ends_on": first + 12 * WEEK})

    def save() -> str:
        locked = lock_thread(v.session, thread.id)
        by = Actor(v.person, "coordinator")
        return address_of(plan_pilot(v.session, locked, form.values(), by=by, now=v.now))

    back = url_for("triage.show", reference=thread.reference)
    return take(form, save, "pilots/plan_form.html", title=_("Plan a pilot"), back=back)


def _idea_to_plan(v: Visit, reference: str) -> Thread:
    thread = find_by_reference(v.session, parse_reference(reference) or "")
    if thread is None or thread.kind != Kind.IDEA or thread.status != Status.PILOT:
        raise NotFound()
    if not is_coordinator_at(v.person, v.directory.places[thread.place_id].path):
        raise NotFound()
    return thread


def _plan_form(v: Visit, thread: Thread, pilot: Pilot | None, **given: Any) -> PlanForm:
    reached = set(places_reached(v.person, v.directory, RoleName.COORDINATOR))
    places = {
        place.id: v.directory.full_name(place.id)
        for place in v.directory.places_in_use()
        if place.id in reached and place.kind != PlaceKind.SPOT
    }
    people = dict(list_candidates(v.session, v.directory, pilot.place_id if pilot else thread.place_id))
    owner = v.session.get(Person, pilot.owner_id) if pilot and pilot.owner_id else None
    if owner is not None and owner.id not in people:
        people[owner.id] = owner.name or (owner.email or "")
    return PlanForm(places, people, is_locked=pilot is not None and pilot.is_locked, **given)


@blueprint.get("/<code>")
@readers
def show(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    return show_desk(v, *get_pilot_for(v.session, v.person, code, v.directory))


def show_desk(
    v: Visit, pilot: Pilot, hand: Hand, status: int = 200, tried: dict[str, PilotForm] | None = None
) -> ResponseReturnValue:
    """Show the pilot with the forms about it; `tried` are those that could not be kept."""
    fresh = {"seen": pilot.revision, "on_day": today()}
    forms = {
        move: form(name=move, formdata=None, data=fresh)
        for move, form in DEEDS.items()
        if permits(pilot, move) and _may(hand, move)
    }
    owner = v.session.get(Person, pilot.owner_id) if pilot.owner_id else None
    told = tell_pilot(v.session, pilot, v.directory)
    told["owner_name"] = (owner.name or owner.email) if owner else ""
    told["may_change"] = hand.plans and permits(pilot, "change")
    told["may_measure"] = hand.measures and permits(pilot, "measure")
    told["sections"] = tell_sections(desk_sections, v.session, pilot, v.directory, v.person)
    form = next(iter(tried.values())) if tried else None
    return (
        render_template("pilots/desk.html", forms=forms | (tried or {}), tried=form, hand=hand, **told),
        status,
    )


def _may(hand: Hand, move: str) -> bool:
    return hand.measures if move == "spend" else hand.plans


@blueprint.route("/<code>/edit", methods=["GET", "POST"])
@coordinators
def edit(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    pilot, hand = open_plan(v, code)
    form = _plan_form(v, v.session.get_one(Thread, pilot.thread_id), pilot, data=PlanForm.data_of(pilot))

    def save() -> str:
        thread = lock_thread(v.session, pilot.thread_id)
        reason = (form.reason.data or "") if "reason" in form else ""
        stamp: dict[str, Any] = {"seen": form.revision, "by": hand.actor, "now": v.now}
        change_pilot(v.session, thread, pilot, form.values(), reason=reason, **stamp)
        return address_of(pilot)

    return take(form, save, "pilots/plan_form.html", title=pilot.title, back=address_of(pilot), of=pilot)


def open_plan(v: Visit, code: str) -> tuple[Pilot, Hand]:
    """Return the pilot to a coordinator of its place. NotFound for others."""
    pilot, hand = get_pilot_for(v.session, v.person, code, v.directory)
    if not hand.plans:
        raise NotFound()
    return pilot, hand


@blueprint.post("/<code>/<any('start', 'give-up', 'spend'):deed>")
@readers
def act(code: str, deed: str) -> ResponseReturnValue:
    """Do one of DEEDS, or show the page again with what was typed and what stands against it."""
    v = Visit.begin()
    pilot, hand = get_pilot_for(v.session, v.person, code, v.directory)
    if not _may(hand, deed):
        raise NotAllowed()
    form = DEEDS[deed](name=deed)

    def again(status: int) -> ResponseReturnValue:
        return show_desk(v, pilot, hand, status, {deed: form})

    return keep(form, lambda: (address_of(pilot), _do(v, pilot, hand, deed, form)), again, of=pilot)


def _do(v: Visit, pilot: Pilot, hand: Hand, move: str, form: Any) -> str:
    """Do it; return what to say."""
    thread = lock_thread(v.session, pilot.thread_id)
    stamp: dict[str, Any] = {"seen": form.revision, "by": hand.actor, "now": v.now}
    if move == "start":
        fill_pilot(v.session, thread, pilot, v.directory, now=v.now)
        start_pilot(v.session, thread, pilot, today=today(), **stamp)
        return _("The pilot has begun. Its plan is locked now.")
    if move == "give-up":
        give_up_plan(v.session, thread, pilot, form.words.data, **stamp)
        return _("The plan is given up.")
    spend(v.session, pilot, form.values(), **stamp)
    return _("Noted.")


def address_of(pilot: Pilot) -> str:
    """Return the address of the staff page of a pilot."""
    return url_for("pilots_desk.show", code=pilot.code)
