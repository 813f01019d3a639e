"""An idea was combined into another: its supporters are asked whether they go along, each by a link."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, Person
from portal.communities.directory import get_directory
from portal.core.i18n import gettext as _
from portal.core.i18n import in_language
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.outbox import enqueue
from portal.core.text import mask_personal
from portal.core.tokens import sign
from portal.ideas.carrying import SUPPORTER, Carrying, find_carrying
from portal.notifications.asking import want_no_mail
from portal.notifications.follow_letters import tell_thread
from portal.notifications.letters import STOP, make_letter, name_of, quote
from portal.notifications.models import CARRY, Delivery
from portal.notifications.notes import compose_note
from portal.notifications.rules import has_link
from portal.notifications.spreading import CHUNK, COMBINED, Recipient, prepare, read_chunk
from portal.notifications.supporters import prepare_notes
from portal.threads.additions import Frequency
from portal.threads.lineage import find_onward
from portal.threads.models import Event, Thread, Visibility, Vote

CARRY_TOPIC = "supporters.carry"


def ask_to_carry(
    session: Session, event: Event, after: int, *, host: str, channels: Collection[str], now: datetime
) -> None:
    """Ask those who support the old idea and not the combined one, with an address they have proven.

    A hundred at once, whose votes come after this number. Safe to repeat.
    """
    if event.kind != COMBINED:
        return
    idea = session.get_one(Thread, event.thread_id)
    target = find_onward(session, idea)
    if target is None or not idea.is_listed or not target.is_listed:
        return
    there = select(Vote.person_id).where(Vote.thread_id == target.id)
    wanted = (Vote.thread_id == idea.id) & Vote.person_id.not_in(there)
    rows = read_chunk(session, Vote, after, wanted)
    people = {person_id for _vote, person_id, _hash in rows}
    silent = want_no_mail(session, idea, people)
    asked = [
        Recipient(number, password is not None, Frequency.NO_MAIL if number in silent else Frequency.AT_ONCE)
        for _vote, number, password in rows
    ]
    prepare(session, event, asked, thread=idea, about=CARRY, host=host, now=now)
    told = people - silent - {idea.author.root_id}
    prepare_notes(session, event, told, about=CARRY, host=host, channels=channels, now=now)
    if len(rows) == CHUNK:
        enqueue(session, CARRY_TOPIC, {"event_id": event.id, "after": rows[-1][0].id}, now=now)


def write_carry_letter(session: Session, person: Person, delivery: Delivery, now: datetime) -> Letter | None:
    """Return the mail that asks, or None where nothing is to be asked any more."""
    event = session.get_one(Event, delivery.event_id)
    idea = session.get_one(Thread, event.thread_id)
    asked = _read_asked(session, idea, person, now)
    if asked is None:
        return None
    is_public = idea.visibility == Visibility.PUBLIC
    why = mask_personal(event.statement.text) if event.statement and is_public else ""
    with in_language(person.language):
        values = {
            "name": name_of(person),
            "reference": idea.reference,
            "title": tell_thread(idea),
            "target": tell_thread(asked.target),
            "where": get_directory(session).full_name(idea.place_id),
            "words": quote(why) if not has_link(why) else "",
            "ask_link": _link(idea, person),
            "stop_link": whole_link("notifications.stop_mail", token=sign(STOP, person.id)),
        }
        return make_letter(person, delivery, CARRY, values)


def write_carry_note(
    session: Session, person: Person, delivery: Delivery, contact: Contact, now: datetime
) -> Mapping[str, str] | None:
    """Return the short message that asks, or None where nothing is to be asked any more."""
    event = session.get_one(Event, delivery.event_id)
    idea = session.get_one(Thread, event.thread_id)
    if _read_asked(session, idea, person, now) is None:
        return None
    with in_language(person.language):
        text = _(
            "Linli: %(reference)s, which you support, was combined with another idea."
            " Does your support go along? %(link)s",
            reference=idea.reference,
            link=_link(idea, person),
        )
    return compose_note(delivery, contact, text, person.language, idea)


def _link(idea: Thread, person: Person) -> str:
    return whole_link("lineage.by_token", token=sign(SUPPORTER, [idea.id, person.id]))


def _read_asked(session: Session, idea: Thread, person: Person, now: datetime) -> Carrying | None:
    """Return where the supporter stands, while they have not answered and still can."""
    found = find_carrying(session, idea, person, now)
    is_asked = found is not None and found.is_open and not (found.is_carried or found.stays)
    return found if is_asked and idea.is_listed else None
