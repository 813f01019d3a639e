"""The phases of a call: by the day, and what each allows."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.ideas.phases import ALLOWED, IN_ORDER, Dates, Phase, allows, phase_on

FIRST = date(2026, 3, 1)
SPRING = Dates(FIRST, date(2026, 3, 31), date(2026, 4, 15), date(2026, 4, 30), date(2026, 5, 10))


def test_a_phase_lasts_to_the_end_of_its_last_day() -> None:
    days = {
        date(2026, 2, 28): Phase.ANNOUNCED,
        date(2026, 3, 1): Phase.COLLECTING,
        date(2026, 3, 31): Phase.COLLECTING,
        date(2026, 4, 1): Phase.SUPPORTING,
        date(2026, 4, 16): Phase.REVIEWING,
        date(2026, 5, 10): Phase.DECIDING,
        date(2026, 5, 11): Phase.ENDED,
    }
    assert {day: phase_on(SPRING, day) for day in days} == days


def test_a_phase_without_a_day_of_its_own_is_left_out() -> None:
    dates = Dates(FIRST, date(2026, 3, 31), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 10))
    assert phase_on(dates, date(2026, 4, 1)) == Phase.REVIEWING


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), st.integers(-5, 300))
def test_phases_only_go_forward(lengths: list[int], day: int) -> None:
    last, days = FIRST, []
    for length in lengths:
        last += timedelta(days=length)
        days.append(last)
    dates = Dates(FIRST, *days)
    assert dates.are_in_order()
    today = FIRST + timedelta(days=day)
    now, next_day = phase_on(dates, today), phase_on(dates, today + timedelta(days=1))
    assert IN_ORDER.index(now) <= IN_ORDER.index(next_day)


def test_dates_that_go_backwards_are_seen() -> None:
    assert not Dates(FIRST, date(2026, 2, 1), *SPRING.last_days[1:]).are_in_order()
    assert not Dates(FIRST, *SPRING.last_days[:3], date(2026, 4, 1)).are_in_order()


def test_each_phase_allows_only_its_own() -> None:
    assert {phase for phase in Phase if allows(phase, "propose")} == {Phase.COLLECTING}
    assert {phase for phase in Phase if allows(phase, "support")} == {Phase.COLLECTING, Phase.SUPPORTING}
    assert {phase for phase in Phase if allows(phase, "review")} == {Phase.REVIEWING}
    assert {phase for phase in Phase if allows(phase, "decide")} == {Phase.DECIDING}
    assert set(ALLOWED) == set(Phase)
