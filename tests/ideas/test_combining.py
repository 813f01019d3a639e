"""Combining ideas: every author agrees, and every supporter goes along by themselves or stays."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.errors import Conflict, Invalid
from portal.ideas.actions import open_for_support
from portal.ideas.carrying import carry_support, find_carrying
from portal.ideas.choosing import support, take_back_choice
from portal.ideas.combinations import Combination, Outcome
from portal.ideas.combining import (
    Proposal,
    answer_proposal,
    list_parts,
    propose_combination,
    withdraw_proposal,
)
from portal.threads.actions import hide_words, withdraw
from portal.threads.events import Actor, find_broken_event, resident
from portal.threads.lineage import find_combined, find_onward, lock_counted, read_lineage
from portal.threads.models import Event, Status, Thread, Visibility
from portal.threads.votes import recount_votes_of
from tests.factories import NOW, add_person, directory, make_idea, person
from tests.ideas.calling import make_call, make_idea_in

WHY = "Both want shade in the yard."


@pytest.fixture
def by(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def two(session: Session) -> tuple[Thread, Thread]:
    """Return the resident's idea and the neighbour's."""
    return (
        make_idea(session, "Plant trees along the wall.", author=person(session, "resident")),
        make_idea(session, "Put up a sail for shade.", author=person(session, "neighbour")),
    )


def propose(session: Session, ideas: list[Thread], proposal: Proposal, by: Actor) -> Combination:
    locked = lock_counted(session, [idea.id for idea in ideas])
    return propose_combination(session, locked, proposal, directory=directory(session), by=by, now=NOW)


def answer(session: Session, made: Combination, idea: Thread, agrees: bool = True) -> None:
    known, author = directory(session), resident(idea.author)
    answer_proposal(session, made, idea, agrees=agrees, directory=known, by=author, now=NOW)


def combine(session: Session, target: Thread, *others: Thread) -> None:
    by = Actor(person(session, "coordinator"), "coordinator")
    made = propose(session, [target, *others], Proposal(WHY, target), by)
    for idea in (target, *others):
        answer(session, made, idea)


def voter(session: Session, name: str, *ideas: Thread, verified: bool = True) -> Person:
    made = add_person(session, name, verified=verified)
    for idea in ideas:
        support(session, idea, made, now=NOW)
    return made


def test_nothing_changes_before_every_author_agrees(session: Session, by: Actor) -> None:
    target, other = two(session)
    made = propose(session, [target, other], Proposal(WHY, target), by)
    answer(session, made, target)
    assert (made.outcome, other.status) == (Outcome.OPEN, Status.RECEIVED)
    answer(session, made, target)  # said twice
    answer(session, made, other)
    assert (made.outcome, other.status, target.status) == (
        Outcome.COMBINED,
        Status.COMBINED,
        Status.RECEIVED,
    )
    assert find_combined(session, other) is target
    assert find_broken_event(session, f"thread:{other.id}") is None


@pytest.mark.parametrize("verified", [True, False])
def test_personal_numbers_and_unseen_words_of_why_are_not_for_everybody(
    session: Session, verified: bool
) -> None:
    mine = make_idea(session, "Plant trees.", author=add_person(session, "gardener", verified=verified))
    mine.visibility = Visibility.PUBLIC
    other = two(session)[1]
    made = propose(session, [mine, other], Proposal("Ring me: 138 0013 8000.", mine), resident(mine.author))
    answer(session, made, other)
    told = session.scalars(select(Event).where(Event.kind == "idea.combined")).one().statement
    if not verified:
        assert told is None  # nobody has looked at these words
    else:
        assert told is not None
        assert told.text.startswith("Ring me")
        assert "0013" not in told.text


def test_one_no_ends_it_and_who_agreed_may_still_say_no(session: Session, by: Actor) -> None:
    target, other = two(session)
    made = propose(session, [target, other], Proposal(WHY, target), by)
    answer(session, made, target)
    answer(session, made, target, agrees=False)
    assert made.outcome == Outcome.REFUSED
    with pytest.raises(Conflict):
        answer(session, made, other)
    assert other.status == Status.RECEIVED
    propose(session, [target, other], Proposal(WHY, other), by)  # asked anew


def test_an_author_who_proposes_it_agrees_by_that(session: Session) -> None:
    target, other = two(session)
    made = propose(session, [target, other], Proposal(WHY, other), resident(target.author))
    assert [part.agrees for part in list_parts(session, made)] == [True, None]
    answer(session, made, other)
    assert target.status == Status.COMBINED


def test_asked_twice_is_asked_once_and_another_waits(session: Session, by: Actor) -> None:
    target, other = two(session)
    proposal = Proposal(WHY, target)
    made = propose(session, [target, other], proposal, by)
    assert propose(session, [target, other], proposal, by) is made
    third = make_idea(session, "Hang up cloths.")
    with pytest.raises(Conflict):
        propose(session, [third, other], Proposal(WHY, third), by)
    withdraw_proposal(session, made, by=by, now=NOW)
    withdraw_proposal(session, made, by=by, now=NOW)
    propose(session, [third, other], Proposal(WHY, third), by)


def test_supporters_are_counted_where_they_say_and_never_twice(session: Session) -> None:
    target, other = two(session)
    both = voter(session, "both", target, other)
    goes, stays = voter(session, "goes", other), voter(session, "stays", other, verified=False)
    combine(session, target, other)
    assert (target.votes_total, other.votes_total) == (1, 2)
    for _time in range(2):
        carry_support(session, other, goes, carries=True, now=NOW)
    carry_support(session, other, stays, carries=False, now=NOW)
    assert (target.votes_total, target.votes_verified) == (2, 2)
    assert (other.votes_total, other.votes_verified) == (1, 0)
    found = [find_carrying(session, other, who, NOW) for who in (both, goes, stays)]
    assert [(c.is_carried, c.stays) for c in found if c] == [(True, False), (True, False), (False, True)]
    carry_support(session, other, stays, carries=True, now=NOW)
    take_back_choice(session, target, goes, now=NOW)
    assert (target.votes_total, other.votes_total) == (2, 1)  # taken back, it stands where it was


def test_who_is_blocked_by_now_can_take_support_back_but_not_carry_it(session: Session) -> None:
    target, other = two(session)
    who = voter(session, "blocked", other)
    browser = add_person(session, "browser", verified=False)
    combine(session, target, other)
    who.is_blocked, browser.same_as_id = True, who.id
    for record in (who, browser):
        found = find_carrying(session, other, record, NOW)
        assert found is not None
        assert not found.is_open
        with pytest.raises(Conflict):
            carry_support(session, other, record, carries=True, now=NOW)
    carry_support(session, other, who, carries=False, now=NOW)
    assert (target.votes_total, other.votes_total) == (0, 1)
    take_back_choice(session, other, who, now=NOW)
    assert (target.votes_total, other.votes_total) == (0, 0)


def test_an_author_who_is_blocked_by_now_can_say_no_but_not_agree(session: Session, by: Actor) -> None:
    target, other = two(session)
    made = propose(session, [target, other], Proposal(WHY, target), by)
    other.author.is_blocked = True
    with pytest.raises(Conflict):
        answer(session, made, other)
    answer(session, made, other, agrees=False)
    assert made.outcome == Outcome.REFUSED


def test_two_records_of_one_person_count_once(session: Session) -> None:
    target, other = two(session)
    me = voter(session, "me", target)
    browser = voter(session, "browser", other, verified=False)
    combine(session, target, other)
    assert (target.votes_total, other.votes_total) == (1, 1)
    browser.same_as_id = me.id
    session.flush()
    recount_votes_of(session, me, now=NOW)
    assert (target.votes_total, other.votes_total) == (1, 0)


def test_only_supporters_are_asked_and_only_while_support_is_open(session: Session, by: Actor) -> None:
    target, other = two(session)
    goes = voter(session, "goes", other)
    combine(session, target, other)
    stranger = add_person(session, "stranger")
    assert find_carrying(session, other, stranger, NOW) is None
    with pytest.raises(Conflict):
        carry_support(session, other, stranger, carries=True, now=NOW)
    withdraw(session, target, by=by, now=NOW)
    with pytest.raises(Conflict):
        carry_support(session, other, goes, carries=True, now=NOW)


def test_a_text_for_all_becomes_an_idea_of_its_own(session: Session, by: Actor) -> None:
    one, other = two(session)
    open_for_support(session, one, by=by, now=NOW)
    made = propose(session, [one, other], Proposal(WHY, title="Shade", text="Trees and sails."), by)
    for idea in (one, other):
        answer(session, made, idea)
    joint = session.get_one(Thread, made.target_id)
    assert (joint.title, joint.status, joint.visibility) == ("Shade", Status.OPEN, Visibility.PUBLIC)
    assert joint.author is one.author
    assert {one.status, other.status} == {Status.COMBINED}
    lineage = read_lineage(session, other)
    assert lineage is not None
    assert (lineage.thread, [node.thread for node in lineage.parents]) == (joint, [one, other])


def test_combined_again_supporters_of_the_first_go_on_to_the_last(session: Session) -> None:
    second, first = two(session)
    last = make_idea(session, "Shade for all.", author=add_person(session, "third"))
    goes = voter(session, "goes", first)
    combine(session, second, first)
    combine(session, last, second)
    assert find_onward(session, first) is last
    carry_support(session, first, goes, carries=True, now=NOW)
    assert [idea.votes_total for idea in (first, second, last)] == [0, 0, 1]
    lineage = read_lineage(session, first)
    assert lineage is not None
    assert lineage.parents[0].parents[0].thread is first


def test_what_is_not_public_or_has_ended_is_not_combined(session: Session, by: Actor) -> None:
    target, other = two(session)
    hide_words(session, other, "Names people.", by=by, now=NOW)
    with pytest.raises(Invalid, match=other.reference):
        propose(session, [target, other], Proposal(WHY, target), by)
    with pytest.raises(Invalid):
        propose(session, [target], Proposal(WHY, target), by)
    with pytest.raises(Invalid):
        propose(session, [target, make_idea(session)], Proposal("", target), by)


def test_what_moves_on_meanwhile_is_left_as_it_is(session: Session, by: Actor) -> None:
    target, other = two(session)
    made = propose(session, [target, other], Proposal(WHY, target), by)
    answer(session, made, other)
    hide_words(session, other, "Names people.", by=by, now=NOW)
    answer(session, made, target)
    assert (made.outcome, other.status) == (Outcome.OVERTAKEN, Status.RECEIVED)


def test_ideas_of_different_calls_stay_apart(session: Session, by: Actor) -> None:
    call = make_call(session)
    inside = make_idea_in(session, call)
    outside = make_idea(session)
    with pytest.raises(Invalid):
        propose(session, [inside, outside], Proposal(WHY, inside), by)
