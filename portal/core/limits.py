"""Attempts counted in the database, so that every process and machine sees the same number."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_network

from sqlalchemy import Index, String, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, Numbered
from portal.core.errors import TooMany
from portal.core.i18n import gettext as _
from portal.core.tokens import digest

KEEP = timedelta(days=2)


class Attempt(Numbered, Base):
    __tablename__ = "attempts"
    __table_args__ = (Index(None, "action", "subject", "at"),)

    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


# Made once: it takes longer to put together than to run.
_RECENT = (
    select(Attempt.subject, func.count())
    .where(
        Attempt.action == bindparam("action"),
        Attempt.subject.in_(bindparam("subjects", expanding=True)),
        Attempt.at > bindparam("since"),
    )
    .group_by(Attempt.subject)
)


def count_attempt(
    session: Session, action: str, subject: str, *, most: int, within: timedelta, now: datetime
) -> None:
    """Note one more attempt. Raises TooMany if there were `most` already in the time `within`.

    The subject is kept as a digest. Give one address many more attempts than one account:
    a whole office may share it.
    """
    count_attempts(session, action, {subject: most}, within=within, now=now)


def count_attempts(
    session: Session, action: str, most_of: Mapping[str, int], *, within: timedelta, now: datetime
) -> None:
    """Note one more attempt of each subject at once; `most_of` says how many each may make."""
    most = {digest(subject): number for subject, number in most_of.items()}
    recent = session.execute(_RECENT, {"action": action, "subjects": list(most), "since": now - within})
    if any(seen >= most[key] for key, seen in recent):
        raise TooMany(_("That was tried too often. Please wait a while and try again."))
    session.execute(insert(Attempt), [{"action": action, "subject": key, "at": now} for key in most])


def network(address: str | None) -> str:
    """Return whose attempts count together: an IPv4 address, or all that one IPv6 line has to itself."""
    if address is None or ":" not in address:
        return address or ""
    with suppress(ValueError):
        return str(ip_network((address, 64), strict=False))
    return address


def clear_attempts(session: Session, action: str, subject: str) -> None:
    """Forget this subject's attempts: it has shown that it is the right one."""
    session.execute(delete(Attempt).where(Attempt.action == action, Attempt.subject == digest(subject)))


def forget_attempts(session: Session, now: datetime) -> None:
    """Remove attempts that no limit looks at any more."""
    session.execute(delete(Attempt).where(Attempt.at < now - KEEP))
