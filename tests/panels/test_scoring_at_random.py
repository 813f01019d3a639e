"""Whatever a panel does, in whatever order: it comes to what those who count gave, and nothing else."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.dates import end_of_day
from portal.core.errors import DomainError
from portal.panels.actions import declare
from portal.panels.models import Review
from portal.panels.queries import list_seats
from portal.panels.results import read_scores
from portal.panels.reveal_jobs import reveal_what_is_over
from portal.panels.scoring import hand_in, list_marks, reveal_early, revise, save_answers
from portal.panels.sealing import count_in, is_revealed
from portal.threads.actions import lock_thread
from tests.factories import NOW, person
from tests.ideas.calling import coordinator
from tests.panels.scoring_scene import PANEL, make_review, seat_of, seen, whole

STEPS = 30
Value = int | None


@dataclass
class Expected:
    """What ought to be: who is recused, what each handed in first, and what each says now."""

    recused: set[str] = field(default_factory=set)
    first: dict[str, Value] = field(default_factory=dict)
    last: dict[str, Value] = field(default_factory=dict)
    is_revealed: bool = False

    def counted(self, given: dict[str, Value]) -> list[Value]:
        return [value for name, value in given.items() if name not in self.recused]


class Panel:
    """The three, doing what chance has them do; what is refused must be what ought to be."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self.session, self.chance = session, chance
        self.review: Review = make_review(session)
        self.now: datetime = NOW + timedelta(hours=1)
        self.ought = Expected()

    def step(self) -> None:
        deed = self.chance.choice(["save", "hand_in", "hand_in", "revise", "recuse", "hurry", "wait"])
        name = self.chance.choice(PANEL)
        value = self.chance.choice([None, 0, 1, 2, 3, 4, 5])
        with suppress(DomainError):  # refused; whether rightly, `check` tells
            getattr(self, deed)(name, value)
        self.session.flush()

    def save(self, name: str, value: Value) -> None:
        seat = seat_of(self.session, self.review, name)
        answers = whole(self.session, self.review, value, "A draft.")
        save_answers(self.session, seat, answers, seen=seen(self.session, seat), now=self.now)

    def hand_in(self, name: str, value: Value) -> None:
        seat = seat_of(self.session, self.review, name)
        answers = whole(self.session, self.review, value)
        hand_in(self.session, seat, answers, seen=seen(self.session, seat), now=self.now)
        self.ought.first.setdefault(name, value)
        self.ought.last.setdefault(name, value)
        self.ought.is_revealed |= set(self.ought.first) | self.ought.recused == set(PANEL)

    def revise(self, name: str, value: Value) -> None:
        seat = seat_of(self.session, self.review, name)
        answers = whole(self.session, self.review, value)
        revise(self.session, seat, answers, seen=seen(self.session, seat), now=self.now)
        self.ought.last[name] = value

    def recuse(self, name: str, _value: Value) -> None:
        if self.chance.random() < 0.5:
            return
        thread = lock_thread(self.session, self.review.thread_id)
        said = {"has_interest": True, "interest": "A cousin."}
        declare(self.session, thread, self.review, person(self.session, name), now=self.now, **said)  # type: ignore[arg-type]
        self.ought.recused.add(name)

    def hurry(self, _name: str, _value: Value) -> None:
        reveal_early(self.session, self.review, by=coordinator(self.session), now=self.now)
        self.ought.is_revealed = True
        assert set(self.ought.first) | self.ought.recused == set(PANEL)

    def wait(self, _name: str, _value: Value) -> None:
        if self.chance.random() < 0.1:
            self.now = end_of_day(self.review.last_day) + timedelta(minutes=1)
            self.ought.is_revealed = True
            if self.chance.random() < 0.5:
                reveal_what_is_over(self.session, {}, self.now)

    def check(self) -> None:
        """Compare all that is reckoned with what ought to be."""
        ought = self.ought
        assert is_revealed(self.review, self.now) == ought.is_revealed
        waiting = [name for name in PANEL if name not in ought.recused]
        done = [name for name in waiting if name in ought.first]
        assert count_in(list_seats(self.session, self.review)) == (len(done), len(waiting))
        scores = read_scores(self.session, self.review)
        for outcome, given in ((scores.first, ought.first), (scores.last, ought.last)):
            counted = ought.counted(given)
            numbers = [value for value in counted if value is not None]
            assert outcome.mean == (pytest.approx(sum(numbers) / len(numbers)) if numbers else None)
            assert all(
                (r.given, r.given + r.abstained) == (len(numbers), len(counted)) for r in outcome.results
            )
        for name, value in ought.first.items():
            marks = list_marks(self.session, seat_of(self.session, self.review, name), is_revised=False)
            assert {min(mark.value or 0, 1) for mark in marks} == {min(value or 0, 1)}
            assert {mark.value for mark in marks[:-1]} == {value}  # the first is never changed
            assert {mark.reason for mark in marks} == {"So it is."}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_they_do_only_those_who_count_are_counted(session: Session, seed: int) -> None:
    panel = Panel(session, random.Random(seed))  # not for secrets
    for _step in range(STEPS):
        panel.step()
        panel.check()
