from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.core.db import begin_write, db
from portal.core.errors import Conflict
from portal.core.outbox import Job
from portal.reports.actions import mark_fixed, start_work
from portal.threads.actions import lock_thread, note, reply
from portal.threads.events import (
    ADMINISTRATION,
    SYSTEM,
    TOPIC,
    Actor,
    find_broken_event,
    record_administration,
)
from portal.threads.models import Event, Thread
from portal.threads.queries import list_events
from tests.factories import NOW, make_report, person


@pytest.fixture
def report(session: Session) -> Thread:
    """A report to which several things have happened."""
    report = make_report(session)
    officer = Actor(person(session, "officer"), "officer")
    start_work(session, report, by=officer, now=NOW)
    note(session, report, "Known to us.", by=officer, now=NOW)
    reply(session, report, "Tomorrow.", by=officer, now=NOW)
    mark_fixed(session, report, "A new bulb.", by=officer, now=NOW)
    return report


def stream(thread: Thread) -> str:
    return f"thread:{thread.id}"


def test_an_untouched_record_is_whole_after_being_read_back(session: Session, report: Thread) -> None:
    session.commit()
    assert find_broken_event(session, stream(report)) is None
    sequences = session.scalars(select(Event.sequence).where(Event.thread_id == report.id)).all()
    assert sorted(sequences) == list(range(1, report.last_sequence + 1))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "report.no_action"},
        {"actor_id": None},
        {"actor_role": "coordinator"},
        {"visibility": "public"},
        {"data": {"more": 1}},
        {"statement_id": None},
    ],
)
def test_an_altered_row_shows(session: Session, report: Thread, change: dict[str, object]) -> None:
    noted = select(Event.id).where(Event.thread_id == report.id, Event.kind == "thread.noted")
    altered = session.scalars(noted).one()
    session.execute(update(Event).where(Event.id == altered).values(**change))
    session.commit()
    broken = find_broken_event(session, stream(report))
    assert broken is not None
    assert broken.id == altered


def test_a_removed_row_shows(session: Session, report: Thread) -> None:
    session.execute(delete(Event).where(Event.thread_id == report.id, Event.kind == "thread.noted"))
    session.commit()
    broken = find_broken_event(session, stream(report))
    assert broken is not None
    assert broken.kind == "thread.replied"


def test_a_row_put_in_between_shows(session: Session, report: Thread) -> None:
    last = session.scalars(
        select(Event).where(Event.stream == stream(report)).order_by(Event.id.desc())
    ).first()
    assert last is not None
    session.add(
        Event(
            stream=last.stream,
            sequence=last.sequence + 1,
            thread_id=report.id,
            kind="report.confirmed",
            visibility="public",
            actor_role="resident",
            data={},
            at=NOW,
            previous="",
            digest="",
        )
    )
    session.commit()
    assert find_broken_event(session, stream(report)) is not None


def test_only_what_its_sender_may_know_is_told_on(session: Session, report: Thread) -> None:
    told = {job.payload["sequence"] for job in session.scalars(select(Job).where(Job.topic == TOPIC))}
    kinds = {e.kind for e in list_events(session, report.id, "staff") if e.sequence in told}
    assert "report.fixed" in kinds
    assert "thread.noted" not in kinds


def test_the_administration_has_a_record_of_its_own(session: Session) -> None:
    by = Actor(person(session, "administrator"), "administrator")
    for number in range(3):
        record_administration(session, "setup.loaded", by=by, data={"number": number}, now=NOW)
    session.commit()
    assert find_broken_event(session, ADMINISTRATION) is None
    session.execute(
        update(Event)
        .where(Event.sequence == 2, Event.stream == ADMINISTRATION)
        .values(at=NOW.replace(year=2020))
    )
    session.commit()
    assert find_broken_event(session, ADMINISTRATION) is not None


def test_two_who_administer_at_once_are_recorded_one_after_the_other(app: Flask) -> None:
    def record(number: int) -> None:
        with app.app_context():
            begin_write(db.session())
            record_administration(db.session(), "setup.loaded", by=SYSTEM, data={"n": number}, now=NOW)
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(12)))
    with app.app_context():
        assert find_broken_event(db.session(), ADMINISTRATION) is None


def test_a_thread_read_before_a_change_is_not_written_over(session: Session, report: Thread) -> None:
    seen = report.last_sequence
    lock_thread(session, report.id, seen)
    reply(session, report, "More.", by=Actor(person(session, "officer"), "officer"), now=NOW)
    with pytest.raises(Conflict):
        lock_thread(session, report.id, seen)
