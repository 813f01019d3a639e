"""What the worker does about messages. Each handler is safe to run twice."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.accounts.models import ContactChannel, Person
from portal.communities.directory import get_directory
from portal.core.outbox import enqueue, handles
from portal.notifications.actions import SEND_TOPIC, deliver_account_mail, deliver_event
from portal.notifications.asking import VOTERS_TOPIC, ask_voters, tell_staff
from portal.notifications.models import EMAIL
from portal.notifications.passing_on import JOINED_TOPIC, list_to_tell
from portal.notifications.sending import hand_over, settings
from portal.notifications.spreading import spread
from portal.threads.events import TOPIC as EVENT_TOPIC
from portal.threads.models import Event

SENDING = timedelta(minutes=5)  # longer than a slow server takes before it times out


@handles(EVENT_TOPIC)
def on_event(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Prepare what tells of an event that somebody is to hear of."""
    event = session.scalar(
        select(Event).where(Event.thread_id == payload["thread_id"], Event.sequence == payload["sequence"])
    )
    if event is not None:
        deliver_event(session, event, host=mail_host(), channels=offered_channels(), now=now)
        ask_voters(session, event, 0, host=mail_host(), channels=offered_channels(), now=now)
        tell_staff(session, event, get_directory(session), host=mail_host(), now=now)
        spread(session, event, get_directory(session), host=mail_host(), now=now)
        for number in list_to_tell(session, event):
            enqueue(session, JOINED_TOPIC, {"event_id": event.id, "thread_id": number}, now=now)


@handles(MAIL_TOPIC)
def on_account_mail(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Prepare a message about an account."""
    person = session.get_one(Person, payload["person_id"])
    about, key, channel = payload["about"], payload["key"], payload.get("channel", EMAIL)
    deliver_account_mail(session, person, about, key, channel=channel, host=mail_host(), now=now)


@handles(SEND_TOPIC, lease=SENDING)
def send(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Hand one message over.

    If this process ends after the mail server took a mail and before that is noted, the mail is
    sent once more with the same Message-ID.
    """
    hand_over(session, payload["delivery_id"], now)


@handles(VOTERS_TOPIC)
def ask_more_voters(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Ask the next of those who voted."""
    event = session.get_one(Event, payload["event_id"])
    ask_voters(session, event, payload["after"], host=mail_host(), channels=offered_channels(), now=now)


def offered_channels() -> frozenset[str]:
    """Return the channels of this installation."""
    by_hook = (ContactChannel.SMS, ContactChannel.CHAT) if settings().hook_url else ()
    return frozenset({EMAIL, ContactChannel.PHONE, *by_hook})


def mail_host() -> str:
    return urlsplit(settings().base_url).hostname or "localhost"
