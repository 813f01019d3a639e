"""What happens to the reviews of pilots by the calendar. Safe to run twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.dates import local_time
from portal.core.outbox import handles
from portal.core.worker import mornings
from portal.pilots.concerned import all_concerned, note
from portal.pilots.gates import Gate, GateKind
from portal.pilots.gates_actions import put_end_gate
from portal.pilots.gates_rules import SOON, is_soon
from portal.pilots.models import Pilot, PilotState
from portal.threads.actions import lock_thread
from portal.threads.events import SYSTEM

REMIND_TOPIC = "pilots.remind"
mornings.append(REMIND_TOPIC)


@handles(REMIND_TOPIC)
def remind(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remind of reviews that come near, and tell when their day has come: each once."""
    today = local_time(now).date()
    for pilot in list_without_end_gate(session):
        put_end_gate(session, pilot, now=now)
    due = (
        select(Gate, Pilot)
        .join(Pilot, Pilot.id == Gate.pilot_id)
        .where(
            Gate.closed_at.is_(None),
            Gate.due_told_at.is_(None),
            Gate.day <= today + SOON,
            Pilot.state == PilotState.RUNNING,
        )
        .order_by(Gate.day, Gate.id)
    )
    for gate, pilot in session.execute(due).all():
        _remind_of(session, gate, pilot, is_due=not is_soon(gate.day, today) or gate.day == today, now=now)


def list_without_end_gate(session: Session) -> list[Pilot]:
    """Return the running pilots that nobody would look at on their last day."""
    has_one = select(Gate.id).where(
        Gate.pilot_id == Pilot.id, Gate.kind == GateKind.END, Gate.closed_at.is_(None)
    )
    return list(session.scalars(select(Pilot).where(Pilot.state == PilotState.RUNNING, ~has_one.exists())))


def _remind_of(session: Session, gate: Gate, pilot: Pilot, *, is_due: bool, now: datetime) -> None:
    if not is_due and gate.soon_told_at is not None:
        return
    thread = lock_thread(session, pilot.thread_id)
    tell = all_concerned(session, pilot, get_directory(session))
    kind = "pilot.review_due" if is_due else "pilot.review_soon"
    data = {"gate": gate.id, "day": gate.day.isoformat()}
    note(session, thread, pilot, kind, by=SYSTEM, now=now, public=False, tell=tell, data=data)
    gate.soon_told_at = gate.soon_told_at or now
    if is_due:
        gate.due_told_at = now
