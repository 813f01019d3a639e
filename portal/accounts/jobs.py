"""What is cleared at night."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actions import forget_registrations
from portal.accounts.contacts import clear_unconfirmed
from portal.accounts.sign_ins import forget_sign_ins
from portal.core.outbox import handles
from portal.core.worker import nightly

TIDY = "accounts.tidy"
nightly.append(TIDY)


@handles(TIDY)
def tidy(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Forget browsers in which everybody must sign in again anyway, and what was never confirmed."""
    forget_sign_ins(session, now)
    forget_registrations(session, now)
    clear_unconfirmed(session, now)
