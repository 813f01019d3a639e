"""The formula of a priority."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portal.threads.priority import Facts, Weights, affected, work_out

PLAIN = Facts(
    severity=3,
    likelihood=3,
    exposure=3,
    verified=0,
    unverified=0,
    usual_voices=4,
    waited=0.0,
    recurrences=0,
)
WEIGHTS = Weights()
numbers = st.integers(1, 5)
facts = st.builds(
    Facts,
    severity=numbers,
    likelihood=numbers,
    exposure=numbers,
    verified=st.integers(0, 5_000),
    unverified=st.integers(0, 5_000),
    usual_voices=st.integers(0, 5_000),
    waited=st.floats(-1, 1_000),
    recurrences=st.integers(0, 200),
)
points = st.integers(0, 100)
weights = st.builds(
    Weights, risk=st.integers(1, 100), affected=points, age=points, recurrence=points, unverified=points
)


@given(facts, weights)
def test_it_is_from_0_to_100_and_its_parts_add_up(given_: Facts, by: Weights) -> None:
    score = work_out(given_, by)
    assert 0 <= score.total <= 100
    assert sum(part.points for part in score.parts) == score.total
    assert sum(part.most for part in score.parts) == 100
    assert all(0 <= part.points <= part.most + 1 for part in score.parts)


@given(facts, weights, st.sampled_from(["verified", "unverified", "waited", "recurrences"]))
def test_more_of_anything_never_presses_less(given_: Facts, by: Weights, name: str) -> None:
    more = replace(given_, **{name: getattr(given_, name) + 1})
    assert work_out(more, by).total >= work_out(given_, by).total


@given(facts, st.sampled_from(["severity", "likelihood", "exposure"]))
def test_a_greater_risk_never_presses_less(given_: Facts, name: str) -> None:
    greater = replace(given_, **{name: min(5, getattr(given_, name) + 1)})
    assert work_out(greater, WEIGHTS).total >= work_out(given_, WEIGHTS).total


def test_the_middle_of_everything_is_half_of_the_risk() -> None:
    assert [(p.name, p.points, p.most) for p in work_out(PLAIN, WEIGHTS).parts] == [
        ("risk", 25, 50),
        ("affected", 0, 20),
        ("age", 0, 20),
        ("recurrence", 0, 10),
    ]


def test_the_worst_of_everything_is_nearly_100() -> None:
    worst = Facts(5, 5, 5, verified=200, unverified=0, usual_voices=4, waited=9.0, recurrences=9)
    assert work_out(worst, WEIGHTS).total == 100


def test_the_verified_weigh_more() -> None:
    assert affected(replace(PLAIN, verified=4), WEIGHTS) == 0.5
    assert affected(replace(PLAIN, unverified=4), WEIGHTS) < 0.5
    assert affected(replace(PLAIN, unverified=8), WEIGHTS) == 0.5


def test_what_is_usual_for_a_place_counts_the_same_in_a_small_one_and_a_large_one() -> None:
    small = replace(PLAIN, verified=3, usual_voices=3)
    large = replace(PLAIN, verified=60, usual_voices=60)
    assert work_out(small, WEIGHTS).total == work_out(large, WEIGHTS).total
    assert work_out(replace(large, verified=3), WEIGHTS).total < work_out(small, WEIGHTS).total


def test_one_voice_in_a_place_without_any_is_not_the_whole_of_it() -> None:
    assert affected(replace(PLAIN, verified=1, usual_voices=0), WEIGHTS) < 0.5


def test_waiting_for_twice_the_promise_is_as_pressing_as_waiting_gets() -> None:
    assert [work_out(replace(PLAIN, waited=w), WEIGHTS).total for w in (1.0, 2.0, 30.0)] == [35, 45, 45]
