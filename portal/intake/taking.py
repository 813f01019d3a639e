"""Taking down for somebody what they tell staff on the telephone, at the office or on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.contacts import note_contact
from portal.accounts.identity import new_person
from portal.accounts.models import ContactChannel, Person
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.core.tokens import new_token
from portal.intake.access import may_print_slip
from portal.intake.actions import SUBMIT
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.threads.actions import Submission, find_submission
from portal.threads.events import Actor, record_event
from portal.threads.models import Channel, Event, EventVisibility, Thread
from portal.threads.photos import Kept, add_photos
from portal.threads.queries import find_by_reference

SLIP = "thread.slip_printed"


@dataclass(frozen=True)
class Told:
    """What somebody told staff, and how they can be reached, if they wish to be."""

    text: str
    title: str
    place_id: int
    spot_id: int | None
    address: str
    channel: Channel
    language: str
    private: bool
    name: str
    phone: str
    email: str


def take_down(
    session: Session,
    told: Told,
    pictures: Sequence[Kept],
    *,
    key: str,
    advice: Advice,
    route: Route,
    by: Actor,
    now: datetime,
) -> Thread:
    """Make the submission of what was told, once for each key; its author is a person of their own."""
    made = find_submission(session, key)
    if made is not None:
        return made
    author = _author(session, told, by, now)
    submission = Submission(
        key=key,
        token=new_token(),
        text=told.text,
        title=told.title,
        author=author,
        place_id=told.place_id,
        spot_id=told.spot_id,
        address=told.address,
        private=told.private,
        language=told.language,
        channel=told.channel,
        taken_by=by,
    )
    thread = SUBMIT[route.kind](session, submission, advice, route, now=now)
    add_photos(session, thread, pictures, person=author, by=by, now=now)
    return thread


def _author(session: Session, told: Told, by: Actor, now: datetime) -> Person:
    """Add the person: never somebody who is known, for several may share a telephone or an address."""
    author = new_person(session, now, email=told.email, name=told.name)
    author.language = told.language
    session.flush()
    if told.phone:
        note_contact(session, author, ContactChannel.PHONE, told.phone, noted_by=by.person, now=now)
    return author


def get_taken(session: Session, person: Person, reference: str, directory: Directory) -> Thread:
    """Return what was taken down under this reference; NotFound unless the person may print its slip."""
    thread = find_by_reference(session, reference)
    if thread is None:
        raise NotFound()
    submitted = select(Event.actor_id).where(Event.thread_id == thread.id, Event.sequence == 1)
    if not may_print_slip(person, thread, session.scalar(submitted), directory):
        raise NotFound()
    return thread


def note_slip(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Record that the sender's private link was printed by this person; the thread must be locked.

    Printed again at once, in another language or after a paper jam, it is the same print-out.
    """
    last = select(Event).where(Event.thread_id == thread.id, Event.sequence == thread.last_sequence)
    event = session.scalars(last).one()
    if (event.kind, event.actor_id) != (SLIP, by.id):
        record_event(session, thread, SLIP, by=by, now=now, visibility=EventVisibility.STAFF)
