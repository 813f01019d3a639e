"""What is done for pilots each night."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.pilots.filling import fill_pilot
from portal.pilots.queries import list_under_way
from portal.threads.actions import lock_thread

FILL_TOPIC = "pilots.fill"
nightly.append(FILL_TOPIC)


@handles(FILL_TOPIC)
def fill(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Count the weeks that are over, for each pilot that is planned or runs. Safe to run twice."""
    directory = get_directory(session)
    for pilot in list_under_way(session):
        fill_pilot(session, lock_thread(session, pilot.thread_id), pilot, directory, now=now)
