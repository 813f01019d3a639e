"""What is cleared at night."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.sign_ins import forget_sign_ins
from portal.core.outbox import handles
from portal.core.worker import nightly

TIDY = "accounts.tidy"
nightly.append(TIDY)


@handles(TIDY)
def tidy(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Forget the browsers in which everybody must sign in again anyway."""
    forget_sign_ins(session, now)
