"""What follows when somebody turns out to be somebody, or no longer works here."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import VERIFIED_TOPIC
from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.communities.directory import get_directory
from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.routing.actions import ROUTED_TOPIC
from portal.threads.actions import lock_thread, show_words
from portal.threads.arguments import recount_helpful_of
from portal.threads.events import SYSTEM
from portal.threads.models import Status, Thread, Visibility
from portal.threads.photos import show_photos_of
from portal.threads.votes import recount_votes_of
from portal.triage.handing import leave_what_is_not_theirs, list_assigned
from portal.triage.recurring import tie_to_earlier

LEAVE_TOPIC = "triage.leave"
nightly.append(LEAVE_TOPIC)


@handles(VERIFIED_TOPIC)
def on_person_verified(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Count a verified person's votes anew, and show the public their waiting words and photos.

    Safe to run twice. The payload's "person_id" is whom they are counted as.
    """
    person = session.get_one(Person, payload["person_id"])
    recount_votes_of(session, person, now=now)
    recount_helpful_of(session, person)
    if person.is_verified and not person.is_blocked:
        show_waiting_words(session, person, now)
        show_photos_of(session, person, now)


@handles(ROUTED_TOPIC)
def on_routed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Tie a report, once its category is known, to what it repeats. Safe to run twice."""
    thread = session.get(Thread, payload["thread_id"])
    if thread is not None:
        tie_to_earlier(session, thread, get_directory(session), now=now)


def show_waiting_words(session: Session, person: Person, now: datetime) -> None:
    records = records_of(person).where(Person.is_verified)
    waiting = select(Thread.id).where(
        Thread.author_id.in_(records),
        Thread.visibility == Visibility.FIRST_LOOK,
        Thread.status != Status.WITHDRAWN,
    )
    for number in session.scalars(waiting.order_by(Thread.id)).all():
        thread = lock_thread(session, number)
        if thread.visibility == Visibility.FIRST_LOOK:
            show_words(session, thread, by=SYSTEM, now=now)


@handles(LEAVE_TOPIC)
def leave_lost_work(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Leave to its department what somebody has who may no longer work it, however that came about."""
    directory = get_directory(session)
    for person in list_assigned(session):
        leave_what_is_not_theirs(session, person, directory, now=now)
