"""From an event to a mail, through a real mail server."""

import smtplib
import ssl
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.core.db import begin_write, db
from portal.core.mail import Letter, send_mail
from portal.core.outbox import Job, run_next
from portal.core.worker import run_all
from portal.notifications.models import Delivery
from portal.reports.actions import mark_fixed, start_work
from portal.threads.actions import add_words, ask, hide_words, lock_thread, note, withdraw
from portal.threads.events import Actor, resident
from portal.threads.models import Thread
from tests.factories import NOW, add_person, make_idea, make_report, person
from tests.notifications.mail_server import MailServer

LATER = NOW + timedelta(minutes=5)


def work(session: Session, now: object = NOW) -> None:
    session.commit()
    run_all(now)  # type: ignore[arg-type]


def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def subjects(server: MailServer) -> list[str]:
    return [str(m["Subject"]) for m in server.taken]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content())


def sending_job(session: Session) -> Job:
    return session.scalars(select(Job).where(Job.topic == "mail.send").order_by(Job.id.desc()).limit(1)).one()


def test_the_sender_gets_a_receipt_and_then_each_step(session: Session, server: MailServer) -> None:
    report = make_report(session, author=add_person(session, "li", verified=False))
    work(session)
    by = officer(session)
    for step in (
        lambda: start_work(session, report, by=by, now=LATER),
        lambda: note(session, report, "Ask Wang for a ladder.", by=by, now=LATER),
        lambda: ask(session, report, "Which of the two lamps?", by=by, now=LATER),
        lambda: mark_fixed(session, report, "New bulb, new fuse.", by=by, now=LATER),
        lambda: hide_words(session, report, "It names a neighbour.", by=by, now=LATER),
    ):
        begin_write(session)
        lock_thread(session, report.id)
        step()
        work(session, LATER)
    number = report.reference
    assert subjects(server) == [
        f"Received: {number}",
        f"{number}: work has begun",
        f"{number}: a question for you",
        f"{number}: is it fixed?",
        f"{number}: no longer shown to the public",
    ]
    assert all(m["To"] == "li@example.org" for m in server.taken)
    assert "> Which of the two lamps?" in text_of(server.taken[2])
    assert not any("ladder" in text_of(m) for m in server.taken)
    assert session.scalars(select(Delivery).where(Delivery.sent_at.is_(None))).first() is None


def test_the_receipt_says_what_to_know(session: Session, server: MailServer) -> None:
    report = make_report(session, author=add_person(session, "li", verified=False))
    work(session)
    text = text_of(server.taken[0])
    assert report.reference in text
    assert "The lamp by the south gate" in text
    assert "Construction" in text
    assert "You can expect an answer by" in text
    assert "https://linli.example/track/" in text
    assert "https://linli.example/confirm/" in text
    assert "https://linli.example/stop-mail/" in text
    assert "\n\n\n" not in text


def test_a_verified_sender_need_not_confirm_again(session: Session, server: MailServer) -> None:
    make_idea(session)
    work(session)
    assert "/confirm/" not in text_of(server.taken[0])
    assert "idea" in text_of(server.taken[0])


def test_danger_puts_the_numbers_into_the_receipt(session: Session, server: MailServer) -> None:
    make_report(session, "There is a strong smell of gas in the stairwell, the gas pipe is leaking!")
    work(session)
    assert "119" in text_of(server.taken[0])


def test_nobody_hears_of_what_they_did_themselves(session: Session, server: MailServer) -> None:
    report = make_report(session)
    work(session)
    for act in (
        lambda t: add_words(session, t, "It is the left one.", by=resident(t.author), now=LATER),
        lambda t: withdraw(session, t, by=resident(t.author), now=LATER),
    ):
        begin_write(session)
        act(lock_thread(session, report.id))
        work(session, LATER)
    assert len(server.taken) == 1


def test_whoever_left_no_address_gets_no_mail(session: Session, server: MailServer) -> None:
    nobody = add_person(session, "nobody", verified=False)
    nobody.email = None
    make_report(session, author=nobody)
    work(session)
    assert server.taken == []
    assert session.scalars(select(Delivery)).first() is None


def test_after_a_stop_nothing_more_is_sent_not_even_what_waits(session: Session, server: MailServer) -> None:
    sender = add_person(session, "li", verified=False)
    make_report(session, author=sender)
    session.commit()
    run_next(db.session(), NOW)  # the event is read, the mail waits
    sender.mail_stopped_at = NOW
    work(session)
    assert server.taken == []
    assert session.scalars(select(Delivery)).one().held_back_at == NOW


def test_the_mail_is_in_the_language_of_the_submission(session: Session, server: MailServer) -> None:
    make_report(session, language="zh-Hans")
    work(session)
    assert "2026年3月" in text_of(server.taken[0])


