"""Which moves a report permits in which state."""

import pytest

from portal.reports.rules import STAFF_MOVES, permits, resident_may_judge, resident_may_reopen
from portal.threads.models import CLOSED, Status

REPORT_STATES = {
    Status.RECEIVED,
    Status.WITH_DEPARTMENT,
    Status.IN_PROGRESS,
    Status.WAITING,
    Status.REOPENED,
    Status.FIXED,
    Status.CONFIRMED,
    Status.NOT_OURS,
    Status.NO_ACTION,
    Status.OUTSIDE,
    Status.DUPLICATE,
    Status.WITHDRAWN,
}
ENDINGS = {"fix", "not_ours", "no_action"}


def test_every_state_of_a_report_says_what_may_follow() -> None:
    assert set(STAFF_MOVES) == REPORT_STATES


@pytest.mark.parametrize("status", sorted(REPORT_STATES - CLOSED))
def test_an_open_report_can_be_sent_on_and_ended_but_not_reopened(status: Status) -> None:
    assert permits(status, "send")
    assert permits(status, "not_ours")
    assert permits(status, "no_action")
    assert not permits(status, "reopen")


@pytest.mark.parametrize("status", sorted((REPORT_STATES & CLOSED) - {Status.WITHDRAWN, Status.DUPLICATE}))
def test_an_ended_report_can_only_be_reopened(status: Status) -> None:
    assert STAFF_MOVES[status] == {"reopen"}


def test_nothing_is_done_with_what_was_withdrawn_or_joined_with_another() -> None:
    assert STAFF_MOVES[Status.WITHDRAWN] == STAFF_MOVES[Status.DUPLICATE] == frozenset()


def test_work_begins_once() -> None:
    assert permits(Status.WITH_DEPARTMENT, "start")
    assert not permits(Status.IN_PROGRESS, "start")
    assert not permits(Status.RECEIVED, "start")


def test_the_sender_is_asked_about_what_is_fixed_and_may_come_back_after_confirming() -> None:
    assert [s for s in REPORT_STATES if resident_may_judge(s)] == [Status.FIXED]
    assert {s for s in REPORT_STATES if resident_may_reopen(s)} == {Status.FIXED, Status.CONFIRMED}


def test_a_state_of_ideas_permits_nothing() -> None:
    assert not any(permits(Status.OPEN, move) for moves in STAFF_MOVES.values() for move in moves)
