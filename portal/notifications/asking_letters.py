"""The mails of asking.py: is it fixed, and it came back. Written when they go out, or not any more."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core.i18n import in_language
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.tokens import sign
from portal.notifications.follow_letters import tell_thread
from portal.notifications.letters import STOP, make_letter, name_of, quote
from portal.notifications.models import CAME_BACK, Delivery
from portal.reports.models import Report
from portal.reports.verdicts import ASKED, may_answer
from portal.threads.models import Event, Thread
from portal.threads.timeline import tell
from portal.triage.access import desk_for

Values = dict[str, Any]


def write_asking_letter(session: Session, person: Person, delivery: Delivery) -> Letter | None:
    """Return the mail of a delivery, or None where nothing is to be told any more."""
    event = session.get_one(Event, delivery.event_id)
    thread = session.get_one(Thread, event.thread_id)
    with in_language(person.language):
        directory = get_directory(session)
        read = _came_back if delivery.about == CAME_BACK else _ask
        values = read(session, person, thread, event, directory)
        if values is None:
            return None
        values |= {
            "name": name_of(person),
            "reference": thread.reference,
            "title": tell_thread(thread),
            "where": directory.full_name(thread.place_id),
            "stop_link": whole_link("notifications.stop_mail", token=sign(STOP, person.id)),
        }
        return make_letter(person, delivery, delivery.about, values)


def _ask(
    session: Session, person: Person, thread: Thread, event: Event, _directory: Directory
) -> Values | None:
    """Return what the question says, while this very round is open."""
    is_open = session.get_one(Report, thread.id).round == event.data["round"]
    if not (is_open and thread.is_listed and may_answer(session, thread, person)):
        return None
    token = sign(ASKED, [thread.id, person.id, event.data["round"]])
    return {
        "words": quote(event.statement.text) if event.statement else "",
        "has_photos": bool(event.data["photos"]),
        "ask_link": whole_link("verdicts.by_token", token=token),
    }


def _came_back(
    _session: Session, person: Person, thread: Thread, event: Event, directory: Directory
) -> Values | None:
    """Return what staff are told, while they may read it: not what was said, which stands on the page."""
    if not desk_for(person, thread, directory).reads:
        return None
    link = whole_link("triage.show", reference=thread.reference)
    return {"sentence": tell(event, directory), "due": thread.due_at, "staff_link": link}
