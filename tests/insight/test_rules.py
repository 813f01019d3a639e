"""When a load looks like too much, and what counts as outside working hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.communities.calendars import WORKING_WEEK, WorkCalendar
from portal.insight.figures import Share
from portal.insight.rules import is_much_open, is_off_hours, is_outside

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(frozenset(WORKING_WEEK), {date(2026, 10, 1): False, date(2026, 10, 10): True}, ZONE)


@pytest.mark.parametrize(
    ("own", "colleagues", "told"),
    [
        ([8, 12, 15, 20], [10, 12, 11], True),
        ([8, 12, 15, 16], [10, 12, 11], False),  # not above half as much again
        ([8, 12, 12, 20], [10, 12, 11], False),  # did not rise each week
        ([12, 15, 20], [10, 12, 11], False),  # two rises only
        ([1, 2, 3, 9], [1, 1, 1], False),  # nine are never too many
        ([20, 15, 12, 8], [1, 1], False),
        ([10, 10, 10, 12, 15, 20], [], True),  # alone: beside their own weeks before the rise
        ([10, 10, 10, 12, 13, 14], [0], False),
        ([], [], False),
    ],
)
def test_much_open_is_more_than_usual_and_rising(own: list[int], colleagues: list[int], told: bool) -> None:
    assert is_much_open(own, colleagues, 1.5) is told


def test_the_factor_is_a_setting() -> None:
    assert is_much_open([8, 12, 15, 16], [10, 12, 11], 1.4)


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        ([Share(3, 12), Share(4, 12)], True),
        ([Share(3, 12), Share(2, 12)], False),
        ([Share(3, 9), Share(4, 12)], False),  # too little done to say anything
        ([Share(9, 12), Share(1, 12), Share(4, 12)], False),
        ([Share(9, 12)], False),
        ([Share(2, 10), Share(2, 10)], False),  # a fifth is not more than a fifth
    ],
)
def test_off_hours_is_told_after_two_such_weeks(weeks: list[Share], told: bool) -> None:
    assert is_off_hours(weeks, 0.2) is told


@pytest.mark.parametrize(
    ("local", "outside"),
    [
        ("2026-11-25 10:00", False),
        ("2026-11-25 08:00", False),  # half an hour before is no matter
        ("2026-11-25 07:59", True),
        ("2026-11-25 18:00", False),
        ("2026-11-25 18:01", True),
        ("2026-11-28 10:00", True),  # a Saturday
        ("2026-10-01 10:00", True),  # a holiday
        ("2026-10-10 10:00", False),  # a Saturday made up for
    ],
)
def test_outside_is_by_the_places_calendar(local: str, outside: bool) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)
    assert is_outside(moment, CALENDAR) is outside


def test_without_a_calendar_nothing_is_outside() -> None:
    assert not is_outside(datetime(2026, 11, 28, 20, tzinfo=UTC), None)


def test_grace_holds_on_the_night_the_clock_changes() -> None:
    berlin = WorkCalendar(frozenset(range(7)), {}, ZoneInfo("Europe/Berlin"))
    change = datetime(2026, 3, 29, 6, 0, tzinfo=UTC)  # eight o'clock there, that day
    assert not is_outside(change, berlin)
    assert is_outside(change - timedelta(minutes=1), berlin)