def test_a_server_that_is_busy_is_asked_again_and_gets_the_same_mail(
    session: Session, server: MailServer
) -> None:
    server.mood = "busy"
    make_report(session)
    work(session)
    job = sending_job(session)
    assert (job.attempts, job.done_at, job.dead_at) == (1, None, None)
    assert "451" in (job.last_error or "")
    server.mood = "takes"
    work(session, LATER)
    assert len(server.taken) == 1


def test_an_address_that_is_refused_for_good_is_not_tried_again(session: Session, server: MailServer) -> None:
    server.mood = "refuses"
    make_report(session)
    work(session)
    job = sending_job(session)
    assert job.dead_at == NOW
    assert "550" in (job.last_error or "")
    assert "resident@example.org" not in (job.last_error or "")


def test_a_connection_that_breaks_after_the_mail_was_taken_repeats_its_message_id(
    session: Session, server: MailServer
) -> None:
    server.mood = "dies"
    make_report(session)
    work(session)
    server.mood = "takes"
    work(session, LATER)
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]
    work(session, LATER + timedelta(days=1))
    assert len(server.taken) == 2


def test_a_worker_killed_after_sending_repeats_the_message_id_at_most(
    session: Session, server: MailServer
) -> None:
    make_report(session)
    work(session)
    begin_write(session)  # as if the process had ended before it could note what it did
    session.execute(update(Delivery).values(sent_at=None))
    session.execute(update(Job).where(Job.topic == "mail.send").values(done_at=None, leased_until=LATER))
    work(session)
    assert len(server.taken) == 1  # the lease still holds
    work(session, LATER + timedelta(minutes=1))
    assert len({m["Message-ID"] for m in server.taken}) == 1
    assert len(server.taken) == 2


def test_the_same_event_read_twice_is_one_mail(session: Session, server: MailServer) -> None:
    make_report(session)
    work(session)
    begin_write(session)
    session.execute(update(Job).where(Job.topic == "event.recorded").values(done_at=None))
    work(session)
    assert len(server.taken) == 1


def test_while_a_mail_server_is_slow_others_can_write(
    app: Flask, session: Session, server: MailServer
) -> None:
    server.mood = "slow"
    report = make_report(session)
    session.commit()
    thread_id = report.id
    session.close()
    written_before_the_answer = []

    def write() -> None:
        server.is_asked.wait(5)
        with app.app_context():
            begin_write(db.session())
            db.session.execute(update(Thread).where(Thread.id == thread_id).values(address="Gate 2"))
            db.session.commit()
            written_before_the_answer.append(sent_at_of_first())
            db.session.remove()

    def sent_at_of_first() -> object:
        return db.session.scalars(select(Delivery.sent_at)).first()

    writer = threading.Thread(target=write)
    writer.start()
    run_all(NOW)
    writer.join()
    assert written_before_the_answer == [None]
    assert sent_at_of_first() == NOW


def test_account_mails_hold_links_made_at_sending_only(session: Session, server: MailServer) -> None:
    accounts.register(session, email="new@example.org", name="", password_hash="h", language="en", now=NOW)
    accounts.ask_for_reset(session, "new@example.org", now=NOW)
    accounts.keep_password(session, person(session, "resident"), "h")
    accounts.register(
        session, email="resident@example.org", name="", password_hash="h", language="en", now=NOW
    )
    accounts.change_password(session, person(session, "officer"), "h", now=NOW)
    payloads = [str(j.payload) for j in session.scalars(select(Job))]
    assert not any("link" in p or "/confirm" in p or "token" in p for p in payloads)
    work(session)
    assert subjects(server) == [
        "Confirm your e-mail address",
        "Choose a new password",
        "You have an account already",
        "Your password was changed",
    ]
    assert "https://linli.example/confirm/" in text_of(server.taken[0])
    assert "https://linli.example/reset/" in text_of(server.taken[1])
    assert len({m["Message-ID"] for m in server.taken}) == 4
    begin_write(session)
    session.execute(update(Job).where(Job.topic == "account.mail").values(done_at=None))
    work(session)
    assert len(server.taken) == 4


def test_without_a_mail_server_mails_are_files_that_only_we_may_read(app: Flask, session: Session) -> None:
    make_report(session)
    work(session)
    (file,) = (app.extensions["linli_settings"].var_dir / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Received:" in file.read_bytes()


def test_who_is_not_the_mail_server_gets_no_password(
    app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[ssl.SSLContext | None] = []

    def refuse(_self: object, *, context: ssl.SSLContext | None = None) -> None:
        used.append(context)
        raise ssl.SSLCertVerificationError

    monkeypatch.setattr(smtplib.SMTP, "starttls", refuse)
    settings = app.extensions["linli_settings"].model_copy(
        update={"smtp_starttls": True, "smtp_user": "linli", "smtp_port": server.port}
    )
    with app.app_context(), pytest.raises(ssl.SSLCertVerificationError):
        send_mail(settings, Letter("a@example.org", "Hello", "Text", "<1@example.org>", "en"))
    (context,) = used
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert server.taken == []
