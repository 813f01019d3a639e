"""The picture of an indicator, and numbers as it writes them."""

from datetime import date, datetime, timedelta

import pytest

from portal.core.charts import HEIGHT, WIDTH
from portal.pilots.drawing import draw_series, write_number
from portal.pilots.models import Indicator, Pilot, Value
from portal.pilots.rules import is_crossed, is_reached, whole_weeks
from portal.pilots.series import measure

START = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1234.5, "1234"),
        (56.78, "56.8"),
        (3.0, "3"),
        (0.125, "0.12"),
        (-2.5, "−2.5"),
        (-0.0, "0"),
    ],
)
def test_numbers_are_short(number: float, text: str) -> None:
    assert write_number(number) == text


@pytest.mark.parametrize("values", [[0.0], [-5.0, 3.0], [0.001, 0.002], [1e9, 2e9], [7.0] * 20])
def test_all_lies_on_the_sheet(values: list[float]) -> None:
    pilot = Pilot(starts_on=START + 2 * WEEK, started_at=datetime(2026, 3, 16))
    one = Indicator(id=1, filled="entered", target=4.0, stop_at=-1.0, baseline=2.0)
    one.baseline_from, one.baseline_until = START, START + 13 * timedelta(days=1)
    rows = [
        Value(on_day=START + n * WEEK, value=value, is_comparison=False) for n, value in enumerate(values)
    ]
    sheet = draw_series(pilot, one, measure(pilot, one, rows), [(START, "2 Mar")])
    assert len(sheet.dots) == len(values)
    for x, y in [(d.x, d.y) for d in sheet.dots] + [(line.x2, line.y2) for line in sheet.lines]:
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_a_later_round_is_told_by_itself() -> None:
    pilot = Pilot(starts_on=START + 4 * WEEK, started_at=datetime(2026, 3, 30))
    one = Indicator(id=1, filled="entered", target=4.0, stop_at=None, baseline=10.0)
    one.baseline_from, one.baseline_until = START, START + 4 * WEEK - timedelta(days=1)
    numbers = (9.0, 11.0, 10.0, 12.0, 14.0, 12.0, 13.0, 14.0, 4.0, 5.0, 3.0, 4.0)
    rows = [
        Value(on_day=START + n * WEEK, value=value, is_comparison=False) for n, value in enumerate(numbers)
    ]
    measured = measure(pilot, one, rows, [START + 8 * WEEK])
    assert [*measured.latest.values()] == [4, 5, 3, 4]
    assert measured.difference.sign == 0  # both rounds together
    assert measured.difference_of_round.sign == -1
    lines = draw_series(pilot, one, measured, []).lines
    assert [line.look for line in lines].count("even") == 2


def test_the_target_takes_three_values_and_the_threshold_one() -> None:
    assert not is_reached([9, 2, 2], 4, "down")
    assert is_reached([9, 5, 4, 3], 4, "down")
    assert not is_reached([3, 3], 4, "down")
    assert is_crossed([2, 9, 2], 9, "down")
    assert not is_crossed([8], 9, "down")
    assert is_crossed([1], 1, "up")
    assert not is_crossed([0], None, "up")


def test_weeks_lie_wholly_between_two_days() -> None:
    tuesday = START + timedelta(days=1)
    assert whole_weeks(tuesday, START + timedelta(days=20)) == [START + WEEK, START + 2 * WEEK]
    assert whole_weeks(START, START + timedelta(days=5)) == []
