"""What the worker does for followers. Each handler is safe to run twice."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.notifications.jobs import mail_host
from portal.notifications.spreading import (
    FOLLOWERS_TOPIC,
    SUBSCRIBERS_TOPIC,
    tell_followers,
    tell_subscribers,
)
from portal.notifications.subscriptions import forget_unconfirmed
from portal.threads.models import Event, Thread

FORGET_TOPIC = "following.forget"
nightly.append(FORGET_TOPIC)


@handles(FOLLOWERS_TOPIC)
def on_followers(session: Session, payload: dict[str, Any], now: datetime) -> None:
    event = session.get_one(Event, payload["event_id"])
    tell_followers(session, event, payload["after"], host=mail_host(), now=now)


@handles(SUBSCRIBERS_TOPIC)
def on_subscribers(session: Session, payload: dict[str, Any], now: datetime) -> None:
    thread, directory = session.get_one(Thread, payload["thread_id"]), get_directory(session)
    tell_subscribers(session, thread, payload["after"], directory, host=mail_host(), now=now)


@handles(FORGET_TOPIC)
def forget(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    forget_unconfirmed(session, now)
