"""The mails of the panel: each person gets one of a kind in a day, however many ideas it is about."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.core.dates import local_time
from portal.core.outbox import enqueue

ASKED, APPRAISAL, DUE, AGAIN = "panel_asked", "panel_appraisal", "panel_due", "panel_again"


def write_to(session: Session, about: str, people: Iterable[int], now: datetime) -> None:
    """Have these people told by mail what waits for them, once a day."""
    for number in sorted(set(people)):
        key = f"{about}-{local_time(now):%Y%m%d}.{number}"
        enqueue(session, MAIL_TOPIC, {"person_id": number, "about": about, "key": key}, now=now)
