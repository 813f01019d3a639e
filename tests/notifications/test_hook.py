"""SMS and chat messages, through a real web hook."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import contacts as ways
from portal.accounts.models import Contact, ContactChannel
from portal.config import Settings
from portal.core import hook as core_hook
from portal.core.db import begin_write
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.notifications.models import Delivery
from portal.reports.actions import start_work
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from portal.threads.models import Thread
from tests.factories import NOW, make_report, person
from tests.notifications.hook_server import HookServer
from tests.notifications.mail_server import MailServer

LATER = NOW + timedelta(minutes=5)
MOBILE = "+8613800000021"
SMS, CHAT = ContactChannel.SMS, ContactChannel.CHAT


def reach(session: Session, channel: ContactChannel = SMS, address: str = MOBILE) -> Contact:
    """Give the resident a proven contact."""
    who = person(session, "resident")
    contact = ways.note_contact(session, who, channel, address, noted_by=None, now=NOW)
    contact.confirmed_at = NOW
    return contact


def work(session: Session, now: object = NOW) -> None:
    session.commit()
    run_all(now)  # type: ignore[arg-type]


def start(session: Session, report: Thread) -> None:
    begin_write(session)
    lock_thread(session, report.id)
    start_work(session, report, by=Actor(person(session, "officer"), "officer"), now=LATER)
    work(session, LATER)


def the_job(session: Session) -> Job:
    """Return the job that sends the SMS."""
    sms = session.scalars(select(Delivery.id).where(Delivery.channel == SMS)).one()
    return session.scalars(select(Job).where(Job.unique_key == f"mail.send:{sms}")).one()


def test_each_step_is_one_short_message_with_a_link(
    session: Session, hook: HookServer, server: MailServer
) -> None:
    reach(session)
    report = make_report(session)
    work(session)
    start(session, report)
    number = report.reference
    received, started = hook.messages
    assert received["text"].startswith(f"Linli: Received: {number} https://linli.example/track/")
    assert started["text"].startswith(f"Linli: {number}: work has begun https://linli.example/track/")
    assert len(started["text"]) < 160
    assert {k: started[k] for k in ("channel", "to", "language", "reference")} == {
        "channel": "sms",
        "to": MOBILE,
        "language": "en",
        "reference": number,
    }
    assert received["id"] != started["id"]
    assert len(server.taken) == 2  # mails go on as well
    assert session.scalars(select(Delivery).where(Delivery.sent_at.is_(None))).first() is None


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_text_is_in_the_language_of_the_submission(
    session: Session, hook: HookServer, language: str
) -> None:
    reach(session)
    make_report(session, language=language)
    work(session)
    (message,) = hook.messages
    assert message["language"] == language


def test_the_message_is_signed_and_names_itself(session: Session, hook: HookServer) -> None:
    reach(session, CHAT, "李雷")
    make_report(session)
    work(session)
    ((headers, body),) = hook.asked
    signature = hmac.new(b"a shared secret of us", body, hashlib.sha256).hexdigest()
    assert headers["Linli-Signature"] == f"sha256={signature}"
    assert headers["Idempotency-Key"] == hook.messages[0]["id"]
    assert headers["Content-Type"] == "application/json"
    assert "李雷".encode() in body


@pytest.mark.parametrize("mood", ["breaks", "limits", "leads_away", "late"])
def test_what_may_pass_is_tried_again_with_the_same_id(
    session: Session, hook: HookServer, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(core_hook, "TIMEOUT_SECONDS", 0.3)
    hook.mood = mood
    reach(session)
    make_report(session)
    work(session)
    for minutes in (1, 3, 7):
        run_all(NOW + timedelta(minutes=minutes))
    assert the_job(session).dead_at is None
    hook.mood = "takes"
    session.rollback()
    run_all(NOW + timedelta(hours=1))
    assert len(hook.messages) == 5  # no redirect was followed
    assert len({m["id"] for m in hook.messages}) == 1
    assert the_job(session).done_at


def test_a_refusal_is_final_and_says_why_without_the_number(session: Session, hook: HookServer) -> None:
    hook.mood = "refuses"
    reach(session)
    make_report(session)
    work(session)
    run_all(NOW + timedelta(days=1))
    job = the_job(session)
    assert job.dead_at == NOW
    assert "400" in (job.last_error or "")
    assert MOBILE not in (job.last_error or "")
    assert len(hook.messages) == 1


def test_the_code_is_all_that_goes_to_what_is_not_proven(session: Session, hook: HookServer) -> None:
    contact = ways.note_contact(session, person(session, "resident"), SMS, MOBILE, noted_by=None, now=NOW)
    ways.send_code(session, contact, network="", now=NOW)
    make_report(session)
    work(session)
    (message,) = hook.messages
    code = ways.code_of(contact)
    assert code is not None
    assert code in message["text"]
    assert message["reference"] == ""


def test_a_code_that_is_too_late_is_not_sent(session: Session, hook: HookServer) -> None:
    contact = ways.note_contact(session, person(session, "resident"), SMS, MOBILE, noted_by=None, now=NOW)
    ways.send_code(session, contact, network="", now=NOW)
    work(session, NOW + timedelta(minutes=16))
    assert hook.messages == []


@pytest.mark.parametrize("how", ["stop", "remove"])
def test_what_waits_is_not_sent_after_a_stop(session: Session, hook: HookServer, how: str) -> None:
    hook.mood = "breaks"
    contact = reach(session)
    make_report(session)
    work(session)
    hook.mood = "takes"
    begin_write(session)
    if how == "stop":
        ways.stop_contact(session, contact, now=LATER)
    else:
        ways.remove_contact(session, contact)
    work(session, LATER)
    assert len(hook.messages) == 1
    held = session.scalars(select(Delivery).where(Delivery.channel == SMS)).one()
    assert held.held_back_at == LATER


def test_without_a_hook_nothing_is_prepared_for_it(session: Session, server: MailServer) -> None:
    reach(session)
    make_report(session)
    work(session)
    assert session.scalars(select(Delivery.channel)).all() == ["email"]


def test_a_hook_without_a_secret_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Settings(hook_url="https://sms.example/hook", hook_secret="short")  # type: ignore[call-arg,arg-type]
