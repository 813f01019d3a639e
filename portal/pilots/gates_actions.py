"""What is done at the gates of a pilot: days set, people asked to judge, opinions, decisions."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core.dates import local_time
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.pilots.amending import Change, amend
from portal.pilots.concerned import all_concerned, coordinators_of, lock_pilot, need_running, note
from portal.pilots.gates import Evaluator, Gate, GateDecision, GateKind, Opinion, Verdict
from portal.pilots.gates_rules import is_good_end, is_new_end_owed, verdicts_at
from portal.pilots.independence import read_known
from portal.pilots.models import Pilot, PilotState
from portal.pilots.queries import UNDER_WAY
from portal.threads.actions import need_reason
from portal.threads.events import Actor
from portal.threads.models import Level, Thread
from portal.threads.words import say


def put_end_gate(session: Session, pilot: Pilot, *, now: datetime) -> None:
    """See to it that a running pilot is looked at on its last day; an open gate moves with that day."""
    gate = session.scalar(
        select(Gate).where(Gate.pilot_id == pilot.id, Gate.kind == GateKind.END, Gate.closed_at.is_(None))
    )
    if gate is None:
        _add(session, pilot, GateKind.END, pilot.ends_on, now=now)
    elif gate.day != pilot.ends_on:
        gate.day, gate.soon_told_at, gate.due_told_at = pilot.ends_on, None, None
    session.flush()


def add_gate(session: Session, pilot: Pilot, day: date, *, seen: int, now: datetime) -> None:
    """Plan a review before the end; of a day that has one there is none more.

    Invalid for a day that is not between today and the last day.
    """
    if pilot.state not in UNDER_WAY:
        need_running(pilot)
    known = select(Gate.id).where(Gate.pilot_id == pilot.id, Gate.day == day, Gate.closed_at.is_(None))
    if session.scalar(known) is not None:
        return
    lock_pilot(session, pilot, seen)
    if not (max(local_time(now).date(), pilot.starts_on) <= day < pilot.ends_on):
        raise Invalid(_("Please choose a day before the last one that is not over yet."))
    _add(session, pilot, GateKind.INTERIM, day, now=now)


def _add(session: Session, pilot: Pilot, kind: GateKind, day: date, *, now: datetime) -> None:
    session.add(Gate(pilot_id=pilot.id, kind=kind, day=day, round=pilot.round, added_at=now))


def ask_evaluator(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    person: Person,
    body: str,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Ask somebody to judge the pilot; they are told by mail. Never who is known to have a part in it.

    Asked twice with the same words it is once.
    """
    against = read_known(session, pilot, thread, directory).against(person, body)
    if against:
        raise Invalid(against)
    known = find_seat(session, pilot, person)
    if known is not None and (known.asked_by_id, known.body) == (by.id, body):
        return
    if known is not None:
        raise Conflict(_("They have been asked already."))
    session.add(
        Evaluator(pilot_id=pilot.id, person_id=person.root_id, body=body, asked_by_id=by.id, asked_at=now)
    )
    tell = [person.root_id]
    note(session, thread, pilot, "pilot.judge_asked", by=by, now=now, public=False, tell=tell)


def find_seat(session: Session, pilot: Pilot, person: Person) -> Evaluator | None:
    """Return how the person was asked to judge the pilot, or None."""
    return session.scalar(
        select(Evaluator).where(Evaluator.pilot_id == pilot.id, Evaluator.person_id == person.root_id)
    )


