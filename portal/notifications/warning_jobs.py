"""When warnings go out: each working morning, and of danger each hour."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.outbox import handles
from portal.core.worker import hourly, mornings
from portal.notifications.jobs import mail_host
from portal.notifications.warnings import warn

MORNING_TOPIC, HOUR_TOPIC = "warnings.morning", "warnings.hour"
mornings.append(MORNING_TOPIC)
hourly.append(HOUR_TOPIC)


@handles(MORNING_TOPIC)
def warn_in_the_morning(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    warn(session, get_directory(session), urgent=False, host=mail_host(), now=now)


@handles(HOUR_TOPIC)
def warn_of_danger(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    warn(session, get_directory(session), urgent=True, host=mail_host(), now=now)
