"""What the worker does about mails. Each handler is safe to run twice."""

import smtplib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.accounts.models import Person
from portal.config import Settings
from portal.core.db import begin_write
from portal.core.mail import send_mail
from portal.core.outbox import GiveUp, handles
from portal.core.text import mask_personal
from portal.notifications.actions import (
    SEND_TOPIC,
    deliver_account_mail,
    deliver_event,
    hold_back,
    is_wanted,
    mark_sent,
)
from portal.notifications.letters import Letter, write_letter
from portal.notifications.models import Delivery
from portal.threads.events import TOPIC as EVENT_TOPIC
from portal.threads.models import Event

SENDING = timedelta(minutes=5)  # longer than a slow mail server takes before it times out


class MailRefused(Exception):
    """The mail server did not take it; says why, without anybody's address."""


@handles(EVENT_TOPIC)
def on_event(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Prepare the mail of an event that somebody is to hear of."""
    event = session.scalar(
        select(Event).where(Event.thread_id == payload["thread_id"], Event.sequence == payload["sequence"])
    )
    if event is not None:
        deliver_event(session, event, host=mail_host(), now=now)


@handles(MAIL_TOPIC)
def on_account_mail(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Prepare a mail about an account."""
    person = session.get_one(Person, payload["person_id"])
    deliver_account_mail(session, person, payload["about"], payload["key"], host=mail_host(), now=now)


@handles(SEND_TOPIC, lease=SENDING)
def send(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Hand one mail over, outside of any transaction: nobody waits for a mail server.

    If this process ends after the server took the mail and before that is noted, the mail is
    sent once more with the same Message-ID.
    """
    delivery_id: int = payload["delivery_id"]
    letter = _take_letter(session, delivery_id, now)
    if letter is None:
        return
    session.rollback()
    _hand_over(letter)
    begin_write(session)
    mark_sent(session, delivery_id, now)


def _take_letter(session: Session, delivery_id: int, now: datetime) -> Letter | None:
    """Return the letter that is still to be sent, or None."""
    delivery = session.get_one(Delivery, delivery_id)
    if delivery.sent_at or delivery.held_back_at:
        return None
    person = session.get_one(Person, delivery.person_id)
    if not person.email or (delivery.event_id and not is_wanted(session, person)):
        hold_back(session, delivery, now)
        return None
    return write_letter(session, delivery)


def _hand_over(letter: Letter) -> None:
    try:
        send_mail(
            settings(),
            to=letter.to,
            subject=letter.subject,
            text=letter.text,
            message_id=letter.message_id,
        )
    except (smtplib.SMTPException, OSError) as error:
        raise _refusal(error) from None  # the original names the address


def _refusal(error: Exception) -> Exception:
    """Return the error to note: one that ends all tries where the server will never take it."""
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    text = str(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _said in error.recipients.values()]
        text = " ".join(f"{code} {said.decode(errors='replace')}" for code, said in error.recipients.values())
    reason = mask_personal(text) or type(error).__name__
    is_final = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) and min(codes) >= 500
    return GiveUp(reason) if is_final else MailRefused(reason)


def mail_host() -> str:
    return urlsplit(settings().base_url).hostname or "localhost"


def settings() -> Settings:
    found: Settings = current_app.extensions["linli_settings"]
    return found
