"""Who voted is asked: is it fixed, do you still support it, does your support go along?

And staff hear of it when somebody opened a matter again.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, ContactChannel, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.outbox import enqueue
from portal.ideas.models import Idea
from portal.ideas.versions import is_earlier
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.models import CAME_BACK, CARRY, SUPPORT, VERDICT, Delivery
from portal.notifications.spreading import (
    ASKS,
    CHUNK,
    COMBINED,
    Recipient,
    asks_supporters,
    prepare,
    read_chunk,
)
from portal.threads.additions import Follower, Frequency
from portal.threads.lineage import find_onward
from portal.threads.models import Event, Thread, Vote

VOTERS_TOPIC = "voters.ask"
BY_HOOK = (ContactChannel.SMS, ContactChannel.CHAT)


class Question(NamedTuple):
    """What an event asks those who voted, and of whose votes."""

    about: str
    wanted: ColumnElement[bool]


def ask_voters(
    session: Session, event: Event, after: int, *, host: str, channels: Collection[str], now: datetime
) -> None:
    """Ask those who voted, with an address they have proven, if the event asks them anything.

    A hundred at once, whose votes come after this number. Safe to repeat.
    """
    thread = session.get_one(Thread, event.thread_id)
    question = find_question(session, event, thread) if thread.is_listed else None
    if question is None:
        return
    rows = read_chunk(session, Vote, after, (Vote.thread_id == thread.id) & question.wanted)
    people = {person_id for _vote, person_id, _hash in rows}
    silent = _want_no_mail(session, thread, people)
    asked = [
        Recipient(number, password is not None, Frequency.NO_MAIL if number in silent else Frequency.AT_ONCE)
        for _vote, number, password in rows
    ]
    about = question.about
    prepare(session, event, asked, thread=thread, about=about, host=host, now=now)
    if about != VERDICT:  # nobody is asked by a short message whether something is fixed
        told = people - silent - {thread.author.root_id}
        _prepare_notes(session, event, told, about=about, host=host, channels=channels, now=now)
    if len(rows) == CHUNK:
        enqueue(session, VOTERS_TOPIC, {"event_id": event.id, "after": rows[-1][0].id}, now=now)


def find_question(session: Session, event: Event, thread: Thread) -> Question | None:
    """Return what the event asks those who voted: if it is fixed, changed in substance, or combined."""
    if event.kind == ASKS:
        return Question(VERDICT, true())
    if asks_supporters(event):
        return Question(SUPPORT, is_earlier(session.get_one(Idea, thread.id)))
    target = find_onward(session, thread) if event.kind == COMBINED else None
    if target is None or not target.is_listed:
        return None
    there = select(Vote.person_id).where(Vote.thread_id == target.id)
    return Question(CARRY, Vote.person_id.not_in(there))


def _want_no_mail(session: Session, thread: Thread, people: Collection[int]) -> set[int]:
    """Return who of these follows the thread without mails."""
    found = select(Follower.person_id).where(
        Follower.thread_id == thread.id,
        Follower.person_id.in_(people),
        Follower.frequency == Frequency.NO_MAIL,
    )
    return set(session.scalars(found))


def _prepare_notes(
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


def tell_staff(session: Session, event: Event, directory: Directory, *, host: str, now: datetime) -> None:
    """Tell the officer who had it and the heads of its department that a resident opened it again."""
    if event.kind != "report.reopened" or event.actor_role != "resident":
        return
    thread = session.get_one(Thread, event.thread_id)
    above = [place.id for place in directory.ancestors(thread.place_id)]
    heads = select(Role.person_id).where(
        Role.name == RoleName.HEAD, Role.department_id == thread.department_id, Role.place_id.in_(above)
    )
    concerned = select(Person).where(
        Person.id.in_(heads) | (Person.id == thread.assignee_id),
        ~Person.is_blocked,
        Person.erased_at.is_(None),
    )
    told = [
        Recipient(person.root_id, person.password_hash is not None, Frequency.AT_ONCE)
        for person in session.scalars(concerned.order_by(Person.id))
    ]
    prepare(session, event, told, thread=thread, about=CAME_BACK, host=host, now=now)
