"""What is done again and again: planned once for each night, morning and hour."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.outbox import Job
from portal.core.worker import (
    coming_hour,
    coming_morning,
    coming_night,
    hourly,
    mornings,
    nightly,
    plan_ahead,
    run_all,
)

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


def test_the_morning_is_that_of_the_neighbourhood(session: Session) -> None:
    morning = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # half past seven on 3 March there
    assert coming_morning(NOON) == morning
    assert coming_morning(morning) == morning.replace(day=3)
    assert coming_hour(NOON) == NOON.replace(hour=5)


def test_a_night_is_planned_once_and_done_in_that_night(session: Session) -> None:
    plan_ahead(NOON)
    plan_ahead(NOON.replace(minute=50))
    jobs = session.scalars(select(Job).where(Job.topic.in_(nightly))).all()
    assert sorted(job.topic for job in jobs) == sorted(nightly)
    assert {job.run_at for job in jobs} == {NIGHT}
    run_all(NOON.replace(hour=10))
    done = select(Job.topic).where(Job.topic.in_(nightly), Job.done_at.is_not(None))
    assert session.scalars(done).all() == []
    run_all(NIGHT)
    assert sorted(session.scalars(done)) == sorted(nightly)


def test_each_morning_and_hour_is_planned_once(session: Session) -> None:
    plan_ahead(NOON)
    plan_ahead(NOON.replace(minute=50))
    plan_ahead(NOON.replace(hour=5))
    topics = [job.topic for job in session.scalars(select(Job))]
    assert sorted(t for t in topics if t in mornings) == sorted(mornings)
    assert sorted(t for t in topics if t in hourly) == sorted(hourly * 2)
