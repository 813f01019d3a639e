"""Votes counted at the same moment in ideas that were combined: nobody waits in a ring, all are counted."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.db import begin_write, db
from portal.ideas.carrying import carry_support
from portal.ideas.choosing import support
from portal.threads import models, votes
from portal.threads.lineage import lock_counted
from portal.threads.votes import recount_votes_of
from tests.factories import NOW, add_person, make_idea, person
from tests.ideas.test_combining import combine

PAUSE = 0.5  # seconds: long enough for the other one to take what it can


@pytest.fixture
def numbers(app: Flask) -> dict[str, int]:
    """An older idea that went into a newer one; one of two supports both, the other the older one."""
    with app.app_context():
        session = db.session()
        begin_write(session)
        older, newer, third = (
            make_idea(session, f"Shade {n}.", author=person(session, who))
            for n, who in enumerate(("resident", "neighbour", "officer"))
        )
        both, one = add_person(session, "both"), add_person(session, "one")
        for who, idea in ((both, older), (both, newer), (one, older)):
            support(session, idea, who, now=NOW)
        combine(session, newer, older)
        session.commit()
        found = {"older": older.id, "newer": newer.id, "third": third.id, "both": both.id, "one": one.id}
        assert found["older"] < found["newer"] < found["third"]
        return found


def while_it_counts(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    first: Callable[[Session], None],
    *others: Callable[[Session], None],
) -> list[BaseException]:
    """Begin the first; once it holds its idea and is about to count, begin the others. Return what failed."""
    holds, failed = Event(), []

    def pause(_session: Session, _thread: models.Thread, _person: Person) -> None:
        if not holds.is_set():
            holds.set()
            Event().wait(PAUSE)

    def run(deed: Callable[[Session], None]) -> None:
        with app.app_context():
            session = db.session()
            begin_write(session)
            try:
                deed(session)
                session.commit()
            except Exception as error:
                session.rollback()
                failed.append(error)

    monkeypatch.setattr(votes, "before_vote", [pause])
    runners = [Thread(target=run, args=(deed,)) for deed in (first, *others)]
    runners[0].start()
    assert holds.wait(timeout=30)
    for runner in runners[1:]:
        runner.start()
    for runner in runners:
        runner.join(timeout=60)
    return failed


def test_carried_over_while_a_supporter_of_both_is_counted_anew(
    app: Flask, monkeypatch: pytest.MonkeyPatch, numbers: dict[str, int]
) -> None:
    def carry(session: Session) -> None:
        older, one = session.get_one(models.Thread, numbers["older"]), session.get_one(Person, numbers["one"])
        carry_support(session, older, one, carries=True, now=NOW)

    def recount(session: Session) -> None:
        recount_votes_of(session, session.get_one(Person, numbers["both"]), now=NOW)

    assert while_it_counts(app, monkeypatch, carry, recount) == []
    check(app, numbers, older=0, newer=2)


def test_supported_while_it_is_to_be_combined_further_and_taken_back_below(
    app: Flask, monkeypatch: pytest.MonkeyPatch, numbers: dict[str, int]
) -> None:
    def vote(session: Session) -> None:
        [newer] = lock_counted(session, [numbers["newer"]])
        support(session, newer, session.get_one(Person, numbers["one"]), now=NOW)

    def combine_further(session: Session) -> None:
        combine(session, *(session.get_one(models.Thread, numbers[name]) for name in ("third", "newer")))

    def take_back(session: Session) -> None:
        [older] = lock_counted(session, [numbers["older"]])
        votes.take_back_vote(session, older, session.get_one(Person, numbers["both"]), now=NOW)

    assert while_it_counts(app, monkeypatch, vote, combine_further, take_back) == []
    check(app, numbers, older=0, newer=2, third=0)


def check(app: Flask, numbers: dict[str, int], **counts: int) -> None:
    with app.app_context():
        session = db.session()
        found = {name: session.get_one(models.Thread, numbers[name]).votes_total for name in counts}
        assert found == counts
