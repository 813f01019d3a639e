"""Deliveries: made once for each event and person, sent, held back, tried again."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.errors import TooMany
from portal.core.limits import count_attempt
from portal.core.outbox import Job, enqueue
from portal.notifications.models import EMAIL, Delivery
from portal.notifications.rules import RECEIPT, is_told, takes_mail
from portal.threads.events import Actor, record_administration
from portal.threads.models import Event, Thread

SEND_TOPIC = "mail.send"
DAY = timedelta(days=1)
RECEIPTS_A_DAY = 20  # to an address that nobody has proven


def deliver_event(session: Session, event: Event, *, host: str, now: datetime) -> Delivery | None:
    """Prepare the mail about an event, if its sender is to hear of it. Safe to repeat."""
    thread = session.get(Thread, event.thread_id)
    if thread is None or not is_told(
        event.kind,
        actor_id=event.actor_id,
        sender_ids=(thread.author.id, thread.author.same_as_id),
    ):
        return None
    if not is_wanted(session, thread.author) or _is_prepared(session, event.id, thread.author.id):
        return None
    if event.kind == RECEIPT and not thread.author.is_verified and not _may_write_to(session, thread, now):
        return None
    message_id = f"<event-{event.id}.{thread.author.id}@{host}>"
    return _prepare(session, thread.author, event.kind, message_id, event_id=event.id, now=now)


def deliver_account_mail(
    session: Session, person: Person, about: str, key: str, *, host: str, now: datetime
) -> Delivery | None:
    """Prepare a mail about a person's account. Safe to repeat with the same key."""
    message_id = f"<account-{key}@{host}>"
    known = session.scalar(select(Delivery.id).where(Delivery.message_id == message_id))
    if known is not None or not person.email:
        return None
    return _prepare(session, person, about, message_id, event_id=None, now=now)


def _may_write_to(session: Session, thread: Thread, now: datetime) -> bool:
    """Tell whether an address that nobody has proven had few receipts lately.

    Anybody can send with somebody else's address; they must not be able to fill their mailbox.
    """
    address = (thread.author.email or "").lower()
    try:
        count_attempt(session, "receipt", address, most=RECEIPTS_A_DAY, within=DAY, now=now)
    except TooMany:
        return False
    return True


def _is_prepared(session: Session, event_id: int, person_id: int) -> bool:
    found = session.scalar(
        select(Delivery.id).where(
            Delivery.event_id == event_id, Delivery.person_id == person_id, Delivery.channel == EMAIL
        )
    )
    return found is not None


def _prepare(
    session: Session, person: Person, about: str, message_id: str, *, event_id: int | None, now: datetime
) -> Delivery:
    delivery = Delivery(
        event_id=event_id,
        person_id=person.id,
        channel=EMAIL,
        about=about,
        message_id=message_id,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    enqueue(session, SEND_TOPIC, {"delivery_id": delivery.id}, now=now, unique_key=sending_key(delivery.id))
    return delivery


def sending_key(delivery_id: int) -> str:
    """Return the unique key of the job that sends a delivery."""
    return f"{SEND_TOPIC}:{delivery_id}"


def is_wanted(session: Session, person: Person) -> bool:
    """Tell whether the person takes mails about what they sent, under either record of theirs."""
    root = session.get_one(Person, person.root_id)
    return takes_mail(person.email, person.mail_stopped_at, root.mail_stopped_at)


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(sent_at=now))


def hold_back(session: Session, delivery: Delivery, now: datetime) -> None:
    """Note that the mail was not wanted any more when its turn came."""
    delivery.held_back_at = now
    session.flush()


def stop_mails(session: Session, person: Person, *, now: datetime) -> None:
    """Send this person no more mails about what they sent."""
    person.mail_stopped_at = person.mail_stopped_at or now
    session.flush()


def resume_mails(session: Session, person: Person) -> None:
    """Send this person mails about what they sent again."""
    person.mail_stopped_at = None
    session.flush()


def try_again(session: Session, delivery_id: int, *, by: Actor, now: datetime) -> bool:
    """Let a mail that was given up be tried anew. Return whether there was one."""
    job = session.scalar(
        select(Job)
        .where(Job.unique_key == sending_key(delivery_id), Job.dead_at.is_not(None))
        .with_for_update()
    )
    if job is None:
        return False
    job.dead_at, job.attempts, job.run_at = None, 0, now
    record_administration(session, "mail.tried_again", by=by, data={"delivery": delivery_id}, now=now)
    return True
