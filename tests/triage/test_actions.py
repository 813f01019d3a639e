"""Sorting, sending on, sending back, taking and giving."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.communities.directory import CategoryEntry
from portal.core.errors import Conflict, Invalid
from portal.reports.actions import mark_fixed, start_work
from portal.reports.actions import reopen as reopen_report
from portal.threads.actions import hide_words, reply, show_words
from portal.threads.additions import ThreadWords
from portal.threads.events import find_broken_event
from portal.threads.models import Kind, Level, Status, Thread, Visibility
from portal.threads.queries import list_events, list_statements
from portal.threads.votes import cast_vote
from portal.triage.actions import (
    assign,
    close_unsorted,
    return_to_desk,
    sort_as_idea,
    sort_as_report,
    take,
)
from tests.factories import NOW, add_person, directory, make_idea, make_report, make_undecided, person
from tests.triage.moving import coordinator, officer

LATER = NOW + timedelta(days=1)


def category(session: Session, code: str) -> CategoryEntry:
    return directory(session).category_codes[code]


def sort(session: Session, thread: Thread, code: str, reason: str = "") -> None:
    sort_as_report(
        session,
        thread,
        category(session, code),
        directory=directory(session),
        reason=reason,
        by=coordinator(session),
        now=LATER,
    )


def newest_kind(session: Session, thread: Thread) -> str:
    return list_events(session, thread.id, "staff")[-1].kind


@pytest.mark.parametrize("make", [make_undecided, lambda s: make_report(s, category=None)])
def test_the_first_sorting_needs_no_reason(session: Session, make) -> None:  # type: ignore[no-untyped-def]
    thread = make(session)
    sort(session, thread, "roads-paving")
    construction = directory(session).department_codes["construction"]
    assert (thread.kind, thread.status) == (Kind.REPORT, Status.WITH_DEPARTMENT)
    assert (thread.department_id, thread.needs_sorting) == (construction.id, False)
    assert newest_kind(session, thread) == "thread.sorted"


def test_sending_on_needs_a_reason_and_frees_it_from_who_had_it(session: Session) -> None:
    report = make_report(session)
    start_work(session, report, by=officer(session), now=LATER)
    with pytest.raises(Invalid):
        sort(session, report, "wages")
    sort(session, report, "wages", "It is about pay.")
    assert (report.status, report.assignee_id) == (Status.WITH_DEPARTMENT, None)
    assert report.department_id == directory(session).department_codes["labour"].id
    assert newest_kind(session, report) == "thread.rerouted"


def test_sending_it_where_it_is_would_only_lose_who_has_it(session: Session) -> None:
    report = make_report(session)
    start_work(session, report, by=officer(session), now=LATER)
    with pytest.raises(Invalid):
        sort(session, report, "roads-paving", "To be sure.")
    assert report.status == Status.IN_PROGRESS


def test_a_report_becomes_an_idea_and_comes_back_with_its_votes(session: Session) -> None:
    report = make_report(session)
    cast_vote(session, report, person(session, "neighbour"), now=LATER)
    with pytest.raises(Invalid):
        sort_as_idea(session, report, None, by=coordinator(session), now=LATER)
    sort_as_idea(session, report, None, reason="A wish.", by=coordinator(session), now=LATER)
    assert (report.kind, report.status, report.department_id) == (Kind.IDEA, Status.RECEIVED, None)
    sort(session, report, "roads-paving", "A hazard after all.")
    assert (report.kind, report.status, report.votes_total) == (Kind.REPORT, Status.WITH_DEPARTMENT, 1)


def test_the_category_of_an_idea_is_set_without_moving_it(session: Session) -> None:
    idea = make_idea(session)
    sort_as_idea(session, idea, category(session, "noise"), by=coordinator(session), now=LATER)
    assert (idea.category_id, idea.status) == (category(session, "noise").id, Status.RECEIVED)
    with pytest.raises(Invalid):
        sort_as_idea(session, idea, category(session, "noise"), by=coordinator(session), now=LATER)


def test_nothing_fixed_is_sent_on(session: Session) -> None:
    report = make_report(session)
    mark_fixed(session, report, "Done.", by=officer(session), now=LATER)
    with pytest.raises(Conflict):
        sort(session, report, "wages", "Too late.")
    with pytest.raises(Conflict):
        sort_as_idea(session, report, None, reason="Too late.", by=coordinator(session), now=LATER)


def test_an_officer_sends_it_back_and_a_coordinator_sorts_it_anew_without_a_reason(session: Session) -> None:
    report = make_report(session)
    with pytest.raises(Invalid):
        return_to_desk(session, report, "", by=officer(session), now=LATER)
    return_to_desk(session, report, "Not about buildings.", by=officer(session), now=LATER)
    assert (report.status, report.department_id, report.needs_sorting) == (Status.RECEIVED, None, True)
    with pytest.raises(Conflict):
        return_to_desk(session, report, "Again.", by=officer(session), now=LATER)
    sort(session, report, "roads-paving")
    assert report.status == Status.WITH_DEPARTMENT


def test_the_reason_for_sending_back_is_for_staff_only(session: Session) -> None:
    report = make_report(session)
    return_to_desk(session, report, "Not about buildings.", by=officer(session), now=LATER)
    assert "thread.returned" not in [e.kind for e in list_events(session, report.id, "sender")]
    words = session.get_one(ThreadWords, report.id)
    assert "buildings" in words.staff_words or any("buildings" in t for t in words.staff_words)
    assert not any("buildings" in token for token in words.public_words)


def test_the_promise_counts_from_the_reopening_wherever_it_is_sent_then(session: Session) -> None:
    report = make_report(session)
    mark_fixed(session, report, "Done.", by=officer(session), now=LATER)
    again = NOW + timedelta(days=30)
    reopen_report(
        session, report, "Broken again.", by=officer(session), directory=directory(session), now=again
    )
    sort(session, report, "wages", "It is about pay.")
    assert report.due_at == again + timedelta(days=category(session, "wages").answer_days)
    return_to_desk(session, report, "No.", by=officer(session), now=again)
    assert report.due_at > again


def test_the_promise_of_a_category_counts_from_the_day_it_came(session: Session) -> None:
    report = make_report(session, category=None)
    sort(session, report, "wages")
    assert report.due_at == NOW + timedelta(days=category(session, "wages").answer_days)


def test_taking_giving_and_leaving_are_told_apart(session: Session) -> None:
    report, by = make_report(session), officer(session)
    take(session, report, by=by, now=LATER)
    assign(session, report, person(session, "coordinator"), by=by, now=LATER)
    assert report.assignee_id == person(session, "coordinator").id
    assign(session, report, None, by=by, now=LATER)
    kinds = [e.kind for e in list_events(session, report.id, "staff")][-3:]
    assert kinds == ["thread.taken", "thread.given", "thread.left_to_department"]
    with pytest.raises(Conflict):
        assign(session, report, None, by=by, now=LATER)


def test_nobody_takes_what_is_unsorted_or_ended(session: Session) -> None:
    unsorted = make_report(session, category=None)
    with pytest.raises(Conflict):
        take(session, unsorted, by=coordinator(session), now=LATER)
    ended = make_report(session)
    mark_fixed(session, ended, "Done.", by=officer(session), now=LATER)
    with pytest.raises(Conflict):
        take(session, ended, by=coordinator(session), now=LATER)


def test_rubbish_sent_as_not_sure_is_closed_at_the_desk(session: Session) -> None:
    thread = make_undecided(session, "Buy our carpets")
    close_unsorted(session, thread, "An advertisement.", by=coordinator(session), now=LATER)
    assert (thread.kind, thread.status, thread.needs_sorting) == (Kind.REPORT, Status.NO_ACTION, False)
    reopen_report(
        session,
        thread,
        "No, a hazard.",
        by=coordinator(session),
        directory=directory(session),
        now=LATER,
    )
    assert thread.needs_sorting


def test_the_reason_for_hiding_is_the_senders_and_never_the_publics(session: Session) -> None:
    report = make_report(session)
    hide_words(session, report, "It names a child.", by=officer(session), now=LATER)
    assert "thread.words_hidden" in [e.kind for e in list_events(session, report.id, "sender")]
    show_words(session, report, by=officer(session), now=LATER)
    assert not any("child" in token for token in session.get_one(ThreadWords, report.id).public_words)


def test_what_is_private_is_never_shown_and_what_is_undecided_not_replied_to(session: Session) -> None:
    private = make_report(session, private=True)
    with pytest.raises(Conflict):
        show_words(session, private, by=officer(session), now=LATER)
    with pytest.raises(Conflict):
        reply(session, make_undecided(session), "Thanks.", by=coordinator(session), now=LATER)


def test_a_first_look_shows_the_words(session: Session) -> None:
    report = make_report(session, author=add_person(session, "passer-by", verified=False))
    assert report.visibility == Visibility.FIRST_LOOK
    show_words(session, report, by=officer(session), now=LATER)
    assert report.visibility == Visibility.PUBLIC
    assert session.get_one(ThreadWords, report.id).public_words


def test_what_was_said_on_the_way_is_kept_in_order(session: Session) -> None:
    report = make_report(session, "The lamp is dark.")
    return_to_desk(session, report, "Not ours.", by=officer(session), now=LATER)
    sort(session, report, "wages", "Try this.")
    sort_as_idea(session, report, None, reason="Or this.", by=coordinator(session), now=LATER)
    said = [(s.level, s.text) for s in list_statements(session, report.id)]
    assert said == [
        (Level.ORIGINAL, "The lamp is dark."),
        (Level.NOTE, "Not ours."),
        (Level.REASON, "Try this."),
        (Level.REASON, "Or this."),
    ]
    assert find_broken_event(session, f"thread:{report.id}") is None
