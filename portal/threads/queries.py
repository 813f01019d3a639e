"""Reads of threads, their events and words."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.threads.models import Event, EventVisibility, Level, Statement, Thread

SEEN_BY = {
    "public": (EventVisibility.PUBLIC,),
    "sender": (EventVisibility.PUBLIC, EventVisibility.SENDER),
    "staff": (EventVisibility.PUBLIC, EventVisibility.SENDER, EventVisibility.STAFF),
}


def list_events(session: Session, thread_id: int, audience: str) -> Sequence[Event]:
    """Return what this audience ("public", "sender", "staff") may see happen, in order."""
    return session.scalars(
        select(Event)
        .where(Event.thread_id == thread_id, Event.visibility.in_(SEEN_BY[audience]))
        .order_by(Event.sequence)
        .options(joinedload(Event.statement))
    ).all()


def list_statements(session: Session, thread_id: int) -> Sequence[Statement]:
    """Return everything said in a thread, in order."""
    return session.scalars(
        select(Statement).where(Statement.thread_id == thread_id).order_by(Statement.id)
    ).all()


def original_words(session: Session, thread_id: int, *, masked: bool) -> str:
    """Return what the person sent: verbatim, or as the public sees it."""
    wanted = (Level.ORIGINAL, Level.MASKED) if masked else (Level.ORIGINAL,)
    texts = {
        s.level: s.text
        for s in session.scalars(
            select(Statement).where(Statement.thread_id == thread_id, Statement.level.in_(wanted))
        )
    }
    return texts.get(Level.MASKED) or texts.get(Level.ORIGINAL, "")


def find_by_reference(session: Session, reference: str) -> Thread | None:
    return session.scalar(select(Thread).where(Thread.reference == reference))
