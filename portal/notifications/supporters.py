"""An idea has changed: who supported it as it was is asked anew, by mail, inbox, SMS or chat."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, ContactChannel, Person
from portal.communities.directory import get_directory
from portal.core.i18n import gettext as _
from portal.core.i18n import in_language
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.outbox import enqueue
from portal.core.text import mask_personal
from portal.core.tokens import sign
from portal.ideas.models import Idea
from portal.ideas.support_views import SUPPORTS
from portal.ideas.versions import is_asked_anew, is_earlier, list_versions
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.asking import want_no_mail
from portal.notifications.follow_letters import tell_thread
from portal.notifications.letters import STOP, make_letter, name_of, quote
from portal.notifications.models import SUPPORT, Delivery
from portal.notifications.notes import compose_note
from portal.notifications.rules import has_link
from portal.notifications.spreading import CHUNK, Recipient, asks_supporters, prepare, read_chunk
from portal.threads.additions import Frequency
from portal.threads.models import Event, Thread, Visibility, Vote
from portal.threads.votes import takes_votes

SUPPORTERS_TOPIC = "supporters.ask"
BY_HOOK = (ContactChannel.SMS, ContactChannel.CHAT)


def ask_supporters(
    session: Session, event: Event, after: int, *, host: str, channels: Collection[str], now: datetime
) -> None:
    """Ask those who supported the idea before this change, with an address they have proven.

    A hundred at once, whose votes come after this number. Safe to repeat.
    """
    if not asks_supporters(event):
        return
    thread = session.get_one(Thread, event.thread_id)
    if not thread.is_listed:
        return
    idea = session.get_one(Idea, thread.id)
    rows = read_chunk(session, Vote, after, (Vote.thread_id == thread.id) & is_earlier(idea))
    people = {person_id for _vote, person_id, _hash in rows}
    silent = want_no_mail(session, thread, people)
    asked = [
        Recipient(
            person_id,
            password_hash is not None,
            Frequency.NO_MAIL if person_id in silent else Frequency.AT_ONCE,
        )
        for _vote, person_id, password_hash in rows
    ]
    prepare(session, event, asked, thread=thread, about=SUPPORT, host=host, now=now)
    told = people - silent - {thread.author.root_id}
    prepare_notes(session, event, told, about=SUPPORT, host=host, channels=channels, now=now)
    if len(rows) == CHUNK:
        enqueue(session, SUPPORTERS_TOPIC, {"event_id": event.id, "after": rows[-1][0].id}, now=now)


def prepare_notes(
    session: Session,
    event: Event,
    people: Collection[int],
    *,
    about: str,
    host: str,
    channels: Collection[str],
    now: datetime,
) -> None:
    """Prepare the short messages to whoever of these takes them, once for each contact."""
    wanted = [channel for channel in BY_HOOK if channel in channels]
    if not (wanted and people):
        return
    there = select(Delivery.person_id, Delivery.channel).where(Delivery.event_id == event.id)
    known = {
        (row.person_id, row.channel) for row in session.execute(there.where(Delivery.person_id.in_(people)))
    }
    for contact in session.scalars(
        select(Contact).where(
            Contact.person_id.in_(people),
            Contact.channel.in_(wanted),
            Contact.confirmed_at.is_not(None),
            Contact.stopped_at.is_(None),
        )
    ):
        if (contact.person_id, contact.channel) not in known:
            _prepare_note(session, event, contact, about, host=host, now=now)


def _prepare_note(
    session: Session, event: Event, contact: Contact, about: str, *, host: str, now: datetime
) -> None:
    note = Delivery(
        event_id=event.id,
        person_id=contact.person_id,
        channel=contact.channel,
        about=about,
        message_id=f"<event-{event.id}.{contact.person_id}.{contact.channel}@{host}>",
        created_at=now,
    )
    session.add(note)
    session.flush()
    payload = {"delivery_id": note.id}
    enqueue(session, SEND_TOPIC, payload, now=now, unique_key=sending_key(note.id))


def write_support_letter(session: Session, person: Person, delivery: Delivery) -> Letter | None:
    """Return the mail that asks, or None where nothing is to be asked any more."""
    thread = _read_asked(session, person, delivery)
    if thread is None:
        return None
    newest = list_versions(session, thread.id)[-1]
    why = mask_personal(newest.why) if thread.visibility == Visibility.PUBLIC else ""
    with in_language(person.language):
        values = {
            "name": name_of(person),
            "reference": thread.reference,
            "title": tell_thread(thread),
            "where": get_directory(session).full_name(thread.place_id),
            "words": quote(why) if not has_link(why) else "",
            "ask_link": _link(thread, person),
            "stop_link": whole_link("notifications.stop_mail", token=sign(STOP, person.id)),
        }
        return make_letter(person, delivery, SUPPORT, values)


def write_support_note(
    session: Session, person: Person, delivery: Delivery, contact: Contact
) -> Mapping[str, str] | None:
    """Return the short message that asks, or None where nothing is to be asked any more."""
    thread = _read_asked(session, person, delivery)
    if thread is None:
        return None
    with in_language(person.language):
        text = _(
            "Linli: %(reference)s, which you support, has changed. Do you still support it? %(link)s",
            reference=thread.reference,
            link=_link(thread, person),
        )
    return compose_note(delivery, contact, text, person.language, thread)


def _link(thread: Thread, person: Person) -> str:
    return whole_link("supporters.by_token", token=sign(SUPPORTS, [thread.id, person.id]))


def _read_asked(session: Session, person: Person, delivery: Delivery) -> Thread | None:
    """Return the idea while it is the newest question about it, and this person has not answered."""
    event = session.get_one(Event, delivery.event_id)
    thread = session.get_one(Thread, event.thread_id)
    idea = session.get_one(Idea, thread.id)
    is_open = thread.is_listed and takes_votes(thread) and event.data["version"] == idea.substance
    return thread if is_open and is_asked_anew(session, thread, idea, person) else None
