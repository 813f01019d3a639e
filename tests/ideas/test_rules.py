"""Which moves an idea permits in which state."""

from portal.ideas.rules import DECISIONS, STAFF_MOVES, permits
from portal.threads.models import Status


def test_every_decision_says_what_may_follow() -> None:
    assert set(DECISIONS) < set(STAFF_MOVES)


def test_an_idea_is_decided_before_or_after_it_was_open_for_support() -> None:
    assert permits(Status.RECEIVED, "decide")
    assert permits(Status.OPEN, "decide")
    assert not permits(Status.OPEN, "open")


def test_what_was_put_off_or_declined_can_be_opened_again_but_not_what_was_adopted() -> None:
    assert permits(Status.LATER, "open")
    assert permits(Status.DECLINE, "open")
    assert STAFF_MOVES[Status.ADOPT] == frozenset()


def test_a_pilot_ends_in_a_decision() -> None:
    assert STAFF_MOVES[Status.PILOT] == {"decide"}


def test_an_idea_people_support_is_not_closed_without_a_decision() -> None:
    assert not permits(Status.OPEN, "no_action")


def test_a_state_of_reports_permits_nothing() -> None:
    assert not any(permits(Status.FIXED, move) for moves in STAFF_MOVES.values() for move in moves)
