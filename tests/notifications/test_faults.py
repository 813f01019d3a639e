"""What goes wrong on the way to the mail server, really broken: nothing is lost, each person is told once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock, mail
from portal.core.db import begin_write, db
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.notifications.actions import try_again, try_all_again
from portal.notifications.models import Delivery
from portal.reports.actions import start_work
from portal.threads.actions import lock_thread
from portal.threads.additions import Follower, Frequency
from portal.threads.events import Actor
from tests.conftest import Stage
from tests.factories import NOW, add_person, make_report, person
from tests.notifications import mail_server
from tests.notifications.following import LATER, make_told_report
from tests.notifications.mail_server import MailServer

ROOT = Path(__file__).parent.parent.parent
MINUTE = timedelta(minutes=1)


def send_reports(session: Session, number: int) -> None:
    """Have as many people send a report each."""
    for i in range(number):
        make_report(session, author=add_person(session, f"li{i}"))
    session.commit()


def ids(server: MailServer) -> Counter[str]:
    return Counter(str(m["Message-ID"]) for m in server.taken)


def each_once(server: MailServer, number: int) -> bool:
    told = Counter(str(m["To"]) for m in server.taken)
    return told == Counter({f"li{i}@example.org": 1 for i in range(number)})


def administrator(session: Session) -> Actor:
    return Actor(person(session, "administrator"), "administrator")


def count_unsent(session: Session) -> int:
    open_ = select(func.count()).select_from(Delivery).where(Delivery.sent_at.is_(None))
    return session.scalar(open_) or 0


@contextmanager
def work(stage: Stage, server: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as it runs in service: a process of its own that does what is due and ends."""
    environment = {
        "LINLI_VAR_DIR": str(stage.var_dir),
        "LINLI_DATABASE_URL": stage.address,
        "LINLI_SMTP_HOST": "127.0.0.1",
        "LINLI_SMTP_PORT": str(server.port),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--once"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def let_two_work(stage: Stage, session: Session, server: MailServer) -> None:
    """Have two workers do what is due at once, to the end."""
    session.close()
    with work(stage, server) as one, work(stage, server) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)


def kill_when_asked(stage: Stage, session: Session, server: MailServer) -> None:
    """Kill a worker when the server has its mail and has not answered; then the server takes mails again."""
    session.close()
    with work(stage, server) as worker:
        assert server.is_asked.wait(60)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(10) == -signal.SIGKILL
    server.may_go.set()
    server.mood = "takes"


def test_a_server_that_is_down_ten_minutes_gets_everything_once(
    app: Flask, session: Session, server: MailServer
) -> None:
    server.shutdown()
    server.server_close()
    send_reports(session, 5)
    for minutes in range(10):
        run_all(NOW + minutes * MINUTE)
    assert count_unsent(session) == 5
    assert "refused" in (
        session.scalars(select(Job.last_error).where(Job.topic == "mail.send")).first() or ""
    )
    session.rollback()
    with mail_server.running(server.port) as back:
        for minutes in range(10, 30):
            run_all(NOW + minutes * MINUTE)
        assert each_once(back, 5)
    assert count_unsent(session) == 0


def test_a_server_that_is_busy_for_long_gets_everything_once(session: Session, server: MailServer) -> None:
    server.mood = "busy"
    send_reports(session, 3)
    for minutes in range(20):
        run_all(NOW + minutes * MINUTE)
    server.mood = "takes"
    run_all(NOW + 60 * MINUTE)
    assert each_once(server, 3)


def test_a_rude_goodbye_is_no_failure(session: Session, server: MailServer) -> None:
    server.mood = "rude"
    send_reports(session, 1)
    for minutes in range(5):
        run_all(NOW + minutes * MINUTE)
    assert each_once(server, 1)


