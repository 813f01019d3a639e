"""Handing one delivery over to the mail server or the web hook, outside of any transaction.

A mail server that gets all of a mail and is not heard of again may have it or not, and so it is
when this process ends at that moment. Such a mail is sent once more, with the same Message-ID,
and no third time: a person decides then. The web hook knows a message by its id, so to it no
limit applies.
"""

import smtplib
from collections.abc import Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.contacts import CODE_LASTS, CONTACT_CODE
from portal.accounts.models import Contact, Person
from portal.config import Settings
from portal.core.db import begin_write
from portal.core.hook import HookFailed, post_to_hook
from portal.core.mail import Letter, Unanswered, send_mail
from portal.core.outbox import GiveUp
from portal.core.text import mask_personal
from portal.notifications.actions import hold_back, is_wanted, mark_sent
from portal.notifications.asking_letters import write_asking_letter
from portal.notifications.follow_letters import TO_FOLLOWERS, write_follow_letter
from portal.notifications.letters import write_letter
from portal.notifications.models import CAME_BACK, CARRY, EMAIL, PILOT, SUPPORT, VERDICT, WARNINGS, Delivery
from portal.notifications.notes import write_note
from portal.notifications.pilot_letters import write_pilot_letter
from portal.notifications.rules import MOST_UNANSWERED
from portal.notifications.supporters import write_supporter_letter, write_supporter_note
from portal.notifications.warning_letters import write_warnings
from portal.threads.followers import is_following
from portal.threads.models import Event, Thread

Note = Mapping[str, str]


class NotTaken(Exception):
    """The other side did not take it; says why, without anybody's address."""


def hand_over(session: Session, delivery_id: int, now: datetime) -> None:
    """Send one delivery, unless it was sent or is not wanted any more. Nobody waits for the other side.

    It may be gone, with the person it was for.
    """
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.sent_at or delivery.held_back_at:
        return
    message = _write(session, delivery, now)
    if message is None:
        hold_back(session, delivery, now)
        return
    session.commit()
    if isinstance(message, Letter):
        _hand_letter(session, delivery, message)
    else:
        _hand_note(message)
    begin_write(session)
    mark_sent(session, delivery_id, now)


def _write(session: Session, delivery: Delivery, now: datetime) -> Letter | Note | None:
    """Return what is to be sent, or None if it is not wanted any more."""
    person = session.get_one(Person, delivery.person_id)
    if delivery.about in TO_FOLLOWERS:
        return write_follow_letter(session, person, delivery, now)
    if delivery.about in (VERDICT, CAME_BACK, WARNINGS, SUPPORT, PILOT, CARRY):
        return _write_by_role(session, person, delivery, now)
    if delivery.event_id is not None and not _does_sender_follow(session, delivery.event_id):
        return None
    if delivery.channel == EMAIL:
        is_news = delivery.event_id is not None
        wanted = is_wanted(session, person) if is_news else bool(person.email)
        return write_letter(session, delivery) if wanted else None
    contact = _find_contact(session, delivery)
    if contact is None or not _may_reach(contact, delivery, now):
        return None
    return write_note(session, delivery, contact)


def _find_contact(session: Session, delivery: Delivery) -> Contact | None:
    return session.scalar(
        select(Contact).where(Contact.person_id == delivery.person_id, Contact.channel == delivery.channel)
    )


def _write_by_role(
    session: Session, person: Person, delivery: Delivery, now: datetime
) -> Letter | Note | None:
    """Return what is told to those affected, supporters, staff and of pilots, or None if no longer so."""
    if delivery.channel != EMAIL:
        return _write_question(session, person, delivery, now)
    if not is_wanted(session, person):
        return None
    if delivery.about == WARNINGS:
        return write_warnings(session, person, delivery, now)
    if delivery.about in (SUPPORT, CARRY):
        return write_supporter_letter(session, person, delivery, now)
    write = write_pilot_letter if delivery.about == PILOT else write_asking_letter
    return write(session, person, delivery)


def _write_question(session: Session, person: Person, delivery: Delivery, now: datetime) -> Note | None:
    """Return the short message that asks a supporter, if they still want such messages."""
    contact = _find_contact(session, delivery)
    if contact is None or not _may_reach(contact, delivery, now):
        return None
    return write_supporter_note(session, person, delivery, contact, now)


def _does_sender_follow(session: Session, event_id: int) -> bool:
    thread = session.get_one(Thread, session.get_one(Event, event_id).thread_id)
    return is_following(session, thread, thread.author)


def _may_reach(contact: Contact, delivery: Delivery, now: datetime) -> bool:
    """Tell whether the contact takes this: a code only while it works, news only once proven."""
    if contact.stopped_at:
        return False
    if delivery.about == CONTACT_CODE:
        return contact.code_sent_at is not None and now - contact.code_sent_at < CODE_LASTS
    return contact.confirmed_at is not None


def _hand_letter(session: Session, delivery: Delivery, letter: Letter) -> None:
    if delivery.unanswered >= MOST_UNANSWERED:
        raise GiveUp("no answer to two tries")
    number = delivery.id
    _count_unanswered(session, number, 1)
    try:
        send_mail(settings(), letter)
    except Unanswered as error:
        raise NotTaken(mask_personal(str(error))) from None
    except (smtplib.SMTPException, OSError) as error:
        _count_unanswered(session, number, -1)
        raise _refusal(error) from None  # the original names the address


def _count_unanswered(session: Session, delivery_id: int, by: int) -> None:
    """Note that nobody knows whether the mail was taken (1), or that it was not (-1)."""
    begin_write(session)
    session.execute(
        update(Delivery).where(Delivery.id == delivery_id).values(unanswered=Delivery.unanswered + by)
    )
    session.commit()


def _refusal(error: Exception) -> Exception:
    """Return the error to note: one that ends all tries where the server will never take it."""
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    text = str(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _said in error.recipients.values()]
        text = " ".join(f"{code} {said.decode(errors='replace')}" for code, said in error.recipients.values())
    reason = mask_personal(text) or type(error).__name__
    is_final = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) and min(codes) >= 500
    return GiveUp(reason) if is_final else NotTaken(reason)


def _hand_note(note: Note) -> None:
    try:
        post_to_hook(settings(), note)
    except HookFailed as failed:
        reason = mask_personal(str(failed))
        raise (GiveUp(reason) if failed.is_final else NotTaken(reason)) from None


def settings() -> Settings:
    found: Settings = current_app.extensions["linli_settings"]
    return found
