"""What stands at the head of a mail, as a mail program gets it."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.actions import ask_for_reset, keep_password
from portal.core.db import begin_write
from portal.core.mail import Letter, compose
from portal.core.worker import run_all
from portal.reports.actions import mark_fixed, start_work
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from tests.factories import NOW, add_person, make_report, person
from tests.notifications.mail_server import MailServer

LONG_LINK = f"https://linli.{'long-' * 12}example/stop-mail/{'x1Y-' * 40}"


def test_the_steps_of_a_submission_are_one_exchange(session: Session, server: MailServer) -> None:
    report, other = make_report(session, author=add_person(session, "li")), make_report(session)
    session.commit()
    run_all(NOW)
    by = Actor(person(session, "officer"), "officer")
    for step in (
        lambda t: start_work(session, t, by=by, now=NOW),
        lambda t: mark_fixed(session, t, "New bulb.", by=by, now=NOW),
    ):
        begin_write(session)
        step(lock_thread(session, report.id))
        session.commit()
        run_all(NOW)
    first, *rest = [m for m in server.taken if m["To"] == "li@example.org"]
    assert first["In-Reply-To"] is None
    assert [m["In-Reply-To"] for m in rest] == [m["References"] for m in rest] == [first["Message-ID"]] * 2
    assert other.id != report.id
    assert all(m["In-Reply-To"] is None for m in server.taken if m["To"] == "resident@example.org")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_each_mail_says_what_it_is(session: Session, server: MailServer, language: str) -> None:
    make_report(session, language=language)
    session.commit()
    run_all(NOW)
    (mail,) = server.taken
    assert mail["Content-Language"] == language
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert parsedate_to_datetime(mail["Date"]).tzinfo is not None


def test_mails_about_an_account_can_not_be_stopped(session: Session, server: MailServer) -> None:
    keep_password(session, person(session, "resident"), "h")
    ask_for_reset(session, "resident@example.org", now=NOW)
    session.commit()
    run_all(NOW)
    (mail,) = server.taken
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None


def test_long_links_arrive_whole(app: Flask) -> None:
    """The standard library would turn what is longer than a line into encoded words."""
    settings = app.extensions["linli_settings"].model_copy(update={"stop_address": "stop@linli.example"})
    first_id = f"<event-1.1@{'long-' * 20}example>"
    letter = Letter("a@example.org", "长" * 60, "x", "<1@example>", "en", first_id, LONG_LINK)
    sent = bytes(compose(settings, letter))
    assert f"List-Unsubscribe: <{LONG_LINK}>, <mailto:stop@linli.example?subject=https%3A".encode() in sent
    assert f"In-Reply-To: {first_id}\n".encode() in sent
    read = message_from_bytes(sent, _class=EmailMessage, policy=modern)
    assert read["Subject"] == "长" * 60
