"""From an event to everybody who follows: chunk by chunk, each person once for each channel.

A chunk ends with the job of the next one, and so mails of others that came in meanwhile are sent
before it, however many follow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.outbox import enqueue
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.digests import put_into_digests
from portal.notifications.matching import fits, may_fit, read_subject
from portal.notifications.models import EMAIL, INBOX, NEW, NEWS, Delivery, Subscription
from portal.notifications.rules import RECEIPT, is_told
from portal.threads.additions import Follower, Frequency
from portal.threads.events import APPEARED
from portal.threads.followers import follows
from portal.threads.models import Event, EventVisibility, Thread, Visibility, Vote

FOLLOWERS_TOPIC, SUBSCRIBERS_TOPIC = "followers.tell", "subscribers.tell"
CHUNK = 100
COMBINED = "idea.combined"  # the event with which supporters are asked whether they go along
ASKS = "report.fixed"  # the event with which those affected are asked
# With these a submission comes to the public, or to another category.
APPEARS = frozenset({RECEIPT, APPEARED, "thread.sorted", "thread.rerouted"})
STAYS_NEW = timedelta(days=30)
Found = Row[Any, int, str | None]  # a follower, a wish or a vote, who it is, and their password's hash


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told, by the record that they count as."""

    person_id: int
    has_account: bool
    frequency: Frequency
    subscription_id: int | None = None

    @property
    def channels(self) -> Sequence[str]:
        inbox = [INBOX] if self.has_account else []
        return inbox if self.frequency == Frequency.NO_MAIL else [*inbox, EMAIL]


def spread(session: Session, event: Event, directory: Directory, *, host: str, now: datetime) -> None:
    """Tell of an event whoever follows its thread, or wished for such a submission. Safe to repeat."""
    thread = session.get_one(Thread, event.thread_id)
    _put_into_inbox_of_sender(session, event, thread, host=host, now=now)
    if event.visibility == EventVisibility.PUBLIC and event.kind != RECEIPT:
        tell_followers(session, event, 0, host=host, now=now)
    if event.kind in APPEARS:
        tell_subscribers(session, thread, 0, directory, host=host, now=now)


def tell_followers(session: Session, event: Event, after: int, *, host: str, now: datetime) -> None:
    """Tell the next of those who followed the thread already, whose rows come after this number."""
    thread = session.get_one(Thread, event.thread_id)
    if not thread.is_listed:
        return
    wanted = and_(follows(thread.id), Follower.at <= event.at)
    # Who voted is asked: asking.py.
    if event.kind in (ASKS, COMBINED) or asks_supporters(event):
        voted = select(Vote.person_id).where(Vote.thread_id == thread.id)
        wanted = and_(wanted, Follower.person_id.not_in(voted))
    rows = read_chunk(session, Follower, after, wanted)
    recipients = [_recipient(row) for row in rows]
    prepare(session, event, recipients, thread=thread, about=NEWS, host=host, now=now)
    if len(rows) == CHUNK:
        payload = {"event_id": event.id, "after": rows[-1][0].id}
        enqueue(session, FOLLOWERS_TOPIC, payload, now=now)


def asks_supporters(event: Event) -> bool:
    """Tell whether with this event those who supported an idea before are asked anew."""
    return event.kind == "idea.substance_marked" or bool(event.data.get("of_substance"))


def tell_subscribers(
    session: Session, thread: Thread, after: int, directory: Directory, *, host: str, now: datetime
) -> None:
    """Tell the next of those whose wish this new submission fits, once its words are public.

    They are told of the event that it came, and so no more than once, whatever happens later.
    """
    is_public = thread.is_listed and thread.visibility == Visibility.PUBLIC
    if not is_public or now - thread.created_at > STAYS_NEW:
        return
    subject = read_subject(session, thread, directory)
    rows = read_chunk(session, Subscription, after, may_fit(subject))
    recipients = [_recipient(row, row[0].id) for row in rows if fits(row[0], subject)]
    came = select(Event).where(Event.thread_id == thread.id, Event.sequence == 1)
    prepare(session, session.scalars(came).one(), recipients, thread=thread, about=NEW, host=host, now=now)
    if len(rows) == CHUNK:
        payload = {"thread_id": thread.id, "after": rows[-1][0].id}
        enqueue(session, SUBSCRIBERS_TOPIC, payload, now=now)


