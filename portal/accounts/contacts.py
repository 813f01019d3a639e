"""Ways to reach a person besides e-mail: noted with consent, proven by a code, stopped at any time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.accounts.models import Contact, ContactChannel, Person
from portal.accounts.numbers import bare_number, read_chat_name, read_number
from portal.accounts.queries import records_of
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts
from portal.core.outbox import enqueue
from portal.core.tokens import derive

CONTACT_CODE = "contact_code"  # what the message that carries the code is about
CODE_LASTS = timedelta(minutes=15)
CODES_TO_ADDRESS, CODES_FOR_PERSON, TRIES = 3, 6, 5  # codes an hour; tries of each
CODES_FROM_NETWORK, CODES_OF_ALL = 60, 1_000  # codes a day: each may cost the committee money
NUMBERS_OF_A_PERSON = 10  # telephones written down, an hour
KEEP_UNCONFIRMED = timedelta(days=30)


def note_contact(
    session: Session,
    person: Person,
    channel: ContactChannel,
    address: str,
    *,
    noted_by: Person | None,
    now: datetime,
) -> Contact:
    """Keep a way to reach the person, who agrees to it; in each channel a new one takes the old one's place.

    `noted_by` is the member of staff who asked them, None where they say so themselves. A telephone
    that staff note is proven at once: they are speaking with the person. One that the person writes
    is proven when staff have rung and told them; all else when the code sent there has come back.
    Raises Invalid if the address can't be one.
    """
    written = read_address(channel, address)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    found = select(Contact).where(Contact.person_id == person.id, Contact.channel == channel)
    contact = session.scalar(found)
    is_proven = noted_by is not None and channel == ContactChannel.PHONE
    if contact is not None and (contact.address, contact.stopped_at) == (written, None):
        contact.confirmed_at = contact.confirmed_at or (now if is_proven else None)
        return contact
    if contact is None:
        contact = Contact(person_id=person.id, channel=channel)
        session.add(contact)
    contact.address, contact.consent_at, contact.stopped_at = written, now, None
    contact.noted_by_id = noted_by.id if noted_by else None
    contact.confirmed_at = now if is_proven else None
    contact.code_sent_at = None
    session.flush()
    return contact


def read_address(channel: ContactChannel, text: str) -> str:
    """Return the number or name as it is kept. Raises Invalid if it can't be one."""
    if channel == ContactChannel.CHAT:
        name = read_chat_name(text)
        if not name:
            raise Invalid(_("Please write your name in the chat, without spaces."))
        return name
    number = read_number(text)
    if not number:
        raise Invalid(_("Please write the number in digits, as in 138 0000 0000 or +86 138 0000 0000."))
    return number


def send_code(session: Session, contact: Contact, *, network: str, now: datetime) -> None:
    """Have a fresh code sent to an unproven contact. Codes from before end. Raises TooMany.

    Counted are the number in whichever way it is written, the person, the network that they are on
    and all codes of a day.
    """
    if contact.confirmed_at:
        raise Conflict(_("This is confirmed already."))
    if contact.channel == ContactChannel.PHONE:
        raise Conflict(_("No code goes to a telephone. Staff ring it."))
    address = contact.address if contact.channel == ContactChannel.CHAT else bare_number(contact.address)
    in_an_hour = {address: CODES_TO_ADDRESS, f"person {contact.person_id}": CODES_FOR_PERSON}
    count_attempts(session, "contact.code", in_an_hour, within=timedelta(hours=1), now=now)
    in_a_day = {f"network {network}": CODES_FROM_NETWORK, "all": CODES_OF_ALL}
    count_attempts(session, "contact.code_a_day", in_a_day, within=timedelta(days=1), now=now)
    contact.code_sent_at = now
    session.flush()
    key = f"contact-{contact.id}-{now.timestamp():.6f}"
    message = {"person_id": contact.person_id, "about": CONTACT_CODE, "key": key, "channel": contact.channel}
    enqueue(session, MAIL_TOPIC, message, now=now)


def code_of(contact: Contact) -> str | None:
    """Return the six digits last sent to the contact, which are kept nowhere, or None."""
    if contact.code_sent_at is None:
        return None
    secret = derive("contact-code", f"{contact.id} {contact.address} {contact.code_sent_at.timestamp():.6f}")
    return f"{int.from_bytes(sha256(secret.encode()).digest()) % 1_000_000:06}"


