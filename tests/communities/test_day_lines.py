"""Days off and make-up days as lines."""

import pytest
from flask import Flask

from portal.communities.day_lines import DayLineError, read_days, write_days

YEAR = """\
2026-10-01..2026-10-07 off 国庆节 | 國慶節 | National Day
2026-10-10 work 补班
2026-12-31 off"""


def test_what_is_read_is_written_the_same() -> None:
    days = read_days(YEAR)
    assert len(days) == 9
    assert days["2026-10-07"] == {
        "works": False,
        "names": {"zh-Hans": "国庆节", "zh-Hant": "國慶節", "en": "National Day"},
    }
    assert days["2026-10-10"]["works"] is True
    assert days["2026-12-31"]["names"] == {}
    assert write_days(days) == YEAR


def test_chinese_words_and_any_order_will_do() -> None:
    days = read_days("\n2026-10-10  班 补班\n  2026-10-01 休\n")
    assert [(day, entry["works"]) for day, entry in days.items()] == [
        ("2026-10-01", False),
        ("2026-10-10", True),
    ]


def test_a_later_line_counts() -> None:
    assert read_days("2026-10-01..2026-10-03 off\n2026-10-02 work")["2026-10-02"]["works"] is True


def test_a_run_ends_where_a_day_is_missing_or_another() -> None:
    text = "2026-10-01..2026-10-02 off A\n2026-10-03 off B\n2026-10-05 off B"
    assert write_days(read_days(text)) == text


@pytest.mark.parametrize(
    "line",
    [
        "next week off",
        "2026-10-01 perhaps",
        "2026-02-30 off",
        "2026-10-07..2026-10-01 off",
        "2026-01-01..2027-01-01 off",
        "2026-10-01 off 国庆节 | National Day",
    ],
)
def test_a_line_that_cannot_be_read_is_named(app: Flask, line: str) -> None:
    with app.app_context(), pytest.raises(DayLineError) as told:
        read_days(f"2026-01-01 off\n{line}")
    assert line in str(told.value)
