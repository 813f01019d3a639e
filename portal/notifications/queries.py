"""Reads of what was sent, for administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.outbox import Job
from portal.notifications.actions import SEND_TOPIC, sending_key
from portal.notifications.models import Delivery
from portal.threads.models import Event, Thread

PAGE_ROWS = 25
MOST_FILES = 200


def list_deliveries(session: Session, before: int | None) -> Sequence[Row[Delivery, str | None, str]]:
    """Return (delivery, address, reference or None), newest first; one more than a page."""
    rows = (
        select(Delivery, Person.email, Thread.reference)
        .join(Person, Person.id == Delivery.person_id)
        .outerjoin(Event, Event.id == Delivery.event_id)
        .outerjoin(Thread, Thread.id == Event.thread_id)
    )
    if before is not None:
        rows = rows.where(Delivery.id < before)
    return session.execute(rows.order_by(Delivery.id.desc()).limit(PAGE_ROWS + 1)).all()


def find_sending_jobs(session: Session, deliveries: Sequence[Delivery]) -> Mapping[int, Job]:
    """Return the job that sends each delivery which is not sent yet, by the delivery's id."""
    keys = {sending_key(d.id): d.id for d in deliveries if d.sent_at is None}
    return {
        keys[job.unique_key]: job
        for job in session.scalars(select(Job).where(Job.unique_key.in_(keys)))
        if job.unique_key
    }


def count_given_up(session: Session) -> int:
    """Count the mails that no worker tries any more."""
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
