"""Versions, votes, answers, joining and parting in any order: no supporter is lost or counted twice."""

from datetime import timedelta
from itertools import count

import pytest
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
from sqlalchemy.orm import Session

from portal.core.errors import Conflict
from portal.ideas.changing import (
    keep_support,
    mark_substance,
    refuse_version,
    show_version,
)
from portal.ideas.choosing import support, take_back_choice
from portal.ideas.models import Idea
from portal.ideas.versions import (
    count_support,
    find_waiting,
    is_asked_anew,
    list_versions,
)
from portal.threads.events import Actor, find_broken_event
from portal.threads.merging import merge_threads, undo_merge
from portal.threads.models import Visibility
from portal.threads.queries import find_published, original_words
from tests.factories import NOW, add_person, make_idea, person
from tests.ideas.changing import change

PEOPLE = 3
who = st.integers(0, PEOPLE - 1)
_names, _texts = count(1), count(1)


class Changing(RuleBasedStateMachine):
    """One idea that changes, another that nobody supports yet, and three people; `session` is set.

    `supports` says what each person did last: True for the words as they are, False for earlier ones.
    """

    session: Session
    is_known: bool  # its sender

    @initialize()
    def begin(self) -> None:
        session = self.session
        self.by, self.now = Actor(person(session, "coordinator"), "coordinator"), NOW
        self.people = [add_person(session, f"c{next(_names)}", verified=n % 2 == 0) for n in range(PEOPLE)]
        sender = add_person(session, f"c{next(_names)}", verified=self.is_known)
        self.idea = make_idea(session, "The first words.", author=sender)
        self.idea.visibility = Visibility.PUBLIC
        self.other = make_idea(session, "Another idea.", author=sender)
        self.supports: dict[int, bool] = {}
        self.shown, self.joined = "The first words.", False
        for number in range(PEOPLE - 1):
            self.vote(number)

    def tick(self) -> None:
        self.now += timedelta(minutes=10)

    @rule(who=who)
    def vote(self, who: int) -> None:
        self.tick()
        support(self.session, self.idea, self.people[who], now=self.now)
        self.supports.setdefault(who, True)

    @rule(who=who)
    def take_back(self, who: int) -> None:
        self.tick()
        take_back_choice(self.session, self.idea, self.people[who], now=self.now)
        self.supports.pop(who, None)

    @precondition(lambda self: self.supports)
    @rule(who=who, behind=st.sampled_from((0, 0, 0, 1)))
    def keep(self, who: int, behind: int) -> None:
        """Somebody who supports it answers; about a version before the newest it is no answer."""
        self.tick()
        number = sorted(self.supports)[who % len(self.supports)]
        chosen, seen = self.people[number], self.idea.version - behind
        try:
            keep_support(self.session, self.idea, chosen, seen=seen, now=self.now)
        except Conflict:
            assert behind
        else:
            assert not behind
            self.supports[number] = True

    @rule(who=who)
    def keep_nothing(self, who: int) -> None:
        if who not in self.supports:
            with pytest.raises(Conflict):
                keep_support(self.session, self.idea, self.people[who], seen=self.idea.version, now=self.now)

    @rule(is_substance=st.sampled_from((True, True, False)))
    def rewrite(self, is_substance: bool) -> None:
        self.now += timedelta(days=1)
        if len(list_versions(self.session, self.idea.id)) > 8:
            return
        text = f"Other words, {next(_texts)}."
        version = change(self.session, self.idea, text, is_substance=is_substance, now=self.now)
        if version.number is not None:
            self._is_shown(text, is_substance)

    def _is_shown(self, text: str, is_substance: bool) -> None:
        self.shown = text
        if is_substance:
            self.supports = dict.fromkeys(self.supports, False)

    @rule(is_shown=st.booleans())
    def look(self, is_shown: bool) -> None:
        self.tick()
        version = find_waiting(self.session, self.idea.id)
        if version is None:
            return
        if is_shown:
            show_version(self.session, self.idea, version, by=self.by, now=self.now)
            self._is_shown(version.wording.text, version.is_substance)
        else:
            refuse_version(self.session, self.idea, version, "Not like this.", by=self.by, now=self.now)

    @rule()
    def mark(self) -> None:
        """Staff mark the newest version: whoever did not choose it counts as before."""
        self.tick()
        newest = (list_versions(self.session, self.idea.id) or [None])[-1]
        if newest is None or newest.number == 1 or newest.is_substance:
            return
        idea = self.session.get_one(Idea, self.idea.id)
        mark_substance(self.session, self.idea, newest, by=self.by, now=self.now)
        for number in self.supports:
            self.supports[number] = not is_asked_anew(self.session, self.idea, idea, self.people[number])

    @rule()
    def join_or_part(self) -> None:
        """The other idea, which nobody supports, is joined or parted: that asks nobody anything."""
        self.tick()
        if self.joined:
            undo_merge(self.session, self.other, by=self.by, now=self.now)
        else:
            merge_threads(self.session, self.other, self.idea, by=self.by, now=self.now)
        self.joined = not self.joined

    @invariant()
    def everybody_counts_once(self) -> None:
        support_ = count_support(self.session, self.idea, self.session.get_one(Idea, self.idea.id))
        assert self.idea.votes_total == len(self.supports)
        assert support_.now == sum(self.supports.values())
        assert support_.earlier == len(self.supports) - support_.now
        assert self.other.votes_total == 0

    @invariant()
    def words_are_kept(self) -> None:
        found = find_published(self.session, self.idea.reference)
        assert found is not None
        assert found.words == self.shown
        assert original_words(self.session, self.idea.id) == "The first words."
        numbers = [version.number for version in list_versions(self.session, self.idea.id)]
        assert numbers in ([], list(range(1, self.idea.version + 1)))

    def teardown(self) -> None:
        assert find_broken_event(self.session, f"thread:{self.idea.id}") is None


def play(session: Session, is_known: bool) -> None:
    def machine() -> Changing:
        session.rollback()
        made = Changing()
        made.session, made.is_known = session, is_known
        return made

    checks = list(HealthCheck)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=checks
        ),
    )


def test_of_a_verified_sender(session: Session) -> None:
    play(session, is_known=True)


def test_of_an_unverified_sender(session: Session) -> None:
    play(session, is_known=False)
