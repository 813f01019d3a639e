"""What is noted of the work each night, a little after the day has ended."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import Directory, get_directory
from portal.core.db import begin_write
from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.insight.noting import forget_weeks, monday_of, note_first_weeks, note_week
from portal.insight.strain import note_strains
from portal.insight.years import count_years, keep_years

NIGHT_TOPIC = "insight.loads"
YEARS_TOPIC = "insight.years"
nightly += [NIGHT_TOPIC, YEARS_TOPIC]
HALF_DAY = timedelta(hours=12)


@handles(NIGHT_TOPIC)
def note_loads(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    note_work(session, get_directory(session), now=now)


def note_work(session: Session, directory: Directory, *, now: datetime) -> None:
    """Note the work of the week to which the evening before belongs. Safe to run twice."""
    week = monday_of(now - HALF_DAY)
    forget_weeks(session, week)
    note_first_weeks(session, week, directory, now=now)
    note_week(session, week, directory, now=now, open_now=True)
    note_strains(session, week, directory)


@handles(YEARS_TOPIC)
def note_years(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Count each department's year, which is slow, outside of any writing transaction. Safe to run twice."""
    session.rollback()
    figures = count_years(session, get_directory(session), now=now)
    begin_write(session)
    keep_years(session, figures, now=now)
