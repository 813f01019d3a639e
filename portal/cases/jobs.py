"""What departments left unanswered goes on by itself, each hour."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.models import Offer, OfferState
from portal.cases.offers import expire_offer
from portal.core.outbox import handles
from portal.core.worker import hourly
from portal.threads.actions import lock_thread

EXPIRE_TOPIC = "cases.expire"
MOST = 200  # in one hour
hourly.append(EXPIRE_TOPIC)


@handles(EXPIRE_TOPIC)
def expire_offers(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Send to the coordinator what was offered and not answered in time. Safe to run twice."""
    over = (Offer.state == OfferState.OFFERED) & (Offer.due_at < now)
    offers = session.scalars(select(Offer).where(over).order_by(Offer.thread_id).limit(MOST)).all()
    for offer in offers:
        thread = lock_thread(session, offer.thread_id)
        session.refresh(offer)
        expire_offer(session, thread, offer, now=now)
