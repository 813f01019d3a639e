"""The short text of an SMS or chat message: one sentence and a link, in the language of its reader."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.accounts.contacts import code_of
from portal.accounts.models import Contact, Person
from portal.core.i18n import gettext as _
from portal.core.i18n import in_language
from portal.notifications.letters import event_values, language_of, render
from portal.notifications.models import Delivery
from portal.threads.models import Event, Thread


def write_note(session: Session, delivery: Delivery, contact: Contact) -> Mapping[str, str]:
    """Return the message for the web hook."""
    person = session.get_one(Person, delivery.person_id)
    event = session.get_one(Event, delivery.event_id) if delivery.event_id else None
    thread = session.get_one(Thread, event.thread_id) if event else None
    language = language_of(person, thread)
    with in_language(language):
        text = _tell(session, event, thread, person) if event and thread else _tell_code(contact)
    return compose_note(delivery, contact, text, language, thread)


def compose_note(
    delivery: Delivery, contact: Contact, text: str, language: str, thread: Thread | None
) -> Mapping[str, str]:
    """Return what the web hook is given for one message. Its id is the same at each try."""
    return {
        "id": delivery.message_id.strip("<>"),
        "channel": contact.channel,
        "to": contact.address,
        "text": text,
        "language": language,
        "reference": thread.reference if thread else "",
    }


def _tell(session: Session, event: Event, thread: Thread, person: Person) -> str:
    values = event_values(session, event, thread, person)
    news, _text = render(event.kind, values)
    return _("Linli: %(news)s %(link)s", news=news, link=values["track_link"])


def _tell_code(contact: Contact) -> str:
    return _(
        "Linli: your code is %(code)s. It works for 15 minutes. If you asked for nothing, ignore this.",
        code=code_of(contact) or "",
    )
