"""Reads of reviews: as everybody may know them, as staff do, and what waits for somebody."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.accounts.access import is_panellist_at, places_reached
from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.core.errors import NotFound
from portal.pilots.effects import Effect, EffectState
from portal.pilots.gates import Evaluator, Gate, GateDecision, GateKind, Opinion, Verdict
from portal.pilots.gates_rules import SOON
from portal.pilots.independence import read_known
from portal.pilots.models import Pilot, PilotState
from portal.threads.models import Thread


@dataclass(frozen=True)
class Seen:
    """A review with what was said and decided at it."""

    gate: Gate
    opinions: Sequence[Opinion]  # the last of each evaluator
    earlier: int  # how many opinions were changed since
    decision: GateDecision | None
    sealed: int = 0  # how many opinions this reader doesn't read yet

    def seal(self) -> "Seen":
        """Return it without the opinions as long as the review is open: each is to be of one's own."""
        if self.gate.closed_at is not None:
            return self
        return replace(self, opinions=(), earlier=0, sealed=len(self.opinions))


def list_gates(session: Session, pilot: Pilot) -> list[Seen]:
    """Return the reviews of a pilot in the order of their days, for who decides; three queries."""
    return _list(session, Gate.pilot_id == pilot.id)


def list_public_gates(session: Session, pilot: Pilot) -> list[Seen]:
    """Return what everybody may know of them: opinions once it is decided, and no alarm that nobody has seen.

    What was called by a harm waits until that is public.
    """
    unseen = select(Effect.id).where(Effect.id == Gate.effect_id, Effect.state != EffectState.SHOWN)
    return [seen.seal() for seen in _list(session, Gate.pilot_id == pilot.id, ~unseen.exists())]


def list_gates_for(session: Session, pilot: Pilot, seat: Evaluator) -> list[Seen]:
    """Return them for an evaluator, who reads what others said once they have given their own opinion."""
    found = list_gates(session, pilot)
    return [seen if seat.person_id in {o.person_id for o in seen.opinions} else seen.seal() for seen in found]


def _list(session: Session, *wanted: ColumnElement[bool]) -> list[Seen]:
    found = session.scalars(select(Gate).where(*wanted).order_by(Gate.day, Gate.id)).all()
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


def list_rounds(decisions: Iterable[GateDecision]) -> list[date]:
    """Return the days on which the second and later rounds of a pilot began, from its decisions in order."""
    return [local_time(made.at).date() for made in decisions if made.verdict == Verdict.ADJUST]


def read_decisions(session: Session, pilots: Collection[int]) -> Mapping[int, list[GateDecision]]:
    """Return what was decided about each of these pilots, in order."""
    made: dict[int, list[GateDecision]] = {pilot: [] for pilot in pilots}
    decisions = select(GateDecision).where(GateDecision.pilot_id.in_(pilots))
    for decision in session.scalars(decisions.order_by(GateDecision.id)):
        made[decision.pilot_id].append(decision)
    return made


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


def list_panel(session: Session, pilot: Pilot, thread: Thread, directory: Directory) -> list[tuple[int, str]]:
    """Return the panellists of a pilot's place who may judge it, by their names."""
    known = read_known(session, pilot, thread, directory)
    place = directory.places[pilot.place_id]
    above = [p.id for p in directory.ancestors(place.id)]
    held = select(Role.person_id).where(Role.name == RoleName.PANELLIST, Role.place_id.in_(above))
    people = select(Person).where(Person.id.in_(held), ~Person.is_blocked).order_by(Person.name, Person.id)
    return [
        (person.id, person.name or str(person.id))
        for person in session.scalars(people)
        if is_panellist_at(person, place.path) and not known.against(person)
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
