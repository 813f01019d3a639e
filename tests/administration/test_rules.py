"""The order of things, and what may stand below what."""

import pytest

from portal.administration.rules import kinds_below, moved
from portal.communities.models import PlaceKind


@pytest.mark.parametrize(
    ("number", "step", "wanted"),
    [(2, -1, [2, 1, 3]), (2, 1, [1, 3, 2]), (1, -1, [1, 2, 3]), (3, 1, [1, 2, 3])],
)
def test_one_place_earlier_or_later(number: int, step: int, wanted: list[int]) -> None:
    assert moved([1, 2, 3], number, step) == wanted


def test_named_places_stand_in_communities_only() -> None:
    assert [kind for kind in PlaceKind if PlaceKind.SPOT in kinds_below(kind)] == [PlaceKind.COMMUNITY]
    assert kinds_below(PlaceKind.SPOT) == []
    assert PlaceKind.DISTRICT not in kinds_below(PlaceKind.DISTRICT)
