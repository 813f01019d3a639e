"""The mail to those whom a pilot concerns, and where its link leads: owner, coordinators, evaluators."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at
from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core.i18n import in_language
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.core.tokens import sign
from portal.notifications.letters import STOP, make_letter, name_of
from portal.notifications.models import Delivery
from portal.pilots.gates import Evaluator
from portal.pilots.models import Pilot
from portal.threads.models import Event
from portal.threads.timeline import tell

Page = tuple[str, str]  # endpoint, code


def write_pilot_letter(session: Session, person: Person, delivery: Delivery) -> Letter | None:
    """Return the mail of a delivery, or None where the pilot no longer concerns this person."""
    event, directory = session.get_one(Event, delivery.event_id), get_directory(session)
    page = find_page(session, person, event, directory)
    if page is None:
        return None
    endpoint, code = page
    with in_language(person.language):
        values = {
            "name": name_of(person),
            "title": event.data["title"],
            "where": directory.full_name(event.data["place"]),
            "sentence": tell(event, directory),
            "is_harm": event.kind == "pilot.harm_told",
            "asks": endpoint == "judging.show" and event.kind != "pilot.decided",
            "page_link": whole_link(endpoint, code=code),
            "stop_link": whole_link("notifications.stop_mail", token=sign(STOP, person.id)),
        }
        return make_letter(person, delivery, delivery.about, values)


def find_page(session: Session, person: Person, event: Event, directory: Directory) -> Page | None:
    """Return where this person does something about a pilot; None for whom it doesn't concern any more."""
    pilot = session.scalar(select(Pilot).where(Pilot.code == event.data["pilot"]))
    if pilot is None:
        return None
    judges = select(Evaluator.id).where(
        Evaluator.pilot_id == pilot.id, Evaluator.person_id == person.root_id, Evaluator.interest == ""
    )
    if is_coordinator_at(person, directory.places[pilot.place_id].path):
        return "pilot_reviews.show", pilot.code
    if session.scalar(judges) is not None:
        return "judging.show", pilot.code
    return ("pilots.show", pilot.code) if pilot.owner_id in (person.id, person.root_id) else None


def address_of(session: Session, person: Person, event: Event, directory: Directory) -> str:
    """Return the address that a line in the inbox leads to."""
    page = find_page(session, person, event, directory)
    return url_for(page[0], code=page[1]) if page else url_for("inbox.index")
