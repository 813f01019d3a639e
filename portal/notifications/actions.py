"""Deliveries: made once for each event and person, sent, held back, tried again."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal.accounts.contacts import list_reachable
from portal.accounts.models import ContactChannel, Person
from portal.accounts.queries import records_of
from portal.core.errors import TooMany
from portal.core.limits import count_attempt
from portal.core.outbox import Job, enqueue
from portal.notifications.models import EMAIL, Delivery
from portal.notifications.rules import RECEIPT, is_carried, is_told, takes_mail
from portal.threads.events import Actor, record_administration
from portal.threads.followers import is_following
from portal.threads.models import Event, Thread

SEND_TOPIC = "mail.send"
MOST_REVIVED = 1000
DAY = timedelta(days=1)
RECEIPTS_A_DAY = 20  # to an address that nobody has proven


def deliver_event(
    session: Session, event: Event, *, host: str, channels: Collection[str], now: datetime
) -> None:
    """Prepare what tells the sender of an event, if they are to hear of it. Safe to repeat.

    Each of the `channels` that the sender takes carries it once.
    """
    thread = session.get(Thread, event.thread_id)
    if (
        thread is None
        or event.data.get("told_author")
        or not is_told(
            event.kind,
            actor_id=event.actor_id,
            sender_ids=(thread.author.id, thread.author.same_as_id),
        )
    ):
        return
    if not is_following(session, thread, thread.author):
        return
    prepared = _list_prepared(session, event, thread.author)
    if (thread.author.id, EMAIL) not in prepared and _is_mailed(session, thread, event, now):
        message_id = f"<event-{event.id}.{thread.author.id}@{host}>"
        _prepare(session, thread.author.id, EMAIL, event.kind, message_id, event_id=event.id, now=now)
    for contact in list_reachable(session, thread.author):
        wanted = contact.channel in channels and is_carried(contact.channel, event.kind)
        if wanted and (contact.person_id, contact.channel) not in prepared:
            message_id = f"<event-{event.id}.{contact.person_id}.{contact.channel}@{host}>"
            _prepare(
                session,
                contact.person_id,
                contact.channel,
                event.kind,
                message_id,
                event_id=event.id,
                now=now,
            )


def _is_mailed(session: Session, thread: Thread, event: Event, now: datetime) -> bool:
    if not is_wanted(session, thread.author):
        return False
    proven = event.kind != RECEIPT or thread.author.has_confirmed_email
    return proven or _may_write_to(session, thread, now)


def deliver_account_mail(
    session: Session, person: Person, about: str, key: str, *, channel: str, host: str, now: datetime
) -> None:
    """Prepare a message about a person's account. Safe to repeat with the same key."""
    message_id = f"<account-{key}@{host}>"
    known = session.scalar(select(Delivery.id).where(Delivery.message_id == message_id))
    if known is None and (channel != EMAIL or person.email):
        _prepare(session, person.id, channel, about, message_id, event_id=None, now=now)


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


def _list_prepared(session: Session, event: Event, person: Person) -> set[tuple[int, str]]:
    """Return by which records and channels the person is told of this event already."""
    told = select(Delivery.person_id, Delivery.channel).where(
        Delivery.event_id == event.id, Delivery.person_id.in_(records_of(person))
    )
    return {(row.person_id, row.channel) for row in session.execute(told)}


def _prepare(
    session: Session,
    person_id: int,
    channel: str,
    about: str,
    message_id: str,
    *,
    event_id: int | None,
    now: datetime,
) -> None:
    """Add a delivery, and the job that sends it; what is told by telephone waits for staff."""
    delivery = Delivery(
        event_id=event_id,
        person_id=person_id,
        channel=channel,
        about=about,
        message_id=message_id,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    if channel != ContactChannel.PHONE:
        job = {"delivery_id": delivery.id}
        enqueue(session, SEND_TOPIC, job, now=now, unique_key=sending_key(delivery.id))


def sending_key(delivery_id: int | str) -> str:
    """Return the unique key of the job that sends a delivery."""
    return f"{SEND_TOPIC}:{delivery_id}"


def is_wanted(session: Session, person: Person) -> bool:
    """Tell whether the person takes mails about what they sent, under either record of theirs."""
    root = session.get_one(Person, person.root_id)
    return takes_mail(person.email, person.mail_stopped_at, root.mail_stopped_at)


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    """Note that a message was sent, and with a digest what it carried."""
    gone = (Delivery.id == delivery_id) | (Delivery.digest_id == delivery_id)
    session.execute(update(Delivery).where(gone, Delivery.held_back_at.is_(None)).values(sent_at=now))


def hold_back(session: Session, delivery: Delivery, now: datetime) -> None:
    """Note that the mail was not wanted any more when its turn came."""
    delivery.held_back_at = now
    session.flush()


def try_again(session: Session, delivery_id: int, *, by: Actor, now: datetime) -> bool:
    """Let a message that was given up be tried anew. Return whether there was one."""
    return _revive(session, by, now, Job.unique_key == sending_key(delivery_id)) == 1


def try_all_again(session: Session, *, by: Actor, now: datetime) -> int:
    """Let messages that were given up be tried anew, a thousand at once. Return how many it were."""
    return _revive(session, by, now)


def _revive(session: Session, by: Actor, now: datetime, *which: ColumnElement[bool]) -> int:
    dead = select(Job).where(Job.topic == SEND_TOPIC, Job.dead_at.is_not(None), *which)
    numbers = []
    for job in session.scalars(dead.order_by(Job.id).limit(MOST_REVIVED).with_for_update()):
        job.dead_at, job.attempts, job.run_at = None, 0, now
        numbers.append(job.payload["delivery_id"])
    if numbers:
        session.execute(update(Delivery).where(Delivery.id.in_(numbers)).values(unanswered=0))
        record_administration(session, "mail.tried_again", by=by, data={"deliveries": numbers}, now=now)
    return len(numbers)