def read_chunk(
    session: Session, table: type[Follower | Subscription | Vote], after: int, wanted: ColumnElement[bool]
) -> Sequence[Found]:
    """Return the next rows of those who have proven their address."""
    own, root = aliased(Person), aliased(Person)
    return session.execute(
        select(table, root.id, root.password_hash)
        .join(own, own.id == table.person_id)
        .join(root, root.id == func.coalesce(own.same_as_id, own.id))
        .where(table.id > after, wanted)
        .where(root.email_confirmed_at.is_not(None), root.erased_at.is_(None), ~root.is_blocked)
        .order_by(table.id)
        .limit(CHUNK)
    ).all()


def _recipient(row: Found, subscription_id: int | None = None) -> Recipient:
    followed, person_id, password_hash = row
    return Recipient(person_id, password_hash is not None, followed.frequency, subscription_id)


def prepare(
    session: Session,
    event: Event,
    recipients: Iterable[Recipient],
    *,
    thread: Thread,
    about: str,
    host: str,
    now: datetime,
    also_sender: bool = False,
) -> None:
    """Add what is still missing of the deliveries to these people, and have the mails sent.

    Nobody is told what they did themselves; the sender is told in their own way, unless `also_sender`.
    """
    silent = {None if also_sender else thread.author.root_id, event.actor.root_id if event.actor else None}
    told = [r for r in recipients if r.person_id not in silent]
    mails = _add_missing(session, event, told, about=about, host=host, now=now)
    at_once = [mail for mail, frequency in mails if frequency == Frequency.AT_ONCE]
    for mail in at_once:
        payload = {"delivery_id": mail.id}
        enqueue(session, SEND_TOPIC, payload, now=now, unique_key=sending_key(mail.id))
    put_into_digests(session, [mail for mail, f in mails if f == Frequency.DAILY], host=host, now=now)


def _add_missing(
    session: Session, event: Event, recipients: Sequence[Recipient], *, about: str, host: str, now: datetime
) -> list[tuple[Delivery, Frequency]]:
    """Add the deliveries that are not there yet; return the mails among them, numbered."""
    people = [r.person_id for r in recipients]
    there = select(Delivery.person_id, Delivery.channel).where(
        Delivery.event_id == event.id, Delivery.person_id.in_(people)
    )
    known = {(person_id, channel) for person_id, channel in session.execute(there)}
    new = {
        (r.person_id, channel): (_delivery(event, r, channel, about=about, host=host, now=now), r.frequency)
        for r in reversed(recipients)
        for channel in r.channels
        if (r.person_id, channel) not in known
    }
    session.add_all(delivery for delivery, _frequency in new.values())
    session.flush()
    return [found for found in new.values() if found[0].channel == EMAIL]


def _delivery(
    event: Event, recipient: Recipient, channel: str, *, about: str, host: str, now: datetime
) -> Delivery:
    name = f"event-{event.id}.{recipient.person_id}"
    return Delivery(
        event_id=event.id,
        person_id=recipient.person_id,
        channel=channel,
        about=about,
        message_id=f"<{name}@{host}>" if channel == EMAIL else f"<{name}.{channel}@{host}>",
        subscription_id=recipient.subscription_id,
        created_at=now,
        sent_at=now if channel == INBOX else None,
    )


def _put_into_inbox_of_sender(
    session: Session, event: Event, thread: Thread, *, host: str, now: datetime
) -> None:
    """Put into the sender's inbox what they are told by mail, whether or not they take mails."""
    sender = session.get_one(Person, thread.author.root_id)
    told = is_told(event.kind, actor_id=event.actor_id, sender_ids=(thread.author.id, sender.id))
    if told and sender.password_hash and not event.data.get("told_author"):
        recipient = Recipient(sender.id, True, Frequency.NO_MAIL)
        _add_missing(session, event, [recipient], about=event.kind, host=host, now=now)
