"""What scores come to, against the libraries that are known to be right."""

import statistics

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.panels.marking import (
    KnockOut,
    Measure,
    Number,
    farthest_apart,
    judge_knock_out,
    mean_of,
    reckon,
    round_half_up,
    spread_of,
    weighted_mean,
)

scores = st.lists(st.integers(0, 5), min_size=1, max_size=30)


@given(scores)
def test_mean_and_spread_are_those_of_numpy_and_statistics(numbers: list[int]) -> None:
    assert mean_of(numbers) == pytest.approx(float(numpy.mean(numbers)))
    assert mean_of(numbers) == pytest.approx(statistics.fmean(numbers))
    if len(numbers) > 1:
        assert spread_of(numbers) == pytest.approx(float(numpy.std(numbers)))
        assert spread_of(numbers) == pytest.approx(statistics.pstdev(numbers))
        assert 0 <= (spread_of(numbers) or 0) <= 2.5


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 100)), min_size=1, max_size=12))
def test_the_weighted_mean_is_that_of_numpy(pairs: list[tuple[float, int]]) -> None:
    means, weights = zip(*pairs, strict=True)
    assert weighted_mean(pairs) == pytest.approx(float(numpy.average(means, weights=weights)))


def test_of_nothing_there_is_no_mean_and_of_one_no_spread() -> None:
    assert mean_of([]) is None
    assert spread_of([]) is spread_of([4]) is None
    assert weighted_mean([]) is None


def test_weights_count_and_knock_outs_stay_outside_the_mean() -> None:
    measures = [Measure(1, 30), Measure(2, 10), Measure(3, 100, is_knock_out=True)]
    outcome = reckon(measures, {1: [4, 2], 2: [5, 5], 3: [1, 0]})
    assert outcome.mean == pytest.approx((3 * 30 + 5 * 10) / 40)
    assert outcome.percent == 70
    assert [r.mean for r in outcome.results] == [3, 5, 0.5]


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=6), min_size=1, max_size=5))
def test_abstaining_is_never_a_zero(rows: list[list[Number]]) -> None:
    """Taking all abstentions away changes no mean, no spread, nothing but their own number."""
    measures = [Measure(n, n + 1) for n in range(len(rows))]
    outcome = reckon(measures, dict(enumerate(rows)))
    without = reckon(measures, {n: [x for x in row if x is not None] for n, row in enumerate(rows)})
    assert outcome.mean == without.mean
    for one, other, row in zip(outcome.results, without.results, rows, strict=True):
        assert (one.mean, one.spread, one.given) == (other.mean, other.spread, other.given)
        assert one.abstained == row.count(None)
    assert outcome.is_evaluated == any(x is not None for row in rows for x in row)
    assert (outcome.mean is None) == (not outcome.is_evaluated)


def test_if_all_abstain_it_is_not_evaluated() -> None:
    outcome = reckon([Measure(1), Measure(2, is_knock_out=True)], {1: [None, None], 2: [None, None]})
    assert not outcome.is_evaluated
    assert outcome.mean is outcome.percent is outcome.results[0].mean is outcome.results[1].knock_out is None
    assert outcome.results[0].abstained == 2


def test_a_criterion_that_nobody_scored_leaves_with_its_weight() -> None:
    outcome = reckon([Measure(1, 10), Measure(2, 90)], {1: [4], 2: [None]})
    assert outcome.mean == 4


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([], None),
        ([1, 1], KnockOut.MET),
        ([1, 1, 0], KnockOut.DOUBTED),
        ([1, 0], KnockOut.DOUBTED),
        ([1, 0, 0], KnockOut.FAILED),
        ([0], KnockOut.FAILED),
    ],
)
def test_a_knock_out_is_met_doubted_or_failed(answers: list[int], verdict: KnockOut | None) -> None:
    assert judge_knock_out(answers) == verdict


def test_where_they_disagree_most_is_marked_and_small_differences_are_not() -> None:
    assert farthest_apart({1: 0.4, 2: 0.9, 3: None}) == ()
    assert farthest_apart({1: 1.5, 2: 1.2, 3: 1.5}) == {1, 3}
    assert farthest_apart({}) == ()
    measures = [Measure(1), Measure(2), Measure(3, is_knock_out=True)]
    outcome = reckon(measures, {1: [0, 5], 2: [3, 5], 3: [1, 0]})
    assert [r.is_apart for r in outcome.results] == [True, False, True]
    assert (outcome.results[0].lowest, outcome.results[0].highest) == (0, 5)


@pytest.mark.parametrize(("number", "whole"), [(0, 0), (49.5, 50), (50.5, 51), (99.9, 100)])
def test_a_half_goes_up(number: float, whole: int) -> None:
    assert round_half_up(number) == whole
