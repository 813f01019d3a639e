from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import TooMany
from portal.core.limits import Attempt, count_attempt, forget_attempts, network
from tests.factories import NOW

HOUR = timedelta(hours=1)


def attempt(session: Session, subject: str = "person:1", action: str = "vote", *, after: timedelta) -> None:
    count_attempt(session, action, subject, most=2, within=HOUR, now=NOW + after)


def test_only_so_many_attempts_in_a_while(session: Session) -> None:
    for minutes in (0, 10):
        attempt(session, after=timedelta(minutes=minutes))
    with pytest.raises(TooMany):
        attempt(session, after=timedelta(minutes=59))
    attempt(session, after=timedelta(minutes=61))


def test_others_and_other_actions_are_not_held_up(session: Session) -> None:
    for _ in range(2):
        attempt(session, after=timedelta(0))
    attempt(session, "person:2", after=timedelta(0))
    attempt(session, action="sign-in", after=timedelta(0))


def test_nobodys_address_is_kept(session: Session) -> None:
    attempt(session, "address:192.0.2.7", after=timedelta(0))
    assert "192" not in session.scalars(select(Attempt.subject)).one()


def test_old_attempts_are_forgotten(session: Session) -> None:
    attempt(session, after=timedelta(0))
    attempt(session, after=timedelta(days=3))
    forget_attempts(session, NOW + timedelta(days=3))
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_whole_line_counts_as_one_address() -> None:
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::9") != network("2001:db8:1:3::9")
    assert [network(a) for a in ("192.0.2.7", None, "a:b")] == ["192.0.2.7", "", "a:b"]
