"""What happens to reviews and decisions by the clock. Each handler is safe to run twice."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import get_directory
from portal.core.dates import local_time
from portal.core.outbox import handles
from portal.core.worker import mornings
from portal.panels.access import call_of, place_of
from portal.panels.decisions import ANNOUNCE_TOPIC, announce, come_back
from portal.panels.mailing import AGAIN, DUE, write_to
from portal.panels.models import Decision, Review, Seat
from portal.panels.queries import is_awaited
from portal.threads.actions import lock_thread
from portal.threads.models import Status

MORNING_TOPIC = "panels.morning"
REMIND_BEFORE = timedelta(days=3)
mornings.append(MORNING_TOPIC)


@handles(ANNOUNCE_TOPIC)
def tell_everybody(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Make a decision public once its author had the time to read it first."""
    decision = session.get_one(Decision, payload["decision"])
    announce(session, decision, lock_thread(session, decision.thread_id), now=now)


@handles(MORNING_TOPIC)
def look_through(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remind panellists whose last day comes near, and bring back what was put off until today."""
    remind(session, now)
    bring_back(session, now)


def remind(session: Session, now: datetime) -> None:
    """Write to panellists, once for each seat and in one mail for all that waits for them."""
    last = local_time(now + REMIND_BEFORE).date()
    waiting = (
        select(Seat)
        .join(Review, Review.id == Seat.review_id)
        .where(is_awaited(), Seat.reminded_at.is_(None), Review.last_day <= last)
        .where(Review.last_day >= local_time(now).date())
        .order_by(Seat.id)
    )
    people = set()
    for seat in session.scalars(waiting).all():
        seat.reminded_at = now
        people.add(seat.person_id)
    write_to(session, DUE, people, now)


def bring_back(session: Session, now: datetime) -> None:
    """Let ideas whose day has come be weighed again, and tell the coordinators who decide on them."""
    due = (
        select(Decision)
        .where(Decision.again_on <= local_time(now).date(), Decision.came_back_at.is_(None))
        .where(Decision.announced_at.is_not(None))
        .order_by(Decision.thread_id, Decision.id)
    )
    places = set()
    for decision in session.scalars(due).all():
        thread = lock_thread(session, decision.thread_id)
        come_back(session, decision, thread, now=now)
        if thread.status == Status.OPEN:
            places.add(place_of(thread, call_of(session, thread)))
    write_to(session, AGAIN, _coordinators(session, places), now)


def _coordinators(session: Session, places: set[int]) -> set[int]:
    directory = get_directory(session)
    above = {place.id for number in places for place in directory.ancestors(number)}
    holding = (Role.place_id.in_(above)) & (Role.name == RoleName.COORDINATOR)
    people = select(Person.id).join(Role, Role.person_id == Person.id)
    return set(session.scalars(people.where(holding, ~Person.is_blocked)))