def count_code_try(session: Session, contact: Contact, *, now: datetime) -> None:
    """Count a try to type the code, before it is looked at. Raises TooMany."""
    limits = {f"{contact.id} {contact.code_sent_at}": TRIES}
    count_attempts(session, "contact.try", limits, within=CODE_LASTS, now=now)


def confirm_contact(session: Session, contact: Contact, code: str, *, now: datetime) -> None:
    """Take the contact as proven. Raises Invalid if the code is wrong or older than 15 minutes."""
    if contact.confirmed_at:
        return
    sent_at = contact.code_sent_at
    if sent_at is None or now - sent_at > CODE_LASTS or code != code_of(contact):
        raise Invalid(_("This code is not right, or it is older than 15 minutes."))
    contact.confirmed_at, contact.code_sent_at = now, None
    session.flush()


def add_telephone(session: Session, person: Person, number: str, *, now: datetime) -> None:
    """Keep a number that the person writes themselves and agrees to be rung at. Raises Invalid or TooMany."""
    limits = {f"person {person.id}": NUMBERS_OF_A_PERSON}
    count_attempts(session, "contact.telephone", limits, within=timedelta(hours=1), now=now)
    note_contact(session, person, ContactChannel.PHONE, number, noted_by=None, now=now)


def prove_by_call(session: Session, contact: Contact, *, now: datetime) -> None:
    """Take a telephone as proven: staff rang it and spoke with the person."""
    contact.confirmed_at = contact.confirmed_at or now
    session.flush()


def stop_contact(session: Session, contact: Contact, *, now: datetime) -> None:
    """Send or tell nothing more this way."""
    contact.stopped_at = contact.stopped_at or now
    session.flush()


def resume_contact(session: Session, contact: Contact) -> None:
    """Tell news this way again."""
    contact.stopped_at = None
    session.flush()


def remove_contact(session: Session, contact: Contact) -> None:
    """Forget the number or name."""
    session.delete(contact)
    session.flush()


def stop_mails(session: Session, person: Person, *, now: datetime) -> None:
    """Send this person no more mails about what they sent."""
    person.mail_stopped_at = person.mail_stopped_at or now
    session.flush()


def resume_mails(session: Session, person: Person) -> None:
    """Send this person mails about what they sent again."""
    person.mail_stopped_at = None
    session.flush()


def channel_names() -> dict[ContactChannel, str]:
    """Return the names of the channels in the language of the request."""
    return {
        ContactChannel.PHONE: _("Telephone"),
        ContactChannel.SMS: _("SMS"),
        ContactChannel.CHAT: _("Chat"),
    }


def list_contacts(session: Session, person: Person) -> Sequence[Contact]:
    """Return all of the person's contacts, under whichever record of theirs they were noted."""
    mine = select(Contact).where(Contact.person_id.in_(records_of(person)))
    return session.scalars(mine.order_by(Contact.consent_at, Contact.id)).all()


def find_contact(session: Session, person: Person, number: int) -> Contact | None:
    """Return this contact of the person's, held by this transaction, or None."""
    mine = select(Contact).where(Contact.id == number, Contact.person_id.in_(records_of(person)))
    return session.scalar(mine.with_for_update())


def list_reachable(session: Session, person: Person) -> Sequence[Contact]:
    """Return the contacts that news may go to, the newest of each channel.

    A telephone may be rung before it is proven: staff ask who is there before they tell anything.
    """
    found = [c for c in list_contacts(session, person) if not c.stopped_at]
    newest = {c.channel: c for c in found if c.confirmed_at or c.channel == ContactChannel.PHONE}
    return list(newest.values())


def clear_unconfirmed(session: Session, now: datetime) -> None:
    """Remove contacts that were noted 30 days ago and whose code never came back.

    A telephone stays: nobody rings it until there is news.
    """
    old = Contact.consent_at < now - KEEP_UNCONFIRMED
    by_code = Contact.channel != ContactChannel.PHONE
    session.execute(delete(Contact).where(Contact.confirmed_at.is_(None), by_code, old))
