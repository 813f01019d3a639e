"""What pilots came to, as sections of pages: of a pilot's own, of the list, of the first page of staff."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.access import has_role, is_coordinator_at
from portal.accounts.models import Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.core.dates import date_day, today
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.pilots.allowances import home_of, read_rooms, tell_room
from portal.pilots.effects import Effect, EffectState
from portal.pilots.effects_queries import list_all, list_shown, list_waiting
from portal.pilots.gates import Gate, GateKind
from portal.pilots.gates_queries import list_due, list_judged, list_public_gates, next_gates
from portal.pilots.models import Pilot
from portal.pilots.outcome_telling import GATES, SEVERITIES, VERDICTS, tell_counts, tell_nature
from portal.pilots.practices_actions import find_of_pilot
from portal.threads.models import Thread

WAITING_TEMPLATE = "pilots/_waits.html"
PUBLIC_TEMPLATE, DESK_TEMPLATE = "pilots/_outcomes.html", "pilots/_judged.html"
MOST_LINES = 8


def read_outcomes(
    session: Session, pilot: Pilot, _directory: Directory, reader: Person | None
) -> dict[str, Any] | None:
    """Return what everybody may read of what a pilot did and how it was judged; nothing before it begins."""
    if not pilot.is_locked:
        return None
    effects = list_shown(session, pilot, reader)
    practice = find_of_pilot(session, pilot)
    return {
        "effects": effects,
        "counts": _tell_counts(effects),
        "takes_effects": session.get_one(Thread, pilot.thread_id).is_listed,
        "gates": list_public_gates(session, pilot),
        "practice": practice if practice and practice.published_at else None,
        "severities": SEVERITIES,
        "names": GATES,
        "verdicts": VERDICTS,
        "tell": tell_nature,
    }


def read_desk(
    session: Session, pilot: Pilot, directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return what the staff page of a pilot says of its reviews and effects."""
    effects = list_all(session, pilot)
    due = next_gates(session, [pilot.id]).get(pilot.id)
    waiting = sum(e.state == EffectState.FIRST_LOOK for e in effects)
    steers = is_coordinator_at(person, directory.places[pilot.place_id].path)
    return {
        "counts": _tell_counts(effects),
        "waiting": _tell_waiting(waiting) if waiting else "",
        "next": f"{GATES[GateKind(due.kind)]} · {date_day(due.day)}" if due else "",
        "steers": steers,
        "practice": find_of_pilot(session, pilot) if steers else None,
        "room": "" if pilot.is_locked else _tell_room_of(session, pilot, directory),
    }


def _tell_room_of(session: Session, pilot: Pilot, directory: Directory) -> str:
    """Return how much room there is where a planned pilot is to be."""
    home = home_of(pilot.place_id, directory)
    room = read_rooms(session, [home], directory, today())[home]
    return f"{directory.full_name(home)} · {tell_room(room)}"


def _tell_counts(effects: Sequence[Effect]) -> str:
    shown = [effect.is_wanted for effect in effects if effect.is_shown]
    return tell_counts(sum(shown), len(shown) - sum(shown))


def _tell_waiting(number: int) -> str:
    return ngettext("%(num)s effect waits for a first look", "%(num)s effects wait for a first look", number)


def tell_rooms(session: Session, directory: Directory) -> list[tuple[str, str, str]]:
    """Return for each community how much of its room for trials is taken, for pilots/_rooms.html."""
    communities = [p.id for p in directory.places_in_use() if p.kind == PlaceKind.COMMUNITY]
    rooms = read_rooms(session, communities, directory, today())
    return [
        (
            directory.full_name(place.id),
            _("%(used)s of %(room)s used", used=room.running, room=room.at_once),
            _("%(used)s of %(room)s used", used=room.begun, room=room.in_a_year),
        )
        for place in directory.places_in_use()
        if (room := rooms.get(place.id))
    ]


def read_waiting(v: Visit) -> dict[str, Any] | None:
    """Return what of pilots waits for this person: effects, reviews, opinions; nothing if nothing does."""
    lines = []
    if has_role(v.person, RoleName.COORDINATOR):
        lines = _steered(v)
    if has_role(v.person, RoleName.PANELLIST):
        lines += [
            (_tell_due(gate, pilot), url_for("judging.show", code=pilot.code))
            for pilot, seat, gate in list_judged(v.session, v.person)
            if gate is not None and not seat.interest
        ]
    return {"lines": lines} if lines else None


def _steered(v: Visit) -> list[tuple[str, str]]:
    """Return what waits for a coordinator, with where it is done."""
    effects = list_waiting(v.session, v.person, v.directory)
    _count, due = list_due(v.session, v.person, v.directory, today(), MOST_LINES)
    lines = [(_tell_due(gate, pilot), url_for("pilot_reviews.show", code=pilot.code)) for gate, pilot in due]
    if effects:
        lines.insert(0, (_tell_waiting(len(effects)), url_for("effects_desk.waiting")))
    return lines


def _tell_due(gate: Gate, pilot: Pilot) -> str:
    day = date_day(gate.day)
    return _("%(what)s, %(day)s: %(pilot)s", what=GATES[GateKind(gate.kind)], day=day, pilot=pilot.title)
