"""The formulas against values worked out by hand or by scipy."""

from math import log

import pytest
from scipy.stats import binomtest, chi2

from portal.insight.figures import (
    Band,
    Share,
    calibration_error,
    chance_index,
    chi_square_limit,
    degree_of_change,
    rising,
    stability_index,
)


@pytest.mark.parametrize(("part", "whole"), [(0, 5), (3, 7), (19, 20), (20, 20), (480, 500)])
def test_the_interval_is_wilsons(part: int, whole: int) -> None:
    expected = binomtest(part, whole).proportion_ci(method="wilson")
    assert Share(part, whole).interval == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_the_interval_of_nothing_is_everything() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(0, 0).value == 0.0


def test_few_are_fewer_than_twenty() -> None:
    assert Share(19, 19).is_few
    assert not Share(20, 20).is_few


def test_shares_differ_surely_only_where_their_intervals_lie_apart() -> None:
    assert Share(80, 100).is_surely_above(Share(50, 100))
    assert not Share(4, 5).is_surely_above(Share(50, 100))
    assert not Share(4, 5).is_surely_above(Share(0, 0))


def test_calibration_error_by_hand() -> None:
    """Ten said 95 % and eight right: .15 off; thirty said 65 % and 21 right: .05 off; weighed: .075."""
    bands = [Band(9, Share(8, 10), 9.5), Band(6, Share(21, 30), 19.5)]
    assert calibration_error(bands) == pytest.approx(0.25 * 0.15 + 0.75 * 0.05)
    assert calibration_error([]) == 0.0


def test_stability_index_by_hand() -> None:
    """Half a case is added to each: 50.5 and 30.5 of 81 before, 30.5 and 50.5 of 81 of late."""
    b, r = 50.5 / 81, 30.5 / 81
    expected = (r - b) * log(r / b) + (b - r) * log(b / r)
    assert stability_index({"a": 50, "b": 30}, {"a": 30, "b": 50}) == pytest.approx(expected)
    assert stability_index({"a": 9, "b": 3}, {"a": 9, "b": 3}) == pytest.approx(0)
    assert stability_index({}, {}) == 0


def test_what_is_new_does_not_count_as_infinite_change() -> None:
    assert 0 < stability_index({"a": 100}, {"a": 90, "b": 10}) < 1


@pytest.mark.parametrize("freedom", [3, 10, 50])
def test_the_limit_of_chi_square(freedom: int) -> None:
    assert chi_square_limit(freedom) == pytest.approx(chi2.ppf(0.95, freedom), rel=0.01)


def test_chance_moves_small_numbers_more() -> None:
    assert chance_index(11, 100, 50) == pytest.approx((1 / 100 + 1 / 50) * chi2.ppf(0.95, 10), rel=0.01)
    assert chance_index(1, 100, 50) == 0
    assert chance_index(11, 0, 50) == 0


@pytest.mark.parametrize(
    ("before", "recent", "degree"),
    [
        ({"a": 500, "b": 500}, {"a": 250, "b": 250}, "none"),
        ({"a": 500, "b": 500}, {"a": 340, "b": 160}, "some"),
        ({"a": 500, "b": 500}, {"a": 450, "b": 50}, "much"),
        ({"a": 500, "b": 500}, {"a": 10}, "few"),
        ({}, {}, "few"),
    ],
)
def test_the_degree_of_change(before: dict[str, int], recent: dict[str, int], degree: str) -> None:
    assert degree_of_change(before, recent) == degree


def test_what_chance_explains_is_no_change() -> None:
    """Forty categories and thirty messages: the index is large by chance alone."""
    before = {str(n): 3 for n in range(40)}
    recent = {str(n): 2 for n in range(0, 40, 2)}
    assert stability_index(before, recent) > 0.25
    assert degree_of_change(before, recent) == "none"


def test_words_rise_when_they_surely_weigh_more_often_and_in_several() -> None:
    before = {"灯": 40, "雨": 2}
    recent = {"灯": 14, "雨": 30, "名": 4}
    words = [word for word, _, _ in rising(before, recent, 200, 60, least=5)]
    assert words == ["雨"]
