"""What a vote has come to."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.priority.models import Outcome
from portal.priority.rules import Count, is_certain, outcome_of, reminder_time
from tests.factories import NOW


@pytest.mark.parametrize(
    ("count", "quorum", "outcome"),
    [
        (Count(9, 5, 2, 1), None, Outcome.ACCEPTED),
        (Count(9, 1, 0, 0), None, Outcome.ACCEPTED),
        (Count(9, 2, 2, 0), None, Outcome.REFUSED),  # as many against: all stays as it is
        (Count(9, 0, 0, 3), None, Outcome.REFUSED),
        (Count(9, 0, 0, 0), None, Outcome.TOO_FEW),
        (Count(9, 3, 0, 0), 4, Outcome.TOO_FEW),
        (Count(9, 3, 0, 1), 4, Outcome.ACCEPTED),  # who abstains takes part
    ],
)
def test_the_outcome(count: Count, quorum: int | None, outcome: Outcome) -> None:
    assert outcome_of(count, quorum) == outcome


@pytest.mark.parametrize(
    ("count", "quorum", "certain"),
    [
        (Count(5, 3, 0, 0), None, False),  # without a quorum only the date ends it
        (Count(5, 2, 0, 0), 3, False),
        (Count(5, 3, 0, 0), 3, True),
        (Count(5, 2, 1, 0), 3, False),  # two are left and could turn it
        (Count(5, 0, 3, 0), 3, True),
        (Count(4, 1, 2, 0), 3, True),  # at best as many for as against
        (Count(4, 2, 1, 0), 3, False),
        (Count(3, 0, 0, 3), 3, True),
    ],
)
def test_when_it_may_end_early(count: Count, quorum: int | None, certain: bool) -> None:
    assert is_certain(count, quorum) is certain


numbers = st.integers(0, 8)


@given(numbers, numbers, numbers, numbers, st.integers(1, 20), st.data())
def test_what_is_certain_stays_whatever_the_others_do(  # noqa: PLR0917  # as hypothesis gives them
    approve: int, object_: int, abstain: int, left: int, quorum: int, data: st.DataObject
) -> None:
    eligible = approve + object_ + abstain + left
    if not is_certain(Count(eligible, approve, object_, abstain), quorum):
        return
    for_ = data.draw(st.integers(0, left))
    against = data.draw(st.integers(0, left - for_))
    end = Count(eligible, approve + for_, object_ + against, abstain)
    assert outcome_of(end, quorum) == outcome_of(Count(eligible, approve, object_, abstain), quorum)


def test_the_reminder_comes_a_day_before_the_end_or_half_way() -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)
    assert reminder_time(NOW, NOW + 7 * day) == NOW + 6 * day
    assert reminder_time(NOW, NOW + 4 * hour) == NOW + 2 * hour
