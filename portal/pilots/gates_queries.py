"""Reads of reviews: as everybody may know them, as staff do, and what waits for somebody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, is_panellist_at, places_reached
from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.pilots.effects import Effect, EffectState
from portal.pilots.gates import Evaluator, Gate, GateDecision, GateKind, Opinion
from portal.pilots.gates_rules import SOON, may_judge
from portal.pilots.models import Pilot, PilotState
from portal.threads.models import Thread


@dataclass(frozen=True)
class Seen:
    """A review with what was said and decided at it."""

    gate: Gate
    opinions: Sequence[Opinion]  # the last of each evaluator
    earlier: int  # how many opinions were changed since
    decision: GateDecision | None


def list_gates(session: Session, pilot: Pilot, *, public: bool) -> list[Seen]:
    """Return the reviews of a pilot in the order of their days; three queries, or four for the `public`.

    What was called by a harm that nobody has looked at yet is not for the public.
    """
    gates = select(Gate).where(Gate.pilot_id == pilot.id).order_by(Gate.day, Gate.id)
    if public:
        unseen = select(Effect.id).where(Effect.id == Gate.effect_id, Effect.state != EffectState.SHOWN)
        gates = gates.where(~unseen.exists())
    found = session.scalars(gates).all()
    ids = [gate.id for gate in found]
    said: dict[int, list[Opinion]] = {}
    for opinion in session.scalars(select(Opinion).where(Opinion.gate_id.in_(ids)).order_by(Opinion.id)):
        said.setdefault(opinion.gate_id, []).append(opinion)
    decided = select(GateDecision).where(GateDecision.gate_id.in_(ids))
    decisions = {decision.gate_id: decision for decision in session.scalars(decided)}
    return [_seen(gate, said.get(gate.id, []), decisions.get(gate.id)) for gate in found]


def _seen(gate: Gate, opinions: Sequence[Opinion], decision: GateDecision | None) -> Seen:
    last = {opinion.person_id: opinion for opinion in opinions}
    return Seen(gate, list(last.values()), len(opinions) - len(last), decision)


def get_gate(session: Session, pilot: Pilot, number: int) -> Gate:
    gate = session.get(Gate, number)
    if gate is None or gate.pilot_id != pilot.id:
        raise NotFound()
    return gate


def list_seats(session: Session, pilot: Pilot) -> Sequence[tuple[Evaluator, str]]:
    """Return who was asked to judge a pilot, with their names."""
    rows = session.execute(
        select(Evaluator, Person.name)
        .join(Person, Person.id == Evaluator.person_id)
        .where(Evaluator.pilot_id == pilot.id)
        .order_by(Evaluator.id)
    )
    return [(seat, name) for seat, name in rows]


def list_panel(session: Session, pilot: Pilot, author_id: int, directory: Directory) -> list[tuple[int, str]]:
    """Return the panellists of a pilot's place who may judge it, by their names."""
    place = directory.places[pilot.place_id]
    above = [p.id for p in directory.ancestors(place.id)]
    held = select(Role.person_id).where(Role.name == RoleName.PANELLIST, Role.place_id.in_(above))
    people = select(Person).where(Person.id.in_(held), ~Person.is_blocked).order_by(Person.name, Person.id)
    return [
        (person.id, person.name or str(person.id))
        for person in session.scalars(people)
        if is_panellist_at(person, place.path)
        and not is_coordinator_at(person, place.path)
        and may_judge(person.root_id, owner_id=pilot.owner_id, author_id=author_id)
    ]


def get_judged(session: Session, code: str, person: Person) -> tuple[Pilot, Thread, Evaluator]:
    """Return a pilot that this person was asked to judge. NotFound for others."""
    row = session.execute(
        select(Pilot, Thread, Evaluator)
        .join(Thread, Thread.id == Pilot.thread_id)
        .join(Evaluator, Evaluator.pilot_id == Pilot.id)
        .where(Pilot.code == code, Evaluator.person_id == person.root_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1], row[2]


def list_judged(session: Session, person: Person) -> list[tuple[Pilot, Evaluator, Gate | None]]:
    """Return the pilots that this person was asked to judge, with the next review; two queries."""
    rows = session.execute(
        select(Pilot, Evaluator)
        .join(Evaluator, Evaluator.pilot_id == Pilot.id)
        .where(Evaluator.person_id == person.root_id)
        .order_by(Evaluator.id.desc())
    ).all()
    running = [pilot.id for pilot, _seat in rows if pilot.state == PilotState.RUNNING]
    due = next_gates(session, running)
    return [(pilot, seat, due.get(pilot.id)) for pilot, seat in rows]


def next_gates(session: Session, pilots: Collection[int]) -> Mapping[int, Gate]:
    """Return the open review of each of these pilots whose day comes first."""
    gates = select(Gate).where(Gate.pilot_id.in_(pilots), Gate.closed_at.is_(None))
    return {gate.pilot_id: gate for gate in session.scalars(gates.order_by(Gate.day.desc(), Gate.id.desc()))}


def list_due(
    session: Session, person: Person, directory: Directory, today: date, limit: int
) -> tuple[int, list[tuple[Gate, Pilot]]]:
    """Return how many reviews wait for this coordinator, or soon will, and the first of them."""
    places = places_reached(person, directory, RoleName.COORDINATOR)
    due = (
        Pilot.state == PilotState.RUNNING,
        Pilot.place_id.in_(places),
        Gate.closed_at.is_(None),
        (Gate.day <= today + SOON) | (Gate.kind == GateKind.EARLY),
    )
    joined = select(Gate, Pilot).join(Pilot, Pilot.id == Gate.pilot_id).where(*due)
    count = session.scalar(select(func.count()).select_from(joined.subquery())) or 0 if places else 0
    rows = session.execute(joined.order_by(Gate.day, Gate.id).limit(limit)).all() if count else []
    return count, [(gate, pilot) for gate, pilot in rows]
