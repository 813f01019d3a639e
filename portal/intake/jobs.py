"""Background work of the steps."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.intake import actions

CLEAR_DRAFTS = "intake.clear_drafts"


@handles(CLEAR_DRAFTS)
def clear_drafts(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remove drafts that nobody has touched for a day."""
    actions.clear_drafts(session, now)


def register() -> None:
    """Plan the clearing for every night."""
    if CLEAR_DRAFTS not in nightly:
        nightly.append(CLEAR_DRAFTS)
