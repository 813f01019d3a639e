"""What of people's data goes by itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.outbox import enqueue, handles
from portal.core.worker import nightly
from portal.privacy.erasure import MOST_AT_ONCE, find_unneeded, forget_people
from portal.privacy.retention import BATCH, find_due, remove_personal_parts

RETENTION, FORGETTING = "privacy.retention", "privacy.forgetting"


@handles(RETENTION)
def keep_no_longer(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remove the personal parts of submissions that have ended long enough ago, some at a time."""
    due = find_due(session, get_directory(session), now)
    for number in due:
        remove_personal_parts(session, number, now=now)
    if len(due) == BATCH:
        enqueue(session, RETENTION, {}, now=now)


@handles(FORGETTING)
def forget_unneeded(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Empty people without an account who have nothing left here, some at a time."""
    found = find_unneeded(session, now)
    forget_people(session, found, now=now)
    if len(found) == MOST_AT_ONCE:
        enqueue(session, FORGETTING, {}, now=now)


for topic in (RETENTION, FORGETTING):
    if topic not in nightly:
        nightly.append(topic)
