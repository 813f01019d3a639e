"""Reading the record of what was done: of the set-up, or of one submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.threads.comments import RESIDENT
from portal.threads.events import ADMINISTRATION
from portal.threads.models import Event

PAGE_ROWS = 25


@dataclass(frozen=True)
class Wish:
    """What to show of a stream; what is None leaves it open."""

    stream: str = ADMINISTRATION
    kind: str | None = None
    person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None  # short of this moment
    before: int | None = None  # the sequence of the last one shown


def list_events(session: Session, wish: Wish, most: int = PAGE_ROWS) -> tuple[Sequence[Event], bool]:
    """Return at most so many events, newest first, and whether older ones follow.

    By a person one finds in a submission only what they did as staff.
    """
    rows = select(Event).where(Event.stream == wish.stream).options(joinedload(Event.actor))
    if wish.kind:
        rows = rows.where(Event.kind == wish.kind)
    if wish.person_id:
        rows = rows.where(Event.actor_id == wish.person_id)
        if wish.stream != ADMINISTRATION:  # or it would tell who sent a submission, or spoke there
            rows = rows.where(Event.actor_role != RESIDENT)
    if wish.since:
        rows = rows.where(Event.at >= wish.since)
    if wish.until:
        rows = rows.where(Event.at < wish.until)
    if wish.before is not None:
        rows = rows.where(Event.sequence < wish.before)
    found = session.scalars(rows.order_by(Event.sequence.desc()).limit(most + 1)).all()
    return found[:most], len(found) > most
