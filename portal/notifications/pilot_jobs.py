"""Telling owner, coordinators and evaluators what happens to a pilot, one by one."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.outbox import handles
from portal.notifications.jobs import mail_host
from portal.notifications.models import PILOT
from portal.notifications.spreading import Recipient, prepare
from portal.pilots.concerned import TELL_TOPIC
from portal.threads.additions import Frequency
from portal.threads.models import Event, Thread


@handles(TELL_TOPIC)
def tell_concerned(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Prepare what tells these people of an event of a pilot, also its idea's sender. Safe to repeat."""
    event = session.get_one(Event, payload["event_id"])
    thread = session.get_one(Thread, event.thread_id)
    people = select(Person).where(
        Person.id.in_(payload["people"]), ~Person.is_blocked, Person.erased_at.is_(None)
    )
    told = [
        Recipient(person.root_id, person.password_hash is not None, Frequency.AT_ONCE)
        for person in session.scalars(people.order_by(Person.id))
    ]
    host = mail_host()
    prepare(session, event, told, thread=thread, about=PILOT, host=host, now=now, also_sender=True)
