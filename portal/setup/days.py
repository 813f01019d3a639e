"""The demo's calendar: working days and hours, holidays of a fixed date, and a day of the place's own."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.actions import put_calendar
from portal.communities.calendars import WORKING_WEEK
from portal.communities.day_lines import read_days
from portal.communities.models import Calendar, Place
from portal.core.dates import local_time

PLACE = "tangxi"
YEARLY = (
    "{year}-01-01 off 元旦 | 元旦 | New Year",
    "{year}-05-01..{year}-05-05 off 劳动节 | 勞動節 | Labour Day",
    "{year}-10-01..{year}-10-07 off 国庆节 | 國慶節 | National Day",
)
LOCAL = "{day} off 棠溪水节 | 棠溪水節 | Tangxi Water Festival"
DAY = timedelta(days=1)


def keep_days(session: Session, now: datetime) -> Calendar:
    """Give the demo's district its calendar; its own day is a working weekday of the coming week."""
    place = session.scalars(select(Place).where(Place.code == PLACE)).one()
    today = local_time(now).date()
    years = (today.year - 1, today.year, today.year + 1)
    lines = [line.format(year=year) for year in years for line in YEARLY]
    return put_calendar(
        session, place, days=read_days("\n".join([*lines, LOCAL.format(day=local_day(today))]))
    )


def local_day(today: date) -> date:
    """Return the first working weekday, three days from now or later."""
    day = today + 3 * DAY
    while day.weekday() not in WORKING_WEEK:
        day += DAY
    return day
