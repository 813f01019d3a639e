"""Votes, consents, withdrawals, joining, people who turn out to be one, in any order: none counts twice."""

from collections.abc import Callable
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid
from portal.ideas.carrying import carry_support
from portal.ideas.choosing import support, take_back_choice
from portal.ideas.combining import (
    Proposal,
    answer_proposal,
    find_open,
    propose_combination,
    withdraw_proposal,
)
from portal.threads.actions import withdraw
from portal.threads.events import Actor, find_broken_event, resident
from portal.threads.lineage import lock_counted
from portal.threads.links import LinkKind, ThreadLink
from portal.threads.merging import merge_threads, undo_merge
from portal.threads.models import Status, Thread, Vote
from portal.threads.trees import Tree
from portal.threads.votes import recount_votes_of, takes_votes
from tests.factories import NOW, add_person, directory, make_idea, person

IDEAS, PEOPLE = 4, 4
which = st.integers(0, IDEAS)  # the last: the newest text written for all, if there is one
who = st.integers(0, PEOPLE - 1)
mostly = st.sampled_from((True, True, False))
_names = count(1)


class Ideas(RuleBasedStateMachine):
    """Four ideas, as many who vote, and their authors; `session` is set by the test."""

    session: Session

    @initialize(votes=st.sets(st.tuples(st.integers(0, IDEAS - 1), who), min_size=6))
    def begin(self, votes: set[tuple[int, int]]) -> None:
        session = self.session
        self.by = Actor(person(session, "coordinator"), "coordinator")
        self.people = [add_person(session, f"c{next(_names)}", verified=n % 2 == 0) for n in range(PEOPLE)]
        self.ideas = [
            make_idea(session, f"Idea {n}", author=add_person(session, f"a{next(_names)}"))
            for n in range(IDEAS)
        ]
        self.said: set[tuple[int, int]] = set()  # at which idea somebody gave their support, themselves
        for idea, one in sorted(votes):
            self.vote(idea, one)

    @rule(idea=which, who=who)
    def vote(self, idea: int, who: int) -> None:
        chosen, voter = self.idea(idea), self.people[who]
        if takes_votes(chosen):
            support(self.session, chosen, voter, now=NOW)
            self.said.add((chosen.id, voter.root_id))

    @rule(idea=which, who=who)
    def take_back(self, idea: int, who: int) -> None:
        chosen, voter = self.idea(idea), self.people[who]
        if chosen.status == Status.DUPLICATE:  # it is given at what goes on, and taken back there
            return
        take_back_choice(self.session, chosen, voter, now=NOW)
        own = {p.id for p in self.people if p.root_id == voter.root_id}
        joined = {t.id for t in Tree.of(self.session, chosen.id).threads}
        self.said -= {(number, one) for number in joined for one in own}

    @rule(
        ideas=st.sets(which, min_size=2, max_size=3),
        into=st.integers(0, 3),
        agrees=st.sampled_from((True, True, False)),
    )
    def combine(self, ideas: set[int], into: int, agrees: bool) -> None:
        chosen = list(dict.fromkeys(self.idea(n) for n in ideas))
        proposal = Proposal("Both are one.", chosen[into]) if into < len(chosen) else joint()
        try:
            locked = lock_counted(self.session, [idea.id for idea in chosen])
            made = propose_combination(
                self.session, locked, proposal, directory=self.known, by=self.by, now=NOW
            )
        except (Conflict, Invalid):
            return
        for idea in chosen if agrees else []:
            self.say(idea, agrees=True)
        if made.target_id and made.target_id not in {idea.id for idea in self.ideas}:
            self.ideas.append(self.session.get_one(Thread, made.target_id))

    @rule(idea=which, agrees=st.booleans())
    def answer(self, idea: int, agrees: bool) -> None:
        self.say(self.idea(idea), agrees=agrees)

    def say(self, idea: Thread, *, agrees: bool) -> None:
        made = find_open(self.session, [idea.id])
        if made is not None:
            author = resident(idea.author)
            answer_proposal(self.session, made, idea, agrees=agrees, directory=self.known, by=author, now=NOW)

    @rule(idea=which)
    def take_proposal_back(self, idea: int) -> None:
        made = find_open(self.session, [self.idea(idea).id])
        if made is not None:
            withdraw_proposal(self.session, made, by=self.by, now=NOW)

    @rule(idea=which)
    def give_up(self, idea: int) -> None:
        """Its author takes an idea back; what had gone into it stays where it went."""
        chosen = self.idea(idea)
        try:
            withdraw(self.session, chosen, by=resident(chosen.author), now=NOW)
        except Conflict:
            return

    def idea(self, number: int) -> Thread:
        return self.ideas[number] if number < IDEAS else self.ideas[-1]

    @precondition(lambda self: any(idea.status == Status.COMBINED for idea in self.ideas))
    @rule(idea=which, who=who, carries=mostly)
    def carry(self, idea: int, who: int, carries: bool) -> None:
        old = [one for one in self.ideas if one.status == Status.COMBINED]
        chosen, voter = old[idea % len(old)], self.people[who]
        try:
            target = carry_support(self.session, chosen, voter, carries=carries, now=NOW)
        except Conflict:
            return
        if carries:
            self.said.add((target.id, voter.root_id))

    @rule(idea=which, survivor=which)
    def join(self, idea: int, survivor: int) -> None:
        try:
            merge_threads(self.session, self.idea(idea), self.idea(survivor), by=self.by, now=NOW)
        except Conflict:
            return

    @rule(idea=which)
    def part(self, idea: int) -> None:
        if self.idea(idea).status == Status.DUPLICATE:
            undo_merge(self.session, self.idea(idea), by=self.by, now=NOW)

    @rule(one=who, other=who)
    def turn_out_to_be(self, one: int, other: int) -> None:
        """One record turns out to be the same person as another."""
        browser, known = self.people[one], self.people[other]
        is_root = all(p.same_as_id != browser.id for p in self.people)
        if browser is not known and is_root and browser.same_as_id is None and known.same_as_id is None:
            browser.same_as_id = known.id
            self.session.flush()
            recount_votes_of(self.session, known, now=NOW)

    @property
    def known(self) -> Directory:
        return directory(self.session)

    def voters(self, numbers: set[int]) -> set[int]:
        """Return who has a vote at any of these, each person once."""
        rows = self.session.scalars(
            select(Person).join(Vote, Vote.person_id == Person.id).where(Vote.thread_id.in_(numbers))
        )
        return {one.root_id for one in rows}

    def onward(self, idea: Thread) -> set[int]:
        links = self.session.scalars(
            select(ThreadLink).where(
                ThreadLink.kind.in_((LinkKind.COMBINED, LinkKind.DUPLICATE)), ThreadLink.ended_at.is_(None)
            )
        )
        above, goes_on = idea.id, {link.from_id: link.to_id for link in links}
        found = set()
        while above in goes_on:
            above = goes_on[above]
            found.add(above)
        return found

    @invariant()
    def nobody_is_counted_at_an_idea_and_again_at_what_it_became(self) -> None:
        if not hasattr(self, "ideas"):
            return
        self.session.flush()
        for idea in self.ideas:
            if idea.status == Status.DUPLICATE:  # its votes stand at its survivor; see test_merging_any_order
                continue
            counted = self.voters({idea.id})
            if idea.status == Status.COMBINED:
                counted -= self.voters(self.onward(idea))
            assert idea.votes_total == len(counted)
            assert idea.votes_verified <= idea.votes_total

    @invariant()
    def nobody_is_counted_where_they_gave_no_support(self) -> None:
        if not hasattr(self, "ideas"):
            return
        roots = {p.id: p.root_id for p in self.people}
        authors = {idea.author.root_id for idea in self.ideas}
        for idea in self.ideas:
            joined = {t.id for t in Tree.of(self.session, idea.id).threads}
            said = {roots[number] for home, number in self.said if home in joined}
            assert self.voters({idea.id}) - authors <= said

    def teardown(self) -> None:
        if hasattr(self, "ideas"):
            for idea in self.ideas:
                assert find_broken_event(self.session, f"thread:{idea.id}") is None
        self.session.rollback()


def joint() -> Proposal:
    return Proposal("Both are one.", title="One idea", text="All in one.")


def test_nobody_counts_twice_in_any_order(session: Session) -> None:
    machine: Callable[[], Ideas] = type("Machine", (Ideas,), {"session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