def declare(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    seat: Evaluator,
    interest: str,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Say once whether one has a part in the pilot; who has does not judge, and coordinators are told."""
    if seat.declared_at is not None and seat.interest == interest:
        return
    if seat.declared_at is not None:
        raise Conflict(_("You have said so already."))
    seat.declared_at, seat.interest = now, interest
    kind = "pilot.judge_stepped_back" if interest else "pilot.judge_sits"
    tell = coordinators_of(session, pilot.place_id, directory)
    note(session, thread, pilot, kind, by=by, now=now, public=False, tell=tell)


def give_opinion(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    gate: Gate,
    seat: Evaluator,
    *,
    advice: Verdict,
    text: str,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Say at an open gate what one thinks. Said anew, the earlier words stay beside the later ones."""
    need_open(pilot, gate)
    if not seat.sits or by.person is None:
        raise Conflict(_("First say that you have no part in this pilot."))
    known = read_known(session, pilot, thread, directory)
    against = known.against(by.person, seat.body)  # by what came since they were asked
    if against:
        raise Conflict(against)
    if advice not in verdicts_at(gate.kind):
        raise Invalid(_("Please choose what you advise."))
    need_reason(text)
    before = latest_opinions(session, [gate.id]).get((gate.id, seat.person_id))
    if before is not None and (before.advice, before.text) == (advice, text):
        return
    session.add(
        Opinion(gate_id=gate.id, person_id=seat.person_id, body=seat.body, advice=advice, text=text, at=now)
    )
    tell = coordinators_of(session, pilot.place_id, directory)
    note(session, thread, pilot, "pilot.judged", by=by, now=now, tell=tell, data={"gate": gate.id})


def latest_opinions(session: Session, gates: list[int]) -> dict[tuple[int, int], Opinion]:
    """Return the last opinion of each evaluator at each of these gates."""
    rows = session.scalars(select(Opinion).where(Opinion.gate_id.in_(gates)).order_by(Opinion.id))
    return {(opinion.gate_id, opinion.person_id): opinion for opinion in rows}


def need_open(pilot: Pilot, gate: Gate) -> None:
    """Raise Conflict where a gate is closed, or its pilot doesn't run."""
    need_running(pilot)
    if gate.closed_at is not None or gate.pilot_id != pilot.id:
        raise Conflict(_("This can't be done any more: the matter has moved on."))


@dataclass(frozen=True)
class Decided:
    """What a coordinator decides at a gate, and why."""

    verdict: Verdict
    reason: str
    dissent: str = ""
    unheard: str = ""
    lessons: str = ""
    next_review: date | None = None
    ends_on: date | None = None


def decide(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    gate: Gate,
    decided: Decided,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> GateDecision:
    """Decide at an open gate what becomes of a pilot, with a public reason. The thread is locked.

    Invalid where something is owed: an opinion, or why there is none; lessons of what is stopped; a new
    last day of what goes on. The same decision sent twice is one.
    """
    known = session.scalar(select(GateDecision).where(GateDecision.gate_id == gate.id))
    if known is not None and (known.by_id, known.verdict, known.reason) == (
        by.id,
        decided.verdict,
        decided.reason,
    ):
        return known
    need_open(pilot, gate)
    lock_pilot(session, pilot, seen)
    _need_whole(session, pilot, gate, decided, today=local_time(now).date())
    made = GateDecision(
        pilot_id=pilot.id, gate_id=gate.id, **vars(decided), round=pilot.round, by_id=by.id, at=now
    )
    session.add(made)
    gate.closed_at = now
    session.flush()
    words = "\n\n".join(text for text in (decided.reason, decided.lessons) if text)
    said = say(session, thread, Level.REASON, words, author=by.person, now=now)
    data = {"said": str(decided.verdict), "gate": gate.id, "round": pilot.round}
    tell = all_concerned(session, pilot, get_directory(session))
    note(session, thread, pilot, "pilot.decided", by=by, now=now, statement=said, tell=tell, data=data)
    CARRIED_OUT[decided.verdict](session, pilot, decided, by, now)
    if decided.next_review and pilot.state == PilotState.RUNNING:
        _add(session, pilot, GateKind.INTERIM, decided.next_review, now=now)
    session.flush()
    return made


def _need_whole(session: Session, pilot: Pilot, gate: Gate, decided: Decided, *, today: date) -> None:
    need_reason(decided.reason)
    if decided.verdict not in verdicts_at(gate.kind):
        raise Invalid(_("Please choose a decision."))
    if not decided.unheard and not latest_opinions(session, [gate.id]):
        raise Invalid(_("No evaluator has given an opinion yet. Say why you decide without one."))
    if decided.verdict == Verdict.STOP and not decided.lessons:
        raise Invalid(_("Please write what others can learn from it."))
    owed = is_new_end_owed(decided.verdict, GateKind(gate.kind))
    good = is_good_end(decided.ends_on, today=today, ends_on=pilot.ends_on, verdict=decided.verdict)
    if (owed or decided.ends_on) and not good:
        raise Invalid(_("Please choose the new last day: it must lie ahead."))
    if decided.next_review and not (today < decided.next_review < (decided.ends_on or pilot.ends_on)):
        raise Invalid(_("The next review must be on a day before the last one."))


def _go_on(_session: Session, _pilot: Pilot, _decided: Decided, _by: Actor, _now: datetime) -> None:
    """Nothing changes."""


def _extend(session: Session, pilot: Pilot, decided: Decided, by: Actor, now: datetime) -> None:
    """Move the last day, on record as each change of the plan is; the review moves with it."""
    if decided.ends_on and decided.ends_on != pilot.ends_on:
        change = Change(pilot, None, decided.reason)
        amend(session, change, "ends_on", pilot.ends_on, decided.ends_on, by=by, now=now)
        pilot.ends_on = decided.ends_on
    put_end_gate(session, pilot, now=now)


def _adjust(session: Session, pilot: Pilot, decided: Decided, by: Actor, now: datetime) -> None:
    """Begin the next round, on record; what is measured may be set anew, each change with its reason."""
    change = Change(pilot, None, decided.reason)
    amend(session, change, "round", pilot.round, pilot.round + 1, by=by, now=now)
    pilot.round += 1
    _extend(session, pilot, decided, by, now)


def _end(session: Session, pilot: Pilot, decided: Decided, _by: Actor, now: datetime) -> None:
    """End the pilot; no other review is due any more."""
    pilot.state = PilotState.SCALED if decided.verdict == Verdict.SCALE else PilotState.STOPPED
    pilot.ended_at = now
    session.execute(
        update(Gate).where(Gate.pilot_id == pilot.id, Gate.closed_at.is_(None)).values(closed_at=now)
    )


CARRIED_OUT = {
    Verdict.GO_ON: _go_on,
    Verdict.EXTEND: _extend,
    Verdict.ADJUST: _adjust,
    Verdict.SCALE: _end,
    Verdict.STOP: _end,
}
