"""What is told once a day: put into one mail for each person, which goes out in the morning."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.dates import local_time
from portal.core.outbox import enqueue
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.models import DIGEST, EMAIL, Delivery

MORNING = timedelta(hours=7, minutes=30)  # on the clock of the neighbourhood
SPREAD = 1800  # seconds over which the mails go out: others must not wait behind them
CLOSES = timedelta(minutes=15)  # before it goes out, so that nothing is put into a mail already written


def coming_digest(now: datetime) -> datetime:
    """Return when the digest goes out that what happens now is put into."""
    local = local_time(now)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0) + MORNING
    return morning if morning - CLOSES > local else morning + timedelta(days=1)


def put_into_digests(session: Session, news: Sequence[Delivery], *, host: str, now: datetime) -> None:
    """Let each person's coming digest carry these deliveries; who has none yet gets one.

    Its Message-ID names the day, so there is one a day for each person.
    """
    morning = coming_digest(now)
    names = {item.person_id: f"<digest-{morning:%Y%m%d}.{item.person_id}@{host}>" for item in news}
    digests = {d.person_id: d for d in _find(session, list(names.values()))}
    new = [_begin(person_id, names[person_id], now) for person_id in names if person_id not in digests]
    session.add_all(new)
    session.flush()
    for digest in new:
        run_at = morning + timedelta(seconds=digest.person_id % SPREAD)
        payload = {"delivery_id": digest.id}
        enqueue(session, SEND_TOPIC, payload, now=now, run_at=run_at, unique_key=sending_key(digest.id))
    digests |= {digest.person_id: digest for digest in new}
    for item in news:
        item.digest_id = digests[item.person_id].id


def list_carried(session: Session, digest: Delivery) -> Sequence[Delivery]:
    """Return what a digest carries, in the order in which it happened."""
    carried = select(Delivery).where(Delivery.digest_id == digest.id, Delivery.held_back_at.is_(None))
    return session.scalars(carried.order_by(Delivery.id)).all()


def _find(session: Session, names: Sequence[str]) -> Sequence[Delivery]:
    return session.scalars(select(Delivery).where(Delivery.message_id.in_(names))).all()


def _begin(person_id: int, message_id: str, now: datetime) -> Delivery:
    return Delivery(person_id=person_id, channel=EMAIL, about=DIGEST, message_id=message_id, created_at=now)
