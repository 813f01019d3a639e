"""Days and times as people read them: in their language, on the clock of the neighbourhood."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app

from portal.core import clock
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext, select_locale

MINUTE, HOUR, HALF_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=12)
RELATIVE_DAYS = 30  # an older age is told as a date


def day(moment_: datetime) -> str:
    """Return the day in words, as in "2 March 2026"."""
    return _day_text(local_time(moment_).date(), select_locale())


def date_day(date_: date) -> str:
    """Return a day that has no time in words, as in "2 March 2026"."""
    return _day_text(date_, select_locale())


def moment(moment_: datetime) -> str:
    """Return day and time, as in "2 March 2026, 14:05"."""
    local = local_time(moment_)
    return _("%(day)s, %(time)s", day=_day_text(local.date(), select_locale()), time=f"{local:%H:%M}")


def age(moment_: datetime) -> str:
    """Return how long ago it was, as in "3 hours ago"; the day if that is over a month or to come."""
    now = clock.now()
    passed = now - moment_
    nights = (local_time(now).date() - local_time(moment_).date()).days
    if passed < timedelta(0) or nights > RELATIVE_DAYS:
        return day(moment_)
    if nights > 1 or (nights == 1 and passed >= HALF_DAY):
        return _nights_ago(nights)
    return _hours_ago(passed)


def _nights_ago(nights: int) -> str:
    return _("yesterday") if nights == 1 else ngettext("%(num)s day ago", "%(num)s days ago", nights)


def _hours_ago(passed: timedelta) -> str:
    if passed < MINUTE:
        return _("just now")
    if passed < HOUR:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", passed // MINUTE)
    return ngettext("%(num)s hour ago", "%(num)s hours ago", passed // HOUR)


def today() -> date:
    """Return the day that it is on the clock of the neighbourhood."""
    return local_time(clock.now()).date()


def end_of_day(day_: date) -> datetime:
    """Return the moment at which this day ends on the clock of the neighbourhood."""
    zone = _zone(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    return datetime.combine(day_ + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def local_time(moment_: datetime) -> datetime:
    """Return the moment on the clock of the neighbourhood (LINLI_TIME_ZONE)."""
    return moment_.astimezone(_zone(current_app.config["BABEL_DEFAULT_TIMEZONE"]))


def begin_of(date_: date) -> datetime:
    """Return the moment at which this day begins on the clock of the neighbourhood."""
    zone = _zone(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    return datetime.combine(date_, time(), zone).astimezone(UTC)


@cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


@lru_cache(4096)
def _day_text(date_: date, locale: str) -> str:
    return format_date(date_, "long", locale=locale)
