"""Working days, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.communities.calendars import RoundTheClock, WorkCalendar

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
WEEK = frozenset(range(5))
GOLDEN_WEEK = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}


def calendar() -> WorkCalendar:
    return WorkCalendar(WEEK, GOLDEN_WEEK, SHANGHAI)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=SHANGHAI)


def at(day: int, month: int = 10, hour: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_holidays_and_weekends_do_not_count_and_make_up_days_do() -> None:
    # Wednesday 30 September: the next working days are Thursday 8, Friday 9, Saturday 10, Monday 12.
    found = [calendar().after(at(30, 9), days) for days in (1, 2, 3, 4)]
    assert found == [at(8), at(9), at(10), at(12)]


def test_what_comes_on_a_free_day_counts_from_the_next_working_morning() -> None:
    assert calendar().after(at(17), 1) == shanghai(19, 17, 30)  # a Saturday
    assert calendar().add(at(17), HOUR) == shanghai(19, 9, 30)


def test_what_comes_in_the_evening_counts_from_the_next_morning() -> None:
    assert calendar().add(shanghai(16, 20), HOUR) == shanghai(19, 9, 30)  # a Friday
    assert calendar().add(shanghai(16, 17), HOUR) == shanghai(19, 9)


def test_days_are_those_of_the_neighbourhood_not_of_utc() -> None:
    # 17:00 UTC on Friday is one o'clock on Saturday in Shanghai.
    assert calendar().after(at(16, hour=17), 1) == shanghai(19, 17, 30)


def test_the_clock_keeps_its_time_of_day_when_summer_time_ends() -> None:
    berlin = WorkCalendar(WEEK, {}, BERLIN)
    assert berlin.after(datetime(2026, 10, 23, 8, tzinfo=UTC), 1) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_working_time_runs_over_the_end_of_a_year_and_into_one_of_which_nothing_is_known() -> None:
    start = datetime(2026, 12, 31, 4, tzinfo=UTC)  # a Thursday, noon
    assert calendar().after(start, 1) == datetime(2027, 1, 1, 4, tzinfo=UTC)  # no holiday that is known
    assert calendar().between(start, datetime(2027, 1, 4, 4, tzinfo=UTC)) == 2 * calendar().day


def test_where_only_days_made_up_for_are_worked_in_a_year_they_alone_count() -> None:
    closed = {date(2026, 1, 1) + timedelta(n): False for n in range(365)}
    rare = WorkCalendar(WEEK, closed | {date(2026, 5, 3): True}, SHANGHAI)
    assert rare.after(at(1, 1), 2) == datetime(2027, 1, 1, 9, 30, tzinfo=UTC)


def test_a_calendar_in_which_nobody_ever_works_is_none() -> None:
    for weekdays, opens, closes in ((frozenset[int](), 510, 1050), (WEEK, 600, 600), (WEEK, 0, 1441)):
        with pytest.raises(ValueError, match="needs a working weekday"):
            WorkCalendar(weekdays, {date(2026, 10, 10): True}, SHANGHAI, opens, closes)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    opens = draw(st.integers(0, 1380))
    closes = draw(st.integers(opens + 60, 1440))
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    days = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=40))
    # Their clocks change at night, by half an hour, over midnight, and by a whole day.
    zones = ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana")
    return WorkCalendar(weekdays, days, ZoneInfo(draw(st.sampled_from(zones))), opens, closes)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=60))


@settings(deadline=None)
@given(calendars(), MOMENTS, SPANS)
def test_adding_gives_the_first_moment_at_which_so_much_is_over(
    calendar: WorkCalendar, start: datetime, worked: timedelta
) -> None:
    end = calendar.add(start, worked)
    assert calendar.between(start, end) == worked
    assert calendar.between(start, end - timedelta(microseconds=1)) < worked


@settings(deadline=None)
@given(calendars(), MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_and_never_runs_backwards(
    calendar: WorkCalendar, one: datetime, two: datetime, three: datetime
) -> None:
    a, b, c = sorted((one, two, three))
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert timedelta(0) <= calendar.between(a, b) <= b - a
    assert calendar.between(b, a) == timedelta(0)


@settings(deadline=None)
@given(calendars(), MOMENTS, SPANS, SPANS)
def test_what_is_added_in_parts_is_added_at_once(
    calendar: WorkCalendar, start: datetime, one: timedelta, two: timedelta
) -> None:
    assert calendar.add(calendar.add(start, one), two) == calendar.add(start, one + two)


def test_without_a_calendar_every_hour_counts() -> None:
    always = RoundTheClock()
    assert always.add(at(16), 3 * always.day) == at(19)
    assert always.between(at(16), at(19)) == 3 * always.day
    assert always.between(at(19), at(16)) == timedelta(0)


def test_a_year_is_unknown_until_a_day_of_it_is_entered() -> None:
    assert calendar().years_unknown(date(2026, 5, 1)) == []
    assert calendar().years_unknown(date(2026, 11, 1)) == [2027]
    assert WorkCalendar(WEEK, {}, SHANGHAI).years_unknown(date(2026, 11, 1)) == [2026, 2027]
