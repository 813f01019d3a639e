from datetime import datetime, timedelta
from threading import Barrier, Lock, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import outbox
from portal.core.db import begin_write, db
from portal.core.outbox import (
    KEEP_DONE,
    LEASE,
    MOST_ATTEMPTS,
    Job,
    claim,
    enqueue,
    enqueue_once,
    forget_done,
    run_next,
)
from tests.factories import NOW

Done = list[Any]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """What the handlers of this test have done, in order."""
    seen: Done = []
    lock = Lock()

    def work(_session: Session, payload: dict[str, Any], _now: datetime) -> None:
        with lock:
            seen.append(payload["number"])

    def fail(_session: Session, payload: dict[str, Any], _now: datetime) -> None:
        with lock:
            seen.append(payload["number"])
        raise OSError("the mail server is away")

    monkeypatch.setattr(outbox, "handlers", {"work": work, "fail": fail})
    return seen


def put(session: Session, number: int, topic: str = "work") -> None:
    begin_write(session)
    enqueue(session, topic, {"number": number}, now=NOW)
    session.commit()


def the_job(session: Session) -> Job:
    session.expire_all()
    return session.scalars(select(Job)).one()


def test_jobs_are_done_in_order_and_once(session: Session, done: Done) -> None:
    for number in range(3):
        put(session, number)
    while run_next(session, NOW):
        pass
    assert done == [0, 1, 2]
    assert not run_next(session, NOW + timedelta(days=1))


def test_nothing_is_done_that_was_not_committed(session: Session, done: Done) -> None:
    begin_write(session)
    enqueue(session, "work", {"number": 1}, now=NOW)
    session.rollback()
    assert not run_next(session, NOW)
    assert done == []


def test_a_job_waits_for_its_time(session: Session, done: Done) -> None:
    begin_write(session)
    enqueue(session, "work", {"number": 1}, now=NOW, run_at=NOW + timedelta(hours=1))
    session.commit()
    assert not run_next(session, NOW)
    assert run_next(session, NOW + timedelta(hours=1))


def test_workers_at_once_do_each_job_once(app: Flask, done: Done) -> None:
    with app.app_context():
        for number in range(24):
            put(db.session(), number)
        db.session.remove()
    start = Barrier(3)

    def worker() -> None:
        with app.app_context():
            start.wait()
            # Another's lock may hide the last jobs for a moment: look again.
            idle = 0
            while idle < 3:
                idle = 0 if run_next(db.session(), NOW) else idle + 1
            db.session.remove()

    threads = [Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(24))


def test_the_job_of_a_killed_worker_is_done_by_another(session: Session, done: Done) -> None:
    put(session, 1)
    assert claim(session, NOW) is not None  # and then the worker dies
    assert not run_next(session, NOW + LEASE)
    assert run_next(session, NOW + LEASE + timedelta(seconds=1))
    assert done == [1]
    assert the_job(session).attempts == 2


def test_a_failing_job_is_tried_less_and_less_often_and_dies_visibly(session: Session, done: Done) -> None:
    put(session, 1, "fail")
    now, waits = NOW, []
    while the_job(session).dead_at is None:
        assert run_next(session, now)
        waits.append((the_job(session).run_at - now) // timedelta(minutes=1))
        assert not run_next(session, now)
        now = the_job(session).run_at
    assert len(done) == MOST_ATTEMPTS == 12
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert the_job(session).last_error == "OSError: the mail server is away"
    assert not run_next(session, now + timedelta(days=30))


def test_a_failing_job_leaves_nothing_half_written(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(session: Session, _payload: dict[str, Any], now: datetime) -> None:
        enqueue(session, "work", {"number": 2}, now=now)
        session.flush()
        raise ValueError("half way")

    monkeypatch.setattr(outbox, "handlers", {"work": half})
    put(session, 1)
    run_next(session, NOW)
    assert the_job(session).last_error == "ValueError: half way"


def test_one_failing_job_does_not_hold_up_the_others(session: Session, done: Done) -> None:
    put(session, 1, "fail")
    put(session, 2)
    while run_next(session, NOW):
        pass
    assert done == [1, 2]


def test_periodic_work_is_planned_once_for_each_period(app: Flask) -> None:
    start = Barrier(2)

    def plan() -> None:
        with app.app_context():
            start.wait()
            session = db.session()
            begin_write(session)
            enqueue_once(session, "night", period="2026-03-02", now=NOW, run_at=NOW)
            session.commit()
            db.session.remove()

    threads = [Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.app_context():
        assert the_job(db.session()).unique_key == "night:2026-03-02"
        db.session.remove()


def test_finished_jobs_are_forgotten_after_a_week_and_dead_ones_kept(session: Session, done: Done) -> None:
    put(session, 1)
    run_next(session, NOW)
    put(session, 2, "fail")
    later = NOW + KEEP_DONE + timedelta(seconds=1)
    for _ in range(MOST_ATTEMPTS):
        run_next(session, later)
        later = session.scalars(select(Job.run_at).where(Job.topic == "fail")).one()
    forget_done(session, later)
    assert the_job(session).topic == "fail"
