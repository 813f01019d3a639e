"""Which moves a report permits in which state."""

import pytest

from portal.reports.models import Answer
from portal.reports.rules import (
    STAFF_MOVES,
    leaves_open,
    outcome,
    permits,
    resident_may_judge,
    resident_may_reopen,
    says_what_was_done,
)
from portal.threads.models import CLOSED, Status

REPORT_STATES = {
    Status.RECEIVED,
    Status.WITH_DEPARTMENT,
    Status.IN_PROGRESS,
    Status.WAITING,
    Status.REOPENED,
    Status.FIXED,
    Status.CONFIRMED,
    Status.SILENT,
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
def test_an_ended_report_can_only_be_reopened_or_left_as_it_is(status: Status) -> None:
    assert STAFF_MOVES[status] - {"stand"} == {"reopen"}


@pytest.mark.parametrize(
    ("answer", "is_sender", "voted_before", "reopened_lately", "expected"),
    [
        (Answer.YES, True, False, False, "confirm"),
        (Answer.PARTLY, True, False, True, "reopen"),
        (Answer.NO, True, False, True, "reopen"),
        (Answer.YES, False, True, False, "note"),
        (Answer.PARTLY, False, True, False, "doubt"),
        (Answer.NO, False, True, False, "reopen"),
        (Answer.NO, False, True, True, "doubt"),
        (Answer.NO, False, False, False, "doubt"),
    ],
)
def test_what_follows_from_an_answer(
    answer: Answer, is_sender: bool, voted_before: bool, reopened_lately: bool, expected: str
) -> None:
    found = outcome(answer, is_sender=is_sender, voted_before=voted_before, reopened_lately=reopened_lately)
    assert found == expected


@pytest.mark.parametrize("text", ["A new bulb.", "换了灯泡", "灯泡 LED", "Found it."])
def test_a_few_words_say_what_was_done(text: str) -> None:
    assert says_what_was_done(text)


@pytest.mark.parametrize("text", ["", "Done.", "已办", "……", "OK"])
def test_a_word_does_not_say_what_was_done(text: str) -> None:
    assert not says_what_was_done(text)


def test_nothing_is_done_with_what_was_withdrawn_or_joined_with_another() -> None:
    assert STAFF_MOVES[Status.WITHDRAWN] == STAFF_MOVES[Status.DUPLICATE] == frozenset()


def test_work_begins_once() -> None:
    assert permits(Status.WITH_DEPARTMENT, "start")
    assert not permits(Status.IN_PROGRESS, "start")
    assert not permits(Status.RECEIVED, "start")


def test_the_sender_is_asked_about_what_is_fixed_and_may_come_back_after_confirming() -> None:
    assert {s for s in REPORT_STATES if resident_may_judge(s)} == {Status.FIXED, Status.SILENT}
    assert {s for s in REPORT_STATES if resident_may_reopen(s)} == {
        Status.FIXED,
        Status.CONFIRMED,
        Status.SILENT,
    }


def test_a_state_of_ideas_permits_nothing() -> None:
    assert not any(permits(Status.OPEN, move) for moves in STAFF_MOVES.values() for move in moves)


@pytest.mark.parametrize("text", ["做了什么：", "What was done:\n\nOpen again?", "What was done: \n"])
def test_a_template_that_nobody_filled_in_is_noticed(text: str) -> None:
    assert leaves_open(text)


@pytest.mark.parametrize("text", ["做了什么：换了灯泡", "What was done:\nA new bulb.", "At 14:30 a bulb."])
def test_a_filled_in_template_is_not(text: str) -> None:
    assert not leaves_open(text)
