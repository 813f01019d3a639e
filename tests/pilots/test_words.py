"""What before and after show in words: no more than the numbers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from portal.core.i18n import in_language
from portal.pilots.models import Indicator, Pilot, Value
from portal.pilots.series import measure
from portal.pilots.words import tell_findings

START = date(2026, 3, 2)
WEEK = timedelta(weeks=1)
UP, DOWN = (10, 12, 11, 13, 11), (4, 5, 3, 4, 5)


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), in_language("en"):
        yield


def told(
    *numbers: float,
    there: tuple[float, ...] = (),
    direction: str = "down",
    before: int = 5,
    rounds: tuple[int, ...] = (),
) -> str:
    """Return the findings of weekly numbers, the first of them `before` the start."""
    began = START + before * WEEK
    pilot = Pilot(starts_on=began, started_at=datetime(2026, 4, 6))
    one = Indicator(id=1, filled="entered", target=4.0, direction=direction, unit="")
    one.baseline_from, one.baseline_until = START, began - timedelta(days=1)
    rows = [
        Value(on_day=START + n * WEEK, value=float(value), is_comparison=beside)
        for beside, values in ((False, numbers), (True, there))
        for n, value in enumerate(values)
    ]
    measured = measure(pilot, one, rows, [START + n * WEEK for n in rounds])
    return " ".join(tell_findings(one, measured, "the bridge"))


def test_a_change_is_better_or_worse_by_its_direction_and_nobody_is_named_as_its_cause() -> None:
    assert "It got better than before." in told(*UP, *DOWN)
    worse = told(*UP, *DOWN, direction="up")
    assert "It got worse than before." in worse
    assert "can’t show that the pilot is the reason" in worse


def test_what_may_be_no_change_is_called_so() -> None:
    assert "That fits with no change at all." in told(*UP, *UP)
    assert "better" not in told(*UP, *UP)


@pytest.mark.parametrize("numbers", [(*UP, 4, 5, 3), (*UP, 4)])
def test_of_too_few_nothing_is_said(numbers: tuple[float, ...]) -> None:
    assert "Too few to say" in told(*numbers)
    assert "interval" not in told(*numbers)


def test_values_that_never_differ_have_no_bounds() -> None:
    assert "do not differ among themselves" in told(*(0,) * 10)


def test_beside_another_place_what_happened_to_both_falls_out() -> None:
    same_way = told(*UP, *DOWN, there=(20, 23, 21, 22, 22, 14, 16, 13, 13, 16))
    assert "Compared with the bridge" in same_way
    assert "It may have gone the same way without the pilot." in same_way
    assert "It went better here than there." in told(*UP, *DOWN, there=(*UP, *UP))


def test_beside_too_few_days_and_distances_that_never_differ_are_told_apart() -> None:
    assert "too few values of the same days" in told(*UP, *DOWN, there=(20, 21, 22))
    assert "always differs by the same" in told(*(0,) * 10, there=(2,) * 10)


def test_the_round_that_runs_is_told_by_itself_once_it_is_measured() -> None:
    assert "Nothing has been measured since." in told(*UP, *UP, rounds=(10,))
    both = told(*UP, *UP, *DOWN, rounds=(10,))
    assert "In round 2, since 11 May 2026: 4.2 (5 values)." in both
    assert "Of this round alone it is −7.2" in both
    assert "Of this round alone" not in told(*UP, *UP, 4, rounds=(10,))
