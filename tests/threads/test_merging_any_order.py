"""Joining and taking apart in any order, with votes, followers and photos in between: nothing is lost."""

from collections.abc import Callable
from itertools import count
from typing import Any

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

from portal.core.errors import Conflict
from portal.threads.actions import answer, ask
from portal.threads.additions import Follower, Photo, PhotoState
from portal.threads.events import Actor, find_broken_event, resident
from portal.threads.followers import follow_thread, is_sender
from portal.threads.merging import merge_threads, undo_merge
from portal.threads.models import Statement, Status, Vote
from portal.threads.moving import MOVED
from portal.threads.photos import count_photos
from portal.threads.rules import can_ask
from portal.threads.trees import Tree, find_survivor, list_links_below
from portal.threads.votes import cast_vote, has_voted, take_back_vote, takes_votes
from portal.triage.bulk import state_of
from tests.factories import NOW, add_person, make_report, person

THREADS, PEOPLE = 4, 5
which = st.integers(0, THREADS - 1)
who = st.integers(0, PEOPLE - 1)
_names = count(1)


class Matters(RuleBasedStateMachine):
    """Four reports and five people; `session` is set by the test."""

    session: Session

    @initialize()
    def begin(self) -> None:
        session = self.session
        self.by = Actor(person(session, "coordinator"), "coordinator")
        self.people = [add_person(session, f"p{next(_names)}", verified=n % 2 == 0) for n in range(PEOPLE)]
        self.threads = [
            make_report(session, f"Lamp {n}", author=self.people[n % 2], private=n == 3)
            for n in range(THREADS)
        ]
        self.voted: set[tuple[int, int]] = set()
        self.photos: dict[str, int] = {}

    @rule(thread=which, who=who)
    def vote(self, thread: int, who: int) -> None:
        chosen, voter = self.threads[thread], self.people[who]
        if takes_votes(chosen) and not has_voted(self.session, chosen.id, voter):
            cast_vote(self.session, chosen, voter, now=NOW)
            self.voted.add((chosen.id, voter.id))

    @rule(thread=which, who=who)
    def take_back(self, thread: int, who: int) -> None:
        chosen, voter = self.threads[thread], self.people[who]
        if not takes_votes(chosen):
            return
        take_back_vote(self.session, chosen, voter, now=NOW)
        joined = {t.id for t in Tree.of(self.session, chosen.id).threads}
        self.voted -= {(number, voter.id) for number in joined}

    @rule(thread=which, who=who)
    def follow(self, thread: int, who: int) -> None:
        if self.threads[thread].status != Status.DUPLICATE:
            follow_thread(self.session, self.threads[thread], self.people[who], now=NOW)

    @rule(thread=which, who=who, source=st.integers(1, 4))
    def add_photo(self, thread: int, who: int, source: int) -> None:
        chosen = self.threads[thread]
        there = select(Photo.source).where(Photo.thread_id == chosen.id)
        if chosen.status == Status.DUPLICATE or str(source) in set(self.session.scalars(there)):
            return
        key = f"key-{next(_names)}"
        self.session.add(
            Photo(
                thread_id=chosen.id,
                person_id=self.people[who].id,
                key=key,
                source=str(source),
                width=1,
                height=1,
                state=PhotoState.SHOWN if who % 2 else PhotoState.FIRST_LOOK,
                created_at=NOW,
            )
        )
        self.photos[key] = chosen.id
        self.session.flush()
        count_photos(self.session, chosen)

    @rule(thread=which)
    def ask_or_answer(self, thread: int) -> None:
        chosen = self.threads[thread]
        if chosen.status == Status.WAITING:
            answer(self.session, chosen, "The third.", by=resident(chosen.author), now=NOW)
        elif can_ask(chosen.status):
            ask(self.session, chosen, "Which lamp?", by=self.by, now=NOW)

    @rule(thread=which, survivor=which, undo_at_once=st.booleans())
    def merge(self, thread: int, survivor: int, undo_at_once: bool) -> None:
        one, other = self.threads[thread], self.threads[survivor]
        settle_now = self.snapshot()
        try:
            merge_threads(self.session, one, other, by=self.by, now=NOW)
        except Conflict:
            return
        if undo_at_once:
            undo_merge(self.session, one, by=self.by, now=NOW)
            assert self.snapshot() == settle_now

    @precondition(lambda self: any(t.status == Status.DUPLICATE for t in self.threads))
    @rule(thread=which)
    def undo(self, thread: int) -> None:
        joined = [t for t in self.threads if t.status == Status.DUPLICATE]
        undo_merge(self.session, joined[thread % len(joined)], by=self.by, now=NOW)

    def snapshot(self) -> Any:
        """Return all that a merge touches: the rows, and all that each thread's own row says."""
        self.session.flush()
        rows = [
            sorted(
                (row.id, row.thread_id, row.moved_from_id or 0)
                for row in self.session.execute(
                    select(table.id, table.thread_id, table.moved_from_id).where(
                        table.thread_id.in_([t.id for t in self.threads])
                    )
                )
            )
            for table in MOVED
        ]
        return rows, [state_of(thread) for thread in self.threads]

    def given(self, table: type[Any], *columns: Any) -> list[tuple[Any, ...]]:
        """Return for every row the thread it was given to, and these columns."""
        ids = [t.id for t in self.threads]
        found = self.session.execute(
            select(table.moved_from_id, table.thread_id, *columns).where(table.thread_id.in_(ids))
        )
        return [(r[0] or r[1], *r[2:]) for r in found]

    @invariant()
    def every_vote_and_photo_is_there(self) -> None:
        if not hasattr(self, "threads"):
            return
        self.session.flush()
        votes = self.given(Vote, Vote.person_id, Vote.for_sending)
        assert {(home, p) for home, p, for_sending in votes if not for_sending} == self.voted
        assert {key: home for home, key in self.given(Photo, Photo.key)} == self.photos

    @invariant()
    def each_survivor_counts_everybody_once(self) -> None:
        if not hasattr(self, "threads"):
            return
        for thread in self.threads:
            if thread.status == Status.DUPLICATE:
                assert find_survivor(self.session, thread.id).status != Status.DUPLICATE  # type: ignore[union-attr]
                continue
            joined = {t.id for t in Tree.of(self.session, thread.id).threads}
            voters = {p for home, p in self.voted if home in joined}
            senders = {t.author.root_id for t in self.threads if t.id in joined - {thread.id}} - {
                thread.author.root_id
            }
            taken_back = senders - {p.id for p in self.people if has_voted(self.session, thread.id, p)}
            assert thread.votes_total == len(voters | senders - taken_back)

    @invariant()
    def no_sender_is_told_as_a_follower(self) -> None:
        if not hasattr(self, "threads"):
            return
        for thread in self.threads:
            own = select(Follower).where(Follower.thread_id == thread.id, Follower.moved_from_id.is_not(None))
            for row in self.session.scalars(own):
                assert not is_sender(thread, next(p for p in self.people if p.id == row.person_id))

    def teardown(self) -> None:
        """Take all apart, in the end: everything is at home, and the record is whole."""
        if hasattr(self, "threads"):
            for thread in self.threads:
                if thread.status == Status.DUPLICATE:
                    undo_merge(self.session, thread, by=self.by, now=NOW)
            self.session.flush()
            votes = select(Vote.thread_id, Vote.person_id).where(
                Vote.thread_id.in_([t.id for t in self.threads])
            )
            assert {(v.thread_id, v.person_id) for v in self.session.execute(votes)} == self.voted
            for thread in self.threads:
                assert list_links_below(self.session, thread.id) == []
                assert find_broken_event(self.session, f"thread:{thread.id}") is None
                assert self.session.scalar(select(Statement.text).where(Statement.thread_id == thread.id))
        self.session.rollback()


def test_nothing_is_lost_in_any_order(session: Session) -> None:
    machine: Callable[[], Matters] = type("Machine", (Matters,), {"session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
