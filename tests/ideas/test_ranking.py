"""The order of ideas: fair while they come in, by the surest support afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from portal.ideas.ranking import best_supported, daily_order, wilson_lower


@given(st.integers(1, 5_000), st.data())
def test_the_bound_is_that_of_scipy(chose: int, data: st.DataObject) -> None:
    supports = data.draw(st.integers(0, chose))
    expected = binomtest(supports, chose).proportion_ci(confidence_level=0.95, method="wilson").low
    assert wilson_lower(supports, chose) == pytest.approx(expected, abs=1e-9)


def test_nobody_having_chosen_is_no_support() -> None:
    assert wilson_lower(0, 0) == 0


def test_many_voices_count_more_than_a_few_that_agree() -> None:
    assert best_supported([(1, 3, 0), (2, 90, 10), (3, 0, 0), (4, 10, 90)]) == [2, 1, 4, 3]


def test_equals_stand_in_the_order_in_which_they_came() -> None:
    assert best_supported([(9, 5, 5), (4, 5, 5)]) == [4, 9]


@given(st.sets(st.integers(1, 10_000), max_size=60), st.text(max_size=20), st.data())
def test_a_reader_sees_each_idea_once_and_always_in_the_same_order(
    numbers: set[int], seed: str, data: st.DataObject
) -> None:
    seen = data.draw(st.sets(st.sampled_from(sorted(numbers)))) if numbers else set()
    order = daily_order(numbers, seed=seed, seen=seen)
    assert sorted(order) == sorted(numbers)
    assert order == daily_order(numbers, seed=seed, seen=seen)
    assert set(order[: len(numbers) - len(seen)]) == numbers - seen


def test_every_idea_has_its_turn_at_the_top() -> None:
    first = {daily_order(range(5), seed=f"reader {n}", seen=())[0] for n in range(200)}
    assert first == set(range(5))
