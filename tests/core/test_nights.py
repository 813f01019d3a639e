"""Nightly work: planned once a night, while the neighbourhood sleeps."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.outbox import Job
from portal.core.worker import coming_night, nightly, plan_night, run_all

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # in Shanghai
NIGHT = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)  # half past two on 3 March there


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (NOON, NIGHT),
        (NIGHT.replace(minute=29), NIGHT),
        (NIGHT, NIGHT.replace(day=3)),
    ],
)
def test_the_night_is_that_of_the_neighbourhood(session: Session, now: datetime, night: datetime) -> None:
    assert coming_night(now) == night


def test_a_night_is_planned_once_and_done_in_that_night(session: Session) -> None:
    plan_night(NOON)
    plan_night(NOON.replace(hour=9))
    jobs = session.scalars(select(Job)).all()
    assert sorted(job.topic for job in jobs) == sorted(nightly)
    assert {job.run_at for job in jobs} == {NIGHT}
    run_all(NOON.replace(hour=10))
    assert session.scalars(select(Job).where(Job.done_at.is_not(None))).all() == []
    run_all(NIGHT)
    assert session.scalars(select(Job).where(Job.done_at.is_(None))).all() == []