@pytest.mark.parametrize("mood", ["late", "dies"])
def test_a_mail_without_an_answer_is_sent_twice_at_most_until_staff_say_so(
    session: Session, server: MailServer, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    server.mood = mood
    send_reports(session, 1)
    for hours in range(30):
        run_all(NOW + hours * 60 * MINUTE)
    assert list(ids(server).values()) == [2]
    job = session.scalars(select(Job).where(Job.dead_at.is_not(None))).one()
    server.mood = "takes"
    begin_write(session)
    number: int = job.payload["delivery_id"]
    assert try_again(session, number, by=administrator(session), now=NOW + 1800 * MINUTE)
    session.commit()
    run_all(NOW + 1800 * MINUTE)
    assert list(ids(server).values()) == [3]
    assert count_unsent(session) == 0


def test_what_was_certainly_not_taken_does_not_count_as_unanswered(
    session: Session, server: MailServer
) -> None:
    server.mood = "busy"
    send_reports(session, 1)
    for minutes in range(60):
        run_all(NOW + minutes * MINUTE)
    assert session.scalars(select(Delivery.unanswered)).all() == [0]


def test_what_was_given_up_is_tried_again_all_at_once(session: Session, server: MailServer) -> None:
    server.mood = "refuses"
    send_reports(session, 3)
    run_all(NOW)
    server.mood = "takes"
    begin_write(session)
    assert try_all_again(session, by=administrator(session), now=NOW) == 3
    assert try_all_again(session, by=administrator(session), now=NOW) == 0
    session.commit()
    run_all(NOW)
    assert each_once(server, 3)


def have_it_followed(session: Session, number: int, how: Frequency) -> None:
    """Have as many people follow a report, on which work has begun."""
    report = make_told_report(session)
    for i in range(number):
        who = add_person(session, f"li{i}")
        session.add(Follower(thread_id=report.id, person_id=who.id, frequency=how, at=NOW))
    by = Actor(person(session, "officer"), "officer")
    start_work(session, lock_thread(session, report.id), by=by, now=LATER)
    session.commit()


def followers_told(server: MailServer) -> Counter[str]:
    return Counter(str(m["To"]) for m in server.taken if str(m["To"]).startswith("li"))


ONCE_EACH = Counter({f"li{i}@example.org": 1 for i in range(12)})


def test_two_workers_at_once_tell_each_follower_once(
    stage: Stage, session: Session, server: MailServer
) -> None:
    have_it_followed(session, 12, Frequency.AT_ONCE)
    let_two_work(stage, session, server)
    assert followers_told(server) == ONCE_EACH


def test_two_workers_at_once_send_each_digest_once(
    stage: Stage, session: Session, server: MailServer
) -> None:
    have_it_followed(session, 12, Frequency.DAILY)
    run_all(LATER)
    assert not followers_told(server)
    let_two_work(stage, session, server)
    assert followers_told(server) == ONCE_EACH


def test_a_worker_killed_when_the_server_has_the_digest_repeats_it_once(
    stage: Stage, session: Session, server: MailServer
) -> None:
    have_it_followed(session, 1, Frequency.DAILY)
    run_all(LATER)
    server.mood = "hangs"
    server.is_asked.clear()
    kill_when_asked(stage, session, server)
    now = clock.now()
    for minutes in (6, 7, 30):
        run_all(now + minutes * MINUTE)
    digests = [str(m["Message-ID"]) for m in server.taken if str(m["To"]).startswith("li0@")]
    assert len(digests) == 2
    assert len(set(digests)) == 1


def test_two_workers_at_once_send_each_mail_once(stage: Stage, session: Session, server: MailServer) -> None:
    send_reports(session, 12)
    let_two_work(stage, session, server)
    assert each_once(server, 12)
    assert count_unsent(session) == 0


def test_a_worker_killed_when_the_server_has_the_mail_repeats_it_once(
    stage: Stage, session: Session, server: MailServer
) -> None:
    server.mood = "hangs"
    send_reports(session, 1)
    kill_when_asked(stage, session, server)
    now = clock.now()
    run_all(now)
    assert len(server.taken) == 1  # the dead worker's lease still holds
    for minutes in (6, 7, 30):
        run_all(now + minutes * MINUTE)
    assert list(ids(server).values()) == [2]
    assert count_unsent(session) == 0


def test_after_a_kill_and_a_silent_server_no_third_mail_goes_out(
    stage: Stage, session: Session, server: MailServer
) -> None:
    server.mood = "hangs"
    send_reports(session, 1)
    session.close()
    with work(stage, server):
        assert server.is_asked.wait(60)
    server.may_go.set()
    server.mood = "dies"
    now = clock.now()
    for minutes in (6, 10, 60, 600):
        run_all(now + minutes * MINUTE)
    assert list(ids(server).values()) == [2]
    assert db.session.scalars(select(Job.dead_at).where(Job.topic == "mail.send")).one()
