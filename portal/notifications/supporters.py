"""What an idea's supporters are asked, by mail, SMS or chat: it has changed, or went on in another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Contact, Person
from portal.communities.directory import get_directory
from portal.core.i18n import gettext as _
from portal.core.i18n import in_language
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.text import mask_personal
from portal.core.tokens import sign
from portal.ideas.asked import CARRIES, SUPPORTS
from portal.ideas.carrying import find_carrying
from portal.ideas.models import Idea
from portal.ideas.versions import is_asked_anew, list_versions
from portal.notifications.follow_letters import tell_thread
from portal.notifications.letters import STOP, make_letter, name_of, quote
from portal.notifications.models import CARRY, Delivery
from portal.notifications.notes import compose_note
from portal.notifications.rules import has_link
from portal.threads.models import Event, Thread, Visibility
from portal.threads.votes import takes_votes


def write_supporter_letter(
    session: Session, person: Person, delivery: Delivery, now: datetime
) -> Letter | None:
    """Return the mail that asks a supporter, or None where nothing is to be asked any more."""
    event, idea = _read(session, delivery)
    with in_language(person.language):
        if delivery.about == CARRY:
            values = _read_carrying(session, idea, event, person, now)
        else:
            values = _read_change(session, idea, event, person)
        if values is None:
            return None
        why = mask_personal(values.pop("why")) if idea.visibility == Visibility.PUBLIC else ""
        values |= {
            "name": name_of(person),
            "reference": idea.reference,
            "title": tell_thread(idea),
            "where": get_directory(session).full_name(idea.place_id),
            "words": quote(why) if not has_link(why) else "",
            "ask_link": _link(idea, person, delivery),
            "stop_link": whole_link("notifications.stop_mail", token=sign(STOP, person.id)),
        }
        return make_letter(person, delivery, delivery.about, values)


def write_supporter_note(
    session: Session, person: Person, delivery: Delivery, contact: Contact, now: datetime
) -> Mapping[str, str] | None:
    """Return the short message that asks a supporter, or None where nothing is to be asked any more."""
    event, idea = _read(session, delivery)
    told = {"reference": idea.reference, "link": _link(idea, person, delivery)}
    with in_language(person.language):
        if delivery.about == CARRY:
            is_asked = _read_carrying(session, idea, event, person, now) is not None
            text = _(
                "Linli: %(reference)s, which you support, was combined with another idea."
                " Does your support go along? %(link)s",
                **told,
            )
        else:
            is_asked = _read_change(session, idea, event, person) is not None
            text = _(
                "Linli: %(reference)s, which you support, has changed. Do you still support it? %(link)s",
                **told,
            )
    return compose_note(delivery, contact, text, person.language, idea) if is_asked else None


def _read(session: Session, delivery: Delivery) -> tuple[Event, Thread]:
    event = session.get_one(Event, delivery.event_id)
    return event, session.get_one(Thread, event.thread_id)


def _link(idea: Thread, person: Person, delivery: Delivery) -> str:
    """Return the supporter's own link to the page that asks."""
    page, purpose = ("carry", CARRIES) if delivery.about == CARRY else ("supported", SUPPORTS)
    return whole_link(f"asked.{page}", token=sign(purpose, [idea.id, person.id]))


def _read_change(session: Session, thread: Thread, event: Event, person: Person) -> dict[str, Any] | None:
    """Return what is asked while it is the newest question about the idea, and they have not answered."""
    idea = session.get_one(Idea, thread.id)
    is_open = thread.is_listed and takes_votes(thread) and event.data["version"] == idea.substance
    if not (is_open and is_asked_anew(session, thread, idea, person)):
        return None
    return {"why": list_versions(session, thread.id)[-1].why}


def _read_carrying(
    session: Session, idea: Thread, event: Event, person: Person, now: datetime
) -> dict[str, Any] | None:
    """Return what is asked while the supporter has not answered and still can."""
    found = find_carrying(session, idea, person, now)
    if found is None or not found.is_open or found.is_carried or found.stays or not idea.is_listed:
        return None
    return {"why": event.statement.text if event.statement else "", "target": tell_thread(found.target)}
