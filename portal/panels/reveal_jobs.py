"""What is done about scores by the clock. Safe to run twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.dates import local_time
from portal.core.outbox import handles
from portal.core.worker import hourly
from portal.panels.models import Review
from portal.panels.scoring import note_reveal
from portal.threads.models import Thread

TOPIC = "panels.reveal"
hourly.append(TOPIC)


@handles(TOPIC)
def reveal_what_is_over(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Record the reveal of each review whose last day is over."""
    due = select(Review).where(
        Review.revealed_at.is_(None), Review.closed_at.is_(None), Review.last_day < local_time(now).date()
    )
    due = due.join(Thread, Thread.id == Review.thread_id).where(~Thread.is_closed)
    for review in session.scalars(due.order_by(Review.id)).all():
        note_reveal(session, review, now)
