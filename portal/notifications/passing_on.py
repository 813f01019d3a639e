"""Who sent what was joined with another hears how that goes on, in the way they hear of their own."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.outbox import handles
from portal.threads.actions import lock_thread
from portal.threads.events import SYSTEM, record_event
from portal.threads.models import Event, EventVisibility, Statement, Thread, Visibility
from portal.threads.trees import below
from portal.threads.words import PUBLIC_LEVELS

JOINED_TOPIC = "joined.tell"
PASSED_ON = frozenset(
    {
        "thread.replied",
        "report.started",
        "report.fixed",
        "report.reopened",
        "report.not_ours",
        "report.no_action",
        "idea.opened",
        "idea.decided",
        "idea.no_action",
    }
)


def list_to_tell(session: Session, event: Event) -> list[int]:
    """Return the threads, joined with that of the event, at which it is to be told too."""
    if event.kind not in PASSED_ON or event.thread_id is None:
        return []
    joined = select(below(event.thread_id).c.id)
    return [number for number in session.scalars(joined) if number != event.thread_id]


@handles(JOINED_TOPIC)
def on_survivor_moved(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Record at a joined thread what happened to its survivor, unless they have parted. Safe to run twice."""
    event = session.get_one(Event, payload["event_id"])
    thread = lock_thread(session, payload["thread_id"])
    survivor = session.get_one(Thread, event.thread_id)
    told = select(Event).where(Event.thread_id == thread.id, Event.kind == "thread.survivor_moved")
    if any(e.data["event"] == event.id for e in session.scalars(told)):
        return
    if thread.id not in list_to_tell(session, event):
        return
    record_event(
        session,
        thread,
        "thread.survivor_moved",
        by=SYSTEM,
        now=now,
        visibility=EventVisibility.SENDER,
        statement=_public_words(event, survivor),
        data=event.data | {"event": event.id, "other": survivor.reference, "what": event.kind},
    )


def _public_words(event: Event, survivor: Thread) -> Statement | None:
    """Return what staff said in public; what its sender wrote is not for the senders of others."""
    words = event.statement
    is_public = survivor.visibility == Visibility.PUBLIC
    return words if words is not None and is_public and words.level in PUBLIC_LEVELS else None
