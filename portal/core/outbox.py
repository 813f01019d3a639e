"""What must happen later is a row, written in the same transaction as its cause.

Workers claim rows with a lease and may die at any moment: the row is then claimed again, so
handlers must be safe to run twice.
"""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Index, String, Text, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, Numbered, begin_write

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 12
KEEP_DONE = timedelta(days=7)

Handler = Callable[[Session, dict[str, Any], datetime], None]
handlers: dict[str, Handler] = {}
leases: dict[str, timedelta] = {}
log = structlog.get_logger()


class GiveUp(Exception):
    """Raised by a handler where trying again can't help; the message says why."""


class Job(Numbered, Base):
    __tablename__ = "jobs"
    __table_args__ = (Index(None, "done_at", "dead_at", "run_at"),)

    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


class WorkerBeat(Base):
    """When a worker last looked for work: how /readyz knows that one is there."""

    __tablename__ = "worker_beats"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


def handles(topic: str, *, lease: timedelta = LEASE) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of a topic, each within the time of its lease."""

    def register(handler: Handler) -> Handler:
        handlers[topic] = handler
        leases[topic] = lease
        return handler

    return register


def enqueue(
    session: Session,
    topic: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    run_at: datetime | None = None,
    unique_key: str | None = None,
) -> None:
    """Add a job to the present transaction."""
    session.add(
        Job(topic=topic, payload=payload, unique_key=unique_key, created_at=now, run_at=run_at or now)
    )


def enqueue_once(session: Session, topic: str, *, period: str, now: datetime, run_at: datetime) -> None:
    """Add periodic work unless this period's row is there already."""
    key = f"{topic}:{period}"
    if session.scalar(select(Job.id).where(Job.unique_key == key)) is None:
        try:
            with session.begin_nested():
                enqueue(session, topic, {}, now=now, run_at=run_at, unique_key=key)
        except IntegrityError:
            pass  # another worker was first


def run_next(session: Session, now: datetime) -> bool:
    """Claim and do one due job, each in its own transaction. Return whether there was one."""
    job = claim(session, now)
    if job is None:
        return False
    try:
        begin_write(session)
        handlers[job.topic](session, job.payload, now)
        session.execute(update(Job).where(Job.id == job.id).values(done_at=now, leased_until=None))
        session.commit()
    except Exception as error:  # a failing job must never stop the worker
        session.rollback()
        note_failure(session, job, error, now)
    return True


def claim(session: Session, now: datetime) -> Job | None:
    """Lease the oldest due job to this worker, or return None."""
    begin_write(session)
    due = (
        select(Job)
        .where(
            Job.done_at.is_(None),
            Job.dead_at.is_(None),
            Job.run_at <= now,
            (Job.leased_until.is_(None)) | (Job.leased_until < now),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.scalar(due)
    if job is not None:
        job.leased_until = now + leases.get(job.topic, LEASE)
        job.attempts += 1
        session.flush()
        session.expunge(job)
    session.commit()
    return job


def note_failure(session: Session, job: Job, error: Exception, now: datetime) -> None:
    """Plan the next try with back-off (1, 2, 4 … minutes, at most 6 hours), or give up."""
    log.warning("job.failed", topic=job.topic, job=job.id, attempt=job.attempts, error=type(error).__name__)
    last_line = traceback.format_exception_only(error)[-1].strip()
    is_over = isinstance(error, GiveUp) or job.attempts >= MOST_ATTEMPTS
    delay = min(timedelta(minutes=2 ** (job.attempts - 1)), timedelta(hours=6))
    begin_write(session)
    session.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(
            leased_until=None,
            run_at=now + delay,
            last_error=last_line[:500],
            dead_at=now if is_over else None,
        )
    )
    session.commit()


def beat(session: Session, worker: str, now: datetime) -> None:
    """Say that this worker is alive; forget those silent for a day."""
    begin_write(session)
    session.merge(WorkerBeat(worker=worker, at=now))
    session.execute(delete(WorkerBeat).where(WorkerBeat.at < now - timedelta(days=1)))
    session.commit()


def forget_done(session: Session, now: datetime) -> None:
    """Remove finished jobs after a week; unfinished and dead ones stay."""
    session.execute(delete(Job).where(Job.done_at < now - KEEP_DONE))
