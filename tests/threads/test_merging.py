"""Joining and taking apart: everybody counts once, nothing is lost, each gets back its own."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.errors import Conflict
from portal.core.worker import run_all
from portal.threads.actions import ask, withdraw
from portal.threads.additions import Follower, Frequency, Photo
from portal.threads.comments import takes_comments
from portal.threads.events import Actor, find_broken_event, resident
from portal.threads.followers import follow_thread, stop_following
from portal.threads.merging import merge_threads, undo_merge
from portal.threads.models import Kind, Status, Thread, Vote
from portal.threads.queries import original_words
from portal.threads.trees import find_survivor
from portal.threads.votes import cast_vote, has_voted, take_back_vote, takes_votes
from tests import photos
from tests.factories import NOW, add_person, directory, make_idea, make_report, make_undecided, person


@pytest.fixture
def by(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


Join = Callable[..., None]


@pytest.fixture
def join(session: Session, by: Actor) -> Join:
    def run(thread: Thread, survivor: Thread) -> None:
        merge_threads(session, thread, survivor, by=by, now=NOW)
        session.commit()

    return run


def at(session: Session, table: type[Vote | Follower | Photo], thread: Thread) -> set[str]:
    """Return whose rows stand at a thread now."""
    rows = select(Person.name).join(table, table.person_id == Person.id).where(table.thread_id == thread.id)
    return set(session.scalars(rows))


def two(session: Session) -> tuple[Thread, Thread]:
    first = make_report(session, "The lamp is dark.", author=person(session, "resident"))
    second = make_report(session, "No light at the gate.", author=person(session, "neighbour"))
    return first, second


def test_who_voted_for_both_is_counted_once_and_the_sender_too(session: Session, join: Join) -> None:
    survivor, thread = two(session)
    both, only = add_person(session, "both"), add_person(session, "only", verified=False)
    for voter, voted in ((both, survivor), (both, thread), (only, thread)):
        cast_vote(session, voted, voter, now=NOW)
    join(thread, survivor)
    assert (survivor.votes_total, survivor.votes_verified) == (3, 2)
    assert at(session, Vote, survivor) == {"both", "only", "neighbour"}
    assert has_voted(session, survivor.id, thread.author)
    assert (thread.status, thread.is_closed, takes_votes(thread)) == (Status.DUPLICATE, True, False)


def test_taken_apart_each_has_its_own_again_and_keeps_what_came_since(
    session: Session, join: Join, by: Actor
) -> None:
    survivor, thread = two(session)
    both, since = add_person(session, "both"), add_person(session, "since")
    for voted in (survivor, thread):
        cast_vote(session, voted, both, now=NOW)
    join(thread, survivor)
    cast_vote(session, survivor, since, now=NOW)
    undo_merge(session, thread, by=by, now=NOW)
    assert (at(session, Vote, survivor), at(session, Vote, thread)) == ({"both", "since"}, {"both"})
    assert (survivor.votes_total, thread.votes_total) == (2, 1)
    assert thread.status == Status.WITH_DEPARTMENT
    assert not thread.is_closed
    for each in (survivor, thread):
        assert find_broken_event(session, f"thread:{each.id}") is None


def test_where_it_waited_is_given_back(session: Session, join: Join, by: Actor) -> None:
    survivor, thread = two(session)
    at_desk = make_report(session, category=None)
    ask(session, thread, "Which lamp?", by=by, now=NOW)
    for each in (thread, at_desk):
        join(each, survivor)
        assert not each.needs_sorting
        undo_merge(session, each, by=by, now=NOW)
    assert (thread.status, thread.status_before_waiting) == (Status.WAITING, Status.WITH_DEPARTMENT)
    assert (at_desk.status, at_desk.needs_sorting) == (Status.RECEIVED, True)


def test_who_counted_through_another_stays_counted_when_that_one_leaves(
    session: Session, join: Join, by: Actor
) -> None:
    survivor, first = two(session)
    second = make_report(session, "Dark again.", author=person(session, "resident"))
    voter = add_person(session, "voter")
    for voted in (first, second):
        cast_vote(session, voted, voter, now=NOW)
        join(voted, survivor)
    undo_merge(session, first, by=by, now=NOW)
    assert "voter" in at(session, Vote, survivor)
    assert at(session, Vote, first) == {"voter"}
    assert survivor.votes_total == len(at(session, Vote, survivor))


def test_a_vote_taken_back_at_the_survivor_does_not_return(session: Session, join: Join, by: Actor) -> None:
    survivor, thread = two(session)
    voter = add_person(session, "voter")
    for voted in (survivor, thread):
        cast_vote(session, voted, voter, now=NOW)
    join(thread, survivor)
    take_back_vote(session, survivor, voter, now=NOW)
    assert not has_voted(session, survivor.id, voter)
    undo_merge(session, thread, by=by, now=NOW)
    assert (survivor.votes_total, thread.votes_total) == (0, 0)


def test_what_goes_on_may_be_joined_with_a_third(session: Session, join: Join, by: Actor) -> None:
    second, first = two(session)
    third = make_report(session, "The gate is dark.", author=add_person(session, "third"))
    voter = add_person(session, "voter")
    cast_vote(session, first, voter, now=NOW)
    join(first, second)
    join(second, third)
    assert at(session, Vote, third) == {"voter", "neighbour", "resident"}
    assert find_survivor(session, first.id) == third
    undo_merge(session, first, by=by, now=NOW)
    assert (at(session, Vote, first), at(session, Vote, third)) == ({"voter"}, {"resident"})
    undo_merge(session, second, by=by, now=NOW)
    assert (at(session, Vote, second), at(session, Vote, third)) == (set(), set())


def test_followers_go_along_and_senders_stay_told_in_their_own_way(
    session: Session, join: Join, by: Actor
) -> None:
    survivor, thread = two(session)
    fan = add_person(session, "fan")
    follow_thread(session, thread, fan, Frequency.DAILY, now=NOW)
    follow_thread(session, thread, survivor.author, Frequency.NO_MAIL, now=NOW)
    stop_following(session, thread, thread.author, now=NOW)
    join(thread, survivor)
    assert at(session, Follower, survivor) == {"fan"}
    assert at(session, Follower, thread) == {"resident", "neighbour"}
    undo_merge(session, thread, by=by, now=NOW)
    assert at(session, Follower, thread) == {"fan", "resident", "neighbour"}


def test_to_stop_following_what_was_joined_is_to_stop(session: Session, join: Join, by: Actor) -> None:
    survivor, thread = two(session)
    fan = add_person(session, "fan")
    follow_thread(session, thread, fan, now=NOW)
    join(thread, survivor)
    stop_following(session, thread, fan, now=NOW)
    undo_merge(session, thread, by=by, now=NOW)
    assert at(session, Follower, thread) | at(session, Follower, survivor) == set()


def test_the_same_picture_is_there_once(session: Session, join: Join, by: Actor) -> None:
    survivor, thread = two(session)
    for where, mark in ((survivor, 1), (thread, 1), (thread, 2)):
        photos.add(session, where, mark=mark, now=NOW)
    join(thread, survivor)
    assert (survivor.photos_total, thread.photos_total) == (2, 1)
    undo_merge(session, thread, by=by, now=NOW)
    assert (survivor.photos_total, thread.photos_total) == (1, 2)


def test_nothing_private_comes_to_the_public(session: Session, join: Join) -> None:
    survivor = make_report(session, "The lamp is dark.")
    private = make_report(session, "My stairs are dark.", author=person(session, "neighbour"), private=True)
    photos.add(session, private, now=NOW)
    join(private, survivor)
    assert survivor.photos_total == 0
    assert survivor.votes_total == 1


def test_what_can_not_be_joined(session: Session, by: Actor) -> None:
    report, other = two(session)
    urgent = make_report(session, "Sparks from a cable.")
    urgent.is_urgent = True
    pairs = [
        (report, report),
        (report, make_idea(session)),
        (report, make_undecided(session)),
        (make_undecided(session), make_undecided(session)),
        (report, make_report(session, private=True)),
        (urgent, report),
    ]
    for thread, survivor in pairs:
        with pytest.raises(Conflict):
            merge_threads(session, thread, survivor, by=by, now=NOW)
    merge_threads(session, report, other, by=by, now=NOW)
    for thread, survivor in ((report, urgent), (urgent, report)):
        with pytest.raises(Conflict):
            merge_threads(session, thread, survivor, by=by, now=NOW)


def test_what_nobody_sorted_is_joined_with_either_kind(session: Session, join: Join) -> None:
    for survivor in (make_report(session), make_idea(session)):
        thread = make_undecided(session, "The gate again.")
        join(thread, survivor)
        assert thread.kind == Kind.UNDECIDED
        assert original_words(session, thread.id) == "The gate again."


def test_who_reads_old_news_is_told(session: Session, by: Actor) -> None:
    report, other = two(session)
    seen = (report.last_sequence, other.last_sequence - 1)
    with pytest.raises(Conflict):
        merge_threads(session, report, other, seen=seen, by=by, now=NOW)


def test_a_withdrawn_survivor_lets_go_of_what_was_joined(session: Session, join: Join) -> None:
    survivor, thread = two(session)
    join(thread, survivor)
    withdraw(session, survivor, by=resident(survivor.author), now=NOW)
    session.commit()
    run_all(NOW)
    session.expire_all()
    assert (thread.status, survivor.votes_total) == (Status.WITH_DEPARTMENT, 0)


def test_nothing_more_is_said_below_what_was_joined(session: Session, join: Join) -> None:
    survivor, thread = two(session)
    known = directory(session)
    assert takes_comments(thread, known)
    join(thread, survivor)
    assert not takes_comments(thread, known)
    assert takes_comments(survivor, known)


def test_to_follow_once_more_what_was_joined_is_to_follow_once(
    session: Session, join: Join, by: Actor
) -> None:
    survivor, thread = two(session)
    reader = add_person(session, "reader")
    follow_thread(session, thread, reader, now=NOW)
    join(thread, survivor)
    follow_thread(session, thread, reader, Frequency.DAILY, now=NOW)  # from a page that was open
    undo_merge(session, thread, by=by, now=NOW)
    session.commit()
    assert "reader" in at(session, Follower, thread)
    assert "reader" not in at(session, Follower, survivor)
