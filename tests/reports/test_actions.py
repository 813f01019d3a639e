"""A report's life, verb by verb."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.errors import Conflict, Invalid
from portal.reports.actions import (
    close_as_not_ours,
    close_without_action,
    confirm_fixed,
    mark_fixed,
    reopen,
    reopen_as_unfixed,
    start_work,
)
from portal.threads.actions import answer, ask
from portal.threads.events import Actor, find_broken_event, resident
from portal.threads.models import Level, Status
from portal.threads.queries import list_events, list_statements
from tests.factories import NOW, directory, make_report, person

LATER = NOW + timedelta(days=2)


def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def test_a_report_goes_from_the_department_to_confirmed(session: Session) -> None:
    report, by = make_report(session), officer(session)
    start_work(session, report, by=by, now=LATER)
    assert (report.status, report.assignee_id) == (Status.IN_PROGRESS, by.id)
    mark_fixed(session, report, "The lamp has a new bulb.", by=by, now=LATER)
    confirm_fixed(session, report, by=resident(report.author), now=LATER)
    assert report.status == Status.CONFIRMED
    assert report.is_closed
    kinds = [e.kind for e in list_events(session, report.id, "public")]
    assert kinds == [
        "thread.submitted",
        "thread.routed",
        "report.started",
        "report.fixed",
        "report.confirmed",
    ]
    assert find_broken_event(session, f"thread:{report.id}") is None


def test_whoever_fixes_it_has_it(session: Session) -> None:
    report, by = make_report(session), officer(session)
    mark_fixed(session, report, "Done at once.", by=by, now=LATER)
    assert report.assignee_id == by.id


def test_fixed_says_what_was_done(session: Session) -> None:
    report = make_report(session)
    with pytest.raises(Invalid):
        mark_fixed(session, report, "", by=officer(session), now=LATER)
    assert report.status == Status.WITH_DEPARTMENT


def test_nothing_is_begun_or_fixed_before_it_is_sorted(session: Session) -> None:
    report, by = make_report(session, category=None), Actor(person(session, "coordinator"), "coordinator")
    ask(session, report, "Where is it?", by=by, now=LATER)
    with pytest.raises(Conflict):
        start_work(session, report, by=by, now=LATER)
    with pytest.raises(Conflict):
        mark_fixed(session, report, "Done.", by=by, now=LATER)


def test_not_fixed_goes_back_to_who_had_it_with_a_new_promise(session: Session) -> None:
    report, by = make_report(session), officer(session)
    start_work(session, report, by=by, now=LATER)
    mark_fixed(session, report, "Done.", by=by, now=LATER)
    again = LATER + timedelta(days=9)
    reopen_as_unfixed(
        session, report, "Still dark.", by=resident(report.author), directory=directory(session), now=again
    )
    assert (report.status, report.assignee_id, report.answered_at) == (Status.REOPENED, by.id, None)
    assert report.due_at == again + timedelta(days=3)
    assert not report.is_closed
    assert not report.needs_sorting


def test_what_the_sender_writes_on_reopening_is_not_public(session: Session) -> None:
    report = make_report(session)
    mark_fixed(session, report, "Done.", by=officer(session), now=LATER)
    reopen_as_unfixed(
        session,
        report,
        "My neighbour lied",
        by=resident(report.author),
        directory=directory(session),
        now=LATER,
    )
    assert [s.level for s in list_statements(session, report.id) if s.text == "My neighbour lied"] == [
        Level.ADDED
    ]


def test_a_sender_cannot_reopen_what_was_closed_without_action(session: Session) -> None:
    report = make_report(session)
    close_without_action(session, report, "Private ground.", by=officer(session), now=LATER)
    with pytest.raises(Conflict):
        reopen_as_unfixed(
            session, report, "No!", by=resident(report.author), directory=directory(session), now=LATER
        )


@pytest.mark.parametrize("close", [close_as_not_ours, close_without_action])
def test_closing_and_reopening_by_staff_give_reasons_that_are_public(session: Session, close) -> None:  # type: ignore[no-untyped-def]
    report, by = make_report(session), officer(session)
    with pytest.raises(Invalid):
        close(session, report, "", by=by, now=LATER)
    close(session, report, "The province looks after this road.", by=by, now=LATER)
    assert report.is_closed
    with pytest.raises(Invalid):
        reopen(session, report, "", by=by, directory=directory(session), now=LATER)
    reopen(session, report, "It is ours after all.", by=by, directory=directory(session), now=LATER)
    reasons = [s.text for s in list_statements(session, report.id) if s.level == Level.REASON]
    assert reasons == ["The province looks after this road.", "It is ours after all."]


def test_what_was_closed_at_the_desk_comes_back_to_the_desk(session: Session) -> None:
    report, by = make_report(session, category=None), Actor(person(session, "coordinator"), "coordinator")
    close_as_not_ours(session, report, "Ask the railway.", by=by, now=LATER)
    assert not report.needs_sorting
    reopen(session, report, "The railway says it is ours.", by=by, directory=directory(session), now=LATER)
    assert report.needs_sorting


def test_an_answer_brings_it_back_to_where_it_waited(session: Session) -> None:
    report, by = make_report(session), officer(session)
    start_work(session, report, by=by, now=LATER)
    ask(session, report, "Which lamp?", by=by, now=LATER)
    with pytest.raises(Conflict):
        ask(session, report, "And which post?", by=by, now=LATER)
    answer(session, report, "The left one.", by=resident(report.author), now=LATER)
    assert (report.status, report.status_before_waiting) == (Status.IN_PROGRESS, None)


def test_a_question_is_forgotten_when_the_matter_moves_on_without_an_answer(session: Session) -> None:
    report, by = make_report(session), officer(session)
    ask(session, report, "Which lamp?", by=by, now=LATER)
    mark_fixed(session, report, "Found it.", by=by, now=LATER)
    assert report.status_before_waiting is None
    with pytest.raises(Conflict):
        answer(session, report, "The left one.", by=resident(report.author), now=LATER)
