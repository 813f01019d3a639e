"""What is changed of a pilot that has begun is written down: what it was, what it is, why, and by whom."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.pilots.models import Amendment, Indicator, Pilot
from portal.threads.events import Actor

Kept = str | int | float | date | None


@dataclass(frozen=True)
class Change:
    """Of what something is changed, and why."""

    pilot: Pilot
    indicator: Indicator | None
    reason: str


def amend(
    session: Session, change: Change, name: str, before: Kept, after: Kept, *, by: Actor, now: datetime
) -> None:
    """Write down one change. Rows are only ever added."""
    session.add(
        Amendment(
            pilot_id=change.pilot.id,
            indicator_id=change.indicator.id if change.indicator else None,
            field=name,
            before=write_kept(before),
            after=write_kept(after),
            reason=change.reason,
            by_id=by.id,
            at=now,
        )
    )


def write_kept(value: Kept) -> str:
    """Return a value as an amendment keeps it: the same value is always written the same."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.12g}"
    return value.isoformat() if isinstance(value, date) else str(value)
