"""Before and after, beside what scipy says."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from portal.pilots.figures import FEW, compare, compare_with, t_quantile

NUMBERS = st.lists(st.integers(0, 500).map(float), min_size=FEW, max_size=30)
FIRST = date(2026, 3, 2)


@given(st.sampled_from([0.6, 0.9, 0.975, 0.995]), st.floats(1, 400))
def test_the_quantile_of_t_is_that_of_scipy(probability: float, freedom: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9)


@pytest.mark.filterwarnings("ignore:Precision loss occurred")  # scipy, of values that are all the same
@given(NUMBERS, NUMBERS)
@example([0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0])
def test_the_interval_is_that_of_welch(before: list[float], since: list[float]) -> None:
    found = compare(before, since)
    if len(set(before)) == len(set(since)) == 1:
        assert not found.has_bounds
        return
    welch = stats.ttest_ind(since, before, equal_var=False)
    low, high = welch.confidence_interval(0.95)
    assert found.low == pytest.approx(low, abs=1e-6)
    assert found.high == pytest.approx(high, abs=1e-6)
    if abs(welch.pvalue - 0.05) > 1e-6:
        assert bool(found.sign) == (welch.pvalue < 0.05)


def weeks(*values: float, start: int = 0) -> dict[date, float]:
    return {FIRST + timedelta(weeks=start + n): value for n, value in enumerate(values)}


def test_what_both_places_share_falls_out() -> None:
    """Both fell by ten with the season, here by three more."""
    there, there_later = weeks(20, 22, 21, 23, 20), weeks(10, 12, 11, 13, 10, start=9)
    here, later = weeks(30, 33, 31, 33, 31), weeks(17, 20, 18, 20, 18, start=9)
    alone, beside = (
        compare([*here.values()], [*later.values()]),
        compare_with(here, later, there, there_later),
    )
    assert alone.value == pytest.approx(-13)
    assert beside.value == pytest.approx(-3)
    distances = [
        [a - b for a, b in zip(x.values(), y.values(), strict=True)]
        for x, y in ((later, there_later), (here, there))
    ]
    low, high = stats.ttest_ind(*distances, equal_var=False).confidence_interval(0.95)
    assert (beside.low, beside.high) == (pytest.approx(low), pytest.approx(high))
    assert beside.sign == -1


def test_a_day_measured_at_one_place_only_does_not_count() -> None:
    here, there = weeks(1, 2, 3, 4, 5), weeks(1, 2, 3, start=0)
    assert not compare_with(here, weeks(1, 2, 3, 4, start=9), there, weeks(1, 2, 3, 4, start=9)).has_bounds


@pytest.mark.parametrize(("before", "since"), [([], []), ([3.0], [4.0] * 9), ([1.0, 2.0, 3.0], [4.0] * 9)])
def test_too_few_have_no_bounds(before: list[float], since: list[float]) -> None:
    found = compare(before, since)
    assert not found.has_bounds
    assert found.sign == 0


def test_values_that_are_all_the_same_have_no_bounds() -> None:
    found = compare([3.0] * 5, [2.0] * 5)
    assert found.value == -1
    assert not found.has_bounds
