"""Working days, without a database."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from portal.communities.calendars import WorkCalendar
from portal.threads.rules import due_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = frozenset(range(5))
GOLDEN_WEEK = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}


def calendar() -> WorkCalendar:
    return WorkCalendar(WEEK, GOLDEN_WEEK, SHANGHAI)


def at(day: int, month: int = 10, hour: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_holidays_and_weekends_do_not_count_and_make_up_days_do() -> None:
    # Wednesday 30 September: the next working days are Thursday 8, Friday 9, Saturday 10, Monday 12.
    found = [calendar().after(at(30, 9), days) for days in (1, 2, 3, 4)]
    assert found == [at(8), at(9), at(10), at(12)]


def test_what_comes_on_a_free_day_counts_from_the_next_working_day() -> None:
    assert calendar().after(at(17), 1) == at(19)  # a Saturday


def test_days_are_those_of_the_neighbourhood_not_of_utc() -> None:
    # 17:00 UTC on Friday is one o'clock on Saturday in Shanghai.
    assert calendar().after(at(16, hour=17), 1) == at(18, hour=17)


def test_the_clock_keeps_its_time_of_day_when_summer_time_ends() -> None:
    berlin = WorkCalendar(WEEK, {}, ZoneInfo("Europe/Berlin"))
    assert berlin.after(datetime(2026, 10, 23, 8, tzinfo=UTC), 1) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_without_a_calendar_every_day_counts() -> None:
    assert due_time(at(16), 3, None) == at(19)
    assert due_time(at(16), 3, calendar()) == at(21)
    assert due_time(at(16), None, None) == at(19)


def test_a_year_is_unknown_until_a_day_of_it_is_entered() -> None:
    assert calendar().years_unknown(date(2026, 5, 1)) == []
    assert calendar().years_unknown(date(2026, 11, 1)) == [2027]
    assert WorkCalendar(WEEK, {}, SHANGHAI).years_unknown(date(2026, 11, 1)) == [2026, 2027]
