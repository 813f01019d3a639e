"""Versions of an idea: what changes, what never does, and who is asked anew."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid, TooMany
from portal.core.i18n import in_language
from portal.ideas.actions import decide_idea, open_for_support
from portal.ideas.changing import (
    MOST_A_DAY,
    change_idea,
    keep_support,
    mark_substance,
    read_wording,
    refuse_version,
    show_version,
)
from portal.ideas.choosing import take_back_choice
from portal.ideas.models import Idea
from portal.ideas.versions import (
    Support,
    VersionState,
    count_support,
    find_waiting,
    is_asked_anew,
    list_versions,
)
from portal.threads.events import Actor, resident
from portal.threads.merging import merge_threads
from portal.threads.models import Status, Thread, Visibility
from portal.threads.queries import find_published, list_events, original_words
from portal.threads.votes import cast_vote
from tests.factories import NOW, add_person, make_idea, person
from tests.ideas.calling import make_call, make_idea_in
from tests.ideas.changing import change

FIRST, SECOND = "Let us plant herbs by the gate.", "Let us plant trees by the gate."


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def supported(session: Session, thread: Thread) -> Support:
    return count_support(session, thread, session.get_one(Idea, thread.id))


def is_asked(session: Session, thread: Thread, name: str) -> bool:
    return is_asked_anew(session, thread, session.get_one(Idea, thread.id), person(session, name))


def shown_words(session: Session, thread: Thread) -> str:
    found = find_published(session, thread.reference)
    assert found is not None
    return found.words


def test_a_new_version_is_shown_and_the_original_stays(session: Session) -> None:
    idea = make_idea(session, FIRST)
    change(session, idea, SECOND, why="Trees last.", cost="Call 13812345678")
    assert shown_words(session, idea) == SECOND
    assert (idea.title, idea.version) == (SECOND, 2)
    assert session.get_one(Idea, idea.id).cost == "Call 13812345678"
    assert original_words(session, idea.id) == FIRST
    assert [(v.number, v.wording.text, v.why) for v in list_versions(session, idea.id)] == [
        (1, FIRST, ""),
        (2, SECOND, "Trees last."),
    ]


def test_personal_numbers_in_a_new_version_are_covered(session: Session) -> None:
    idea = make_idea(session, FIRST)
    change(session, idea, "Ring 13812345678 for herbs.")
    assert "13812345678" not in shown_words(session, idea) + idea.title


def test_words_of_somebody_unverified_wait_until_staff_have_looked(session: Session) -> None:
    unproven = add_person(session, "unproven", verified=False)
    idea = make_idea(session, FIRST, author=unproven)
    idea.visibility = Visibility.PUBLIC
    version = change(session, idea, SECOND, is_substance=True)
    assert shown_words(session, idea) == FIRST
    assert (idea.version, list_versions(session, idea.id)[-1].number) == (1, 1)
    assert read_wording(session, idea).text == SECOND  # its sender goes on from there
    show_version(session, idea, version, by=coordinator(session), now=NOW)
    assert shown_words(session, idea) == SECOND
    assert session.get_one(Idea, idea.id).substance == 2


def test_a_version_that_is_not_shown_leaves_the_one_before(session: Session) -> None:
    idea = make_idea(session, FIRST, author=add_person(session, "unproven", verified=False))
    idea.visibility = Visibility.PUBLIC
    version = change(session, idea, "Rude words.")
    with pytest.raises(Invalid):
        refuse_version(session, idea, version, "", by=coordinator(session), now=NOW)
    refuse_version(session, idea, version, "Please stay friendly.", by=coordinator(session), now=NOW)
    assert (shown_words(session, idea), find_waiting(session, idea.id)) == (FIRST, None)
    assert read_wording(session, idea).text == FIRST
    with pytest.raises(Conflict):
        show_version(session, idea, version, by=coordinator(session), now=NOW)


def test_a_second_one_takes_the_place_of_what_nobody_has_looked_at(session: Session) -> None:
    idea = make_idea(session, FIRST, author=add_person(session, "unproven", verified=False))
    idea.visibility = Visibility.PUBLIC
    first = change(session, idea, SECOND)
    second = change(session, idea, "Let us plant grass.")
    assert first.state == VersionState.REPLACED
    assert find_waiting(session, idea.id) == second


def test_sent_twice_it_is_one_version(session: Session) -> None:
    idea = make_idea(session, FIRST)
    made = change(session, idea, SECOND)
    again = change_idea(
        session, idea, made.wording, is_substance=False, why="", seen=0, by=resident(idea.author), now=NOW
    )
    assert (again, idea.version) == (made, 2)


def test_nothing_different_or_another_window_changes_nothing(session: Session) -> None:
    idea = make_idea(session, FIRST)
    with pytest.raises(Invalid):
        change(session, idea, FIRST)
    made = change(session, idea, SECOND)
    by = resident(idea.author)
    old = read_wording(session, make_idea(session, "Something else."))
    with pytest.raises(Conflict):
        change_idea(session, idea, old, is_substance=False, why="", seen=0, by=by, now=NOW)
    assert list_versions(session, idea.id)[-1] == made


def test_there_are_only_some_changes_in_a_day(session: Session) -> None:
    idea = make_idea(session, FIRST)
    for n in range(MOST_A_DAY):
        change(session, idea, f"Herbs, {n}.")
    with pytest.raises(TooMany):
        change(session, idea, "Once more.")
    change(session, idea, "Once more.", now=NOW + timedelta(days=2))


def test_nothing_changes_once_it_is_decided(session: Session) -> None:
    idea = make_idea(session, FIRST)
    decide_idea(session, idea, Status.LATER, "Not now.", by=coordinator(session), now=NOW)
    with pytest.raises(Conflict):
        change(session, idea, SECOND)
    open_for_support(session, idea, by=coordinator(session), now=NOW)
    change(session, idea, SECOND)


def test_nothing_changes_once_the_panel_of_its_call_reviews(session: Session) -> None:
    call = make_call(session)
    idea = make_idea_in(session, call, FIRST)
    change(session, idea, SECOND, now=clock.now())
    call.collects_until = call.supports_until = today() - timedelta(days=1)
    with pytest.raises(Conflict):
        change(session, idea, FIRST, now=clock.now())


def test_a_change_of_wording_asks_nobody(session: Session) -> None:
    idea = make_idea(session, FIRST)
    cast_vote(session, idea, person(session, "neighbour"), now=NOW)
    change(session, idea, SECOND)
    assert supported(session, idea) == Support(1, 0)
    assert not is_asked(session, idea, "neighbour")


def test_who_supported_what_was_before_counts_and_is_asked_anew(session: Session) -> None:
    idea = make_idea(session, FIRST)
    cast_vote(session, idea, person(session, "neighbour"), now=NOW)
    change(session, idea, SECOND, is_substance=True)
    cast_vote(session, idea, person(session, "officer"), now=NOW)
    assert (idea.votes_total, supported(session, idea)) == (2, Support(1, 1))
    assert is_asked(session, idea, "neighbour")
    assert not is_asked(session, idea, "officer")
    keep_support(session, idea, person(session, "neighbour"), seen=2, now=NOW)
    keep_support(session, idea, person(session, "neighbour"), seen=2, now=NOW)
    assert (idea.votes_total, supported(session, idea)) == (2, Support(2, 0))


def test_who_is_blocked_by_now_can_take_support_back_but_not_keep_it(session: Session) -> None:
    idea, neighbour = make_idea(session, FIRST), person(session, "neighbour")
    cast_vote(session, idea, neighbour, now=NOW)
    change(session, idea, SECOND, is_substance=True)
    neighbour.is_blocked = True
    with pytest.raises(Conflict):
        keep_support(session, idea, neighbour, seen=2, now=NOW)
    assert supported(session, idea) == Support(0, 1)
    take_back_choice(session, idea, neighbour, now=NOW)
    with pytest.raises(Conflict):
        cast_vote(session, idea, neighbour, now=NOW)
    assert supported(session, idea) == Support(0, 0)


def test_an_answer_is_about_the_version_that_was_seen(session: Session) -> None:
    idea = make_idea(session, FIRST)
    cast_vote(session, idea, person(session, "neighbour"), now=NOW)
    change(session, idea, SECOND, is_substance=True)
    change(session, idea, "Concrete.", is_substance=True)
    with pytest.raises(Conflict):
        keep_support(session, idea, person(session, "neighbour"), seen=2, now=NOW)
    take_back_choice(session, idea, person(session, "neighbour"), now=NOW)
    with pytest.raises(Conflict):
        keep_support(session, idea, person(session, "neighbour"), seen=3, now=NOW)
    assert supported(session, idea) == Support(0, 0)


def test_staff_can_say_that_a_version_changed_the_substance(session: Session) -> None:
    idea = make_idea(session, FIRST)
    cast_vote(session, idea, person(session, "neighbour"), now=NOW)
    version = change(session, idea, SECOND)
    change(session, idea, SECOND + " Soon.")
    for _twice in range(2):
        mark_substance(session, idea, version, by=coordinator(session), now=NOW)
    assert supported(session, idea) == Support(0, 1)
    told = [e.kind for e in list_events(session, idea.id, "public")]
    assert told.count("idea.substance_marked") == 1
    with pytest.raises(Conflict):  # the first one changed nothing
        mark_substance(session, idea, list_versions(session, idea.id)[0], by=coordinator(session), now=NOW)


def test_the_sender_of_a_joined_idea_is_asked_and_kept_once(session: Session) -> None:
    officer = person(session, "officer")
    idea, other = make_idea(session, FIRST), make_idea(session, "Herbs!", author=officer)
    merge_threads(session, other, idea, by=coordinator(session), now=NOW)
    assert idea.votes_total == 1
    change(session, idea, SECOND, is_substance=True, now=NOW + timedelta(hours=1))
    assert supported(session, idea) == Support(0, 1)
    keep_support(session, idea, officer, seen=2, now=NOW + timedelta(hours=2))
    assert (idea.votes_total, supported(session, idea)) == (1, Support(1, 0))


def test_an_idea_that_people_support_is_not_joined_over_their_heads(session: Session) -> None:
    idea, other = make_idea(session, FIRST), make_idea(session, "Herbs!", author=person(session, "officer"))
    cast_vote(session, other, person(session, "neighbour"), now=NOW)
    with pytest.raises(Conflict, match="Combine the two"), in_language("en"):
        merge_threads(session, other, idea, by=coordinator(session), now=NOW)
    assert (idea.votes_total, other.votes_total) == (0, 1)
