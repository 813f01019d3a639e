"""Which moves the state of a submission leaves open; no database."""

import pytest

from portal.ideas.rules import STAFF_MOVES as IDEA_MOVES
from portal.reports.rules import STAFF_MOVES as REPORT_MOVES
from portal.threads.models import CLOSED, Kind, Status, Thread, Visibility
from portal.triage.rules import can_send, open_moves

# What the tables call a move, and the verb staff use for it.
REPORT_VERBS = {
    "send": "sort",
    "start": "start",
    "ask": "ask",
    "fix": "fix",
    "not_ours": "not-ours",
    "no_action": "no-action",
    "reopen": "reopen",
    "outside": "outside",
    "resume": "resume",
    "stand": "stand",
}
IDEA_VERBS = {"open": "open", "ask": "ask", "decide": "decide", "no_action": "no-action"}


def thread(kind: Kind, status: Status, **given: object) -> Thread:
    values = {
        "visibility": Visibility.PUBLIC,
        "needs_sorting": False,
        "is_closed": status in CLOSED,
        "is_doubted": status == Status.FIXED,
    }
    return Thread(kind=kind, status=status, **(values | given))


@pytest.mark.parametrize("status", REPORT_MOVES)
def test_reports_are_open_to_what_their_table_permits(status: Status) -> None:
    verbs = open_moves(thread(Kind.REPORT, status))
    assert {m for m, verb in REPORT_VERBS.items() if verb in verbs} == REPORT_MOVES[status]
    assert ("idea" in verbs) == ("sort" in verbs)
    assert not verbs & {"open", "decide"}


@pytest.mark.parametrize("status", IDEA_MOVES)
def test_ideas_are_open_to_what_their_table_permits(status: Status) -> None:
    verbs = open_moves(thread(Kind.IDEA, status))
    assert {m for m, verb in IDEA_VERBS.items() if verb in verbs} == IDEA_MOVES[status]
    assert not verbs & {"start", "fix", "reopen", "not-ours"}


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.WAITING])
def test_what_is_undecided_is_sorted_asked_about_or_closed(status: Status) -> None:
    verbs = open_moves(thread(Kind.UNDECIDED, status, needs_sorting=True))
    assert {"sort", "idea", "no-action"} <= verbs
    assert not verbs & {"start", "fix", "take", "give", "reply", "not-ours", "decide"}


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.WAITING, Status.REOPENED])
def test_a_report_at_the_desk_is_nobodys_to_work(status: Status) -> None:
    verbs = open_moves(thread(Kind.REPORT, status, needs_sorting=True))
    assert not verbs & {"start", "fix", "take", "give", "leave"}
    assert {"sort", "idea", "not-ours", "no-action"} <= verbs


@pytest.mark.parametrize(
    ("visibility", "verbs"),
    [
        (Visibility.PUBLIC, {"hide"}),
        (Visibility.FIRST_LOOK, {"show", "hide"}),
        (Visibility.HIDDEN, {"show"}),
        (Visibility.PRIVATE, set()),
    ],
)
def test_showing_and_hiding_follow_what_the_public_sees(visibility: Visibility, verbs: set[str]) -> None:
    report = thread(Kind.REPORT, Status.WITH_DEPARTMENT, visibility=visibility)
    assert open_moves(report) & {"show", "hide"} == verbs


def test_what_was_withdrawn_takes_notes_only() -> None:
    withdrawn = thread(Kind.REPORT, Status.WITHDRAWN, visibility=Visibility.HIDDEN)
    assert open_moves(withdrawn) == {"note"}


def test_only_what_somebody_has_can_be_left() -> None:
    assert "leave" not in open_moves(thread(Kind.REPORT, Status.IN_PROGRESS))
    assert "leave" in open_moves(thread(Kind.REPORT, Status.IN_PROGRESS, assignee_id=1))


def test_nothing_that_ended_is_sent_on() -> None:
    assert not any(can_send(kind, status) for kind in Kind for status in CLOSED)
