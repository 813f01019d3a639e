"""When a newly trained model counts as worse."""

import pytest
from scipy.stats import binomtest

from portal.routing.comparison import Answer, Tally, chance_of, compare, share_right

ROADS = Answer("roads-paving", "construction", "report")
NOISE = Answer("noise", "environment", "report")
OPEN = Answer("", "", "idea")


def tally(name: str, tallies: list[Tally]) -> Tally:
    return next(one for one in tallies if one.measure == name)


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (1, 0), (4, 0), (3, 2), (7, 9), (12, 3)])
def test_chance_is_the_exact_sign_test(lost: int, won: int) -> None:
    expected = binomtest(lost, lost + won, 0.5, "greater").pvalue if lost + won else 1.0
    assert chance_of(lost, won) == pytest.approx(expected)


def test_a_loss_that_chance_explains_is_not_worse() -> None:
    assert not Tally("frozen", "department", 100, 90, 89, lost=3, won=2).is_worse


def test_four_losses_without_a_gain_are_worse() -> None:
    assert Tally("frozen", "department", 100, 90, 86, lost=4, won=0).is_worse


def test_models_are_compared_on_category_department_and_kind() -> None:
    truth = [ROADS, ROADS, NOISE]
    before, after = [ROADS, NOISE, NOISE], [NOISE, ROADS, NOISE]
    category = tally("category", compare("latest", truth, before, after))
    assert (category.before, category.after, category.lost, category.won) == (2, 2, 1, 1)


def test_a_department_that_loses_shows_although_the_whole_gains() -> None:
    truth = [ROADS] * 4 + [NOISE] * 9
    before = [ROADS] * 4 + [ROADS] * 9
    after = [NOISE] * 4 + [NOISE] * 9
    tallies = compare("latest", truth, before, after)
    assert not tally("department", tallies).is_worse
    assert tally("in:construction", tallies).is_worse
    assert not tally("in:environment", tallies).is_worse


def test_what_nobody_said_is_not_counted() -> None:
    tallies = compare("latest", [OPEN, ROADS], [NOISE, ROADS], [NOISE, ROADS])
    assert tally("category", tallies).messages == 1
    assert tally("kind", tallies).messages == 2


def test_the_share_that_was_right_is_read_from_the_record() -> None:
    record = [vars(one) for one in compare("latest", [ROADS, NOISE], [ROADS, ROADS], [ROADS, NOISE])]
    assert share_right(record, "latest", "before") == 0.5
    assert share_right(record, "latest", "after") == 1.0
    assert share_right(record, "frozen", "after") is None
