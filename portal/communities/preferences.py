"""What administrators set for the whole installation; each has a default."""

from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.models import Preference
from portal.core.i18n import Names


@dataclass(frozen=True)
class Preferences:
    """Read it as `get_directory(session).preferences`."""

    comments_on_reports: bool = True
    comments_on_ideas: bool = True
    totp_required: bool = False  # of staff
    routing_precision: float | None = None  # None: as LINLI_ROUTING_PRECISION says
    keep_months: int = 36  # after its end a submission loses its personal parts; categories may differ
    priority_risk: int = 50  # weights, see threads.priority
    priority_affected: int = 20
    priority_age: int = 20
    priority_recurrence: int = 10
    priority_unverified: int = 50  # per cent of a verified voice
    load_percent: int = 150  # of what is usual in the department: more is told as too much
    outside_percent: int = 20  # of what somebody does in a week: more outside working hours is told
    call_days: int = 1  # working days: a coordinator decides about a call for a joint case
    offer_days: int = 1  # a department says whether it takes what another offers
    referral_days: int = 3  # a level above or below answers
    about: Names = field(default_factory=dict)  # who runs it: said on the page "How Linli works"
    privacy_contact: Names = field(default_factory=dict)  # whom to ask about one's data


def read_preferences(session: Session) -> Preferences:
    """Return what has been set, and the defaults for the rest."""
    known = {f.name for f in fields(Preferences)}
    rows = session.scalars(select(Preference)).all()
    return Preferences(**{row.name: row.value["value"] for row in rows if row.name in known})


def put_preference(session: Session, name: str, value: Any) -> None:
    """Set one of the fields of Preferences; the caller raises the directory's version."""
    row = session.get(Preference, name)
    if row is None:
        session.add(Preference(name=name, value={"value": value}))
    else:
        row.value = {"value": value}
    session.flush()
