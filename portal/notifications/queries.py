"""Reads of what was sent, for staff."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

from sqlalchemy import ColumnElement, Row, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, Person
from portal.core.outbox import Job
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.calls import IS_THEIRS
from portal.notifications.models import Delivery
from portal.threads.models import Event, Thread

PAGE_ROWS = 25
MOST_FILES = 200


@dataclass(frozen=True)
class Wish:
    """Which deliveries are asked for: in one state (see STATES), by one channel, about one thread."""

    state: str = ""
    channel: str = ""
    thread_id: int | None = None


Found = Row[Delivery, str | None, str | None, Contact | None]


def list_deliveries(session: Session, wish: Wish, before: int | None, limit: int) -> Sequence[Found]:
    """Return (delivery, e-mail address, reference or None, other contact or None), newest first."""
    rows = (
        select(Delivery, Person.email, Thread.reference, Contact)
        .join(Person, Person.id == Delivery.person_id)
        .outerjoin(Event, Event.id == Delivery.event_id)
        .outerjoin(Thread, Thread.id == Event.thread_id)
        .outerjoin(Contact, IS_THEIRS)
        .where(*_conditions(wish))
    )
    if before is not None:
        rows = rows.where(Delivery.id < before)
    return session.execute(rows.order_by(Delivery.id.desc()).limit(limit)).all()


def _conditions(wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.state in STATES:
        yield STATES[wish.state]
    if wish.channel:
        yield Delivery.channel == wish.channel
    if wish.thread_id is not None:
        yield Event.thread_id == wish.thread_id


def _is_given_up() -> ColumnElement[bool]:
    number = cast(func.coalesce(Delivery.digest_id, Delivery.id), String)
    return exists().where(Job.unique_key == literal(sending_key("")) + number, Job.dead_at.is_not(None))


IS_OPEN = Delivery.sent_at.is_(None) & Delivery.held_back_at.is_(None)
STATES: dict[str, ColumnElement[bool]] = {
    "given_up": IS_OPEN & _is_given_up(),
    "waiting": IS_OPEN & ~_is_given_up(),
    "sent": Delivery.sent_at.is_not(None),
    "held": Delivery.held_back_at.is_not(None),
}


def find_sending_jobs(session: Session, deliveries: Sequence[Delivery]) -> Mapping[int, Job]:
    """Return by the delivery's id the job that sends it, or the digest with it, while it isn't sent."""
    keys = {d.id: sending_key(d.digest_id or d.id) for d in deliveries if d.sent_at is None}
    if not keys:
        return {}
    jobs = session.scalars(select(Job).where(Job.unique_key.in_(set(keys.values()))))
    by_key = {job.unique_key: job for job in jobs}
    return {number: by_key[key] for number, key in keys.items() if key in by_key}


def count_given_up(session: Session) -> int:
    """Count the messages that no worker tries any more."""
    dead = select(func.count()).select_from(Job).where(Job.topic == SEND_TOPIC, Job.dead_at.is_not(None))
    return session.scalar(dead) or 0


@dataclass(frozen=True)
class MailFile:
    """A mail kept as a file because no mail server is set."""

    name: str
    to: str
    subject: str
    date: str
    text: str


def list_files(folder: Path) -> list[str]:
    """Return the names of the newest mail files, newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.stem for path in files[:MOST_FILES]]


def read_file(folder: Path, name: str) -> MailFile | None:
    """Return a mail file's content, or None if the folder holds none of this name."""
    path = folder / f"{name}.eml"
    if path.parent != folder or not path.is_file():
        return None
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=modern)
    headers = {key: str(message[key] or "") for key in ("To", "Subject", "Date")}
    return MailFile(name, headers["To"], headers["Subject"], headers["Date"], message.get_content())
