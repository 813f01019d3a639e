"""Reviews for coordinators: their days, who judges, and the decision; and the room for trials."""

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts import visits
from portal.accounts.access import places_reached
from portal.accounts.identity import find_confirmed, staff_only
from portal.accounts.models import Person, RoleName
from portal.core.dates import today
from portal.core.errors import Invalid
from portal.core.guards import View
from portal.core.i18n import gettext as _
from portal.core.saving import keep, take
from portal.ideas.call_forms import SeenForm
from portal.pilots.allowances import AT_ONCE, IN_A_YEAR, INSIDE, read_rooms, set_room
from portal.pilots.concerned import get_steered
from portal.pilots.gates import GateKind, Verdict
from portal.pilots.gates_actions import add_gate, ask_evaluator, decide
from portal.pilots.gates_forms import NOBODY, AskForm, DayForm, DecideForm, RoomForm
from portal.pilots.gates_queries import get_gate, list_gates, list_panel, list_seats
from portal.pilots.models import Pilot
from portal.pilots.outcome_telling import GATES, VERDICT_HINTS, VERDICTS
from portal.pilots.practices import Allowance
from portal.pilots.practices_actions import draft_practice
from portal.pilots.practices_facts import gather_facts
from portal.threads.events import Actor
from portal.threads.models import Thread

blueprint = Blueprint("pilot_reviews", __name__, url_prefix="/staff/pilots")
coordinators: View = staff_only(RoleName.COORDINATOR)
Visit = visits.Visit


@blueprint.get("/<code>/review")
@coordinators
def show(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    return show_review(v, *get_steered(v.session, code, v.person, v.directory))


def show_review(
    v: Visit, pilot: Pilot, thread: Thread, status: int = 200, **tried: SeenForm
) -> ResponseReturnValue:
    """Show a pilot's reviews with the forms about them; `tried` are those that could not be kept."""
    seen = {"seen": pilot.revision}
    panel = list_panel(v.session, pilot, thread, v.directory)
    seats = list_seats(v.session, pilot)
    asked = {seat.person_id for seat, _name in seats}
    forms = {"day": DayForm(formdata=None, data=seen), "ask": AskForm(formdata=None, data=seen)} | tried
    forms["ask"].offer([each for each in panel if each[0] not in asked])
    page = render_template(
        "pilots/review.html",
        pilot=pilot,
        place=v.directory.full_name(pilot.place_id),
        gates=list_gates(v.session, pilot),
        names=GATES,
        verdicts=VERDICTS,
        seats=seats,
        judges={seat.person_id: name for seat, name in seats},
        forms=forms,
        tried=next(iter(tried.values()), None),
        today=today(),
    )
    return page, status


@blueprint.post("/<code>/review/day")
@coordinators
def add_day(code: str) -> ResponseReturnValue:
    form = DayForm()

    def do(v: Visit, pilot: Pilot, _thread: Thread) -> None:
        day = form.day.data or today()
        add_gate(v.session, pilot, day, seen=form.revision, now=v.now)

    return act(code, "day", form, do)


@blueprint.post("/<code>/review/judges")
@coordinators
def ask(code: str) -> ResponseReturnValue:
    form = AskForm().offer([])
    form.person.validate_choice = False

    def do(v: Visit, pilot: Pilot, thread: Thread) -> None:
        person = find_judge(v, pilot, thread, form)
        by = Actor(v.person, "coordinator")
        body, known = form.body.data or "", v.directory
        ask_evaluator(v.session, thread, pilot, person, body, directory=known, by=by, now=v.now)

    return act(code, "ask", form, do)


def find_judge(v: Visit, pilot: Pilot, thread: Thread, form: AskForm) -> Person:
    """Return whom the form names. Invalid for nobody, and for an address that nobody has confirmed."""
    if form.email.data:
        found = find_confirmed(v.session, form.email.data)
        if found is None or found.is_blocked:
            raise Invalid(_("There is no confirmed account with this address."))
        return found
    panel = dict(list_panel(v.session, pilot, thread, v.directory))
    if form.person.data == NOBODY or form.person.data not in panel:
        raise Invalid(_("Please choose somebody, or write an address."))
    return v.session.get_one(Person, form.person.data)


def act(
    code: str, name: str, form: SeenForm, do: Callable[[Visit, Pilot, Thread], None]
) -> ResponseReturnValue:
    """Do something about a pilot's reviews, or show the page with what stands against it."""
    v = Visit.begin()
    pilot, thread = get_steered(v.session, code, v.person, v.directory, lock=True)

    def save() -> str:
        do(v, pilot, thread)
        return url_for(".show", code=code)

    return keep(form, save, lambda status: show_review(v, pilot, thread, status, **{name: form}), of=pilot)


@blueprint.route("/<code>/review/<int:number>", methods=["GET", "POST"])
@coordinators
def decide_at(code: str, number: int) -> ResponseReturnValue:
    """Show the form of the decision at one review, or keep it."""
    v = Visit.begin()
    pilot, thread = get_steered(v.session, code, v.person, v.directory, lock=request.method == "POST")
    gate = get_gate(v.session, pilot, number)
    form = DecideForm(data={"seen": pilot.revision}).at(GateKind(gate.kind))
    by = Actor(v.person, "coordinator")

    def save() -> str:
        decided = form.decided()
        decide(v.session, thread, pilot, gate, decided, seen=form.revision, by=by, now=v.now)
        if decided.verdict == Verdict.SCALE:
            facts = gather_facts(v.session, thread, pilot, v.directory)
            practice = draft_practice(v.session, thread, pilot, facts, by=by, now=v.now)
            if practice is not None and practice.pilot_id == pilot.id:
                return url_for("practices_desk.edit", code=practice.code)
        return url_for(".show", code=code)

    seen = next(each for each in list_gates(v.session, pilot) if each.gate.id == gate.id)
    return take(
        form,
        save,
        "pilots/decide.html",
        of=pilot,
        pilot=pilot,
        seen=seen,
        name=GATES[GateKind(gate.kind)],
        verdicts=VERDICTS,
        hints=VERDICT_HINTS,
        judges={seat.person_id: name for seat, name in list_seats(v.session, pilot)},
        back=url_for(".show", code=code),
    )


@blueprint.route("/room", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def room() -> ResponseReturnValue:
    """Show how much room places have for trials, and let an administrator set it."""
    v = Visit.begin()
    administered = set(places_reached(v.person, v.directory, RoleName.ADMINISTRATOR))
    places = [p for p in v.directory.places_in_use() if p.id in administered and p.kind not in INSIDE]
    reached = sorted(places, key=lambda place: v.directory.full_name(place.id))
    form = RoomForm(data={"at_once": AT_ONCE, "in_a_year": IN_A_YEAR})
    form.place.choices = [(p.id, v.directory.full_name(p.id)) for p in reached]

    def save() -> str:
        by = Actor(v.person, "administrator")
        at_once, in_a_year = form.at_once.data or 0, form.in_a_year.data or 0
        set_room(v.session, form.place.data, at_once, in_a_year, by=by, now=v.now)
        return url_for(".room")

    def show(status: int) -> ResponseReturnValue:
        own = set(v.session.scalars(select(Allowance.place_id)))
        rooms = read_rooms(v.session, [p.id for p in reached], v.directory, today())
        rows = [(v.directory.full_name(p.id), rooms[p.id], p.id in own) for p in reached]
        return render_template("pilots/room.html", form=form, rows=rows), status

    return keep(form, save, show) if form.is_submitted() else show(200)
