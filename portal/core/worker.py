"""`flask work`: does the jobs of the outbox until it is told to stop."""

import os
import signal
import socket
import threading
from datetime import datetime, timedelta

import click
import structlog
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import local_time
from portal.core.db import begin_write, db
from portal.core.limits import forget_attempts
from portal.core.outbox import beat, enqueue_once, forget_done, handles, run_next

IDLE_SECONDS = 1.0
BEAT_EVERY = timedelta(seconds=30)

# Topics of what is done again and again. Rooms add theirs when they register.
nightly: list[str] = ["core.tidy"]
mornings: list[str] = []
hourly: list[str] = []


@handles("core.tidy")
def tidy(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Forget attempts and jobs that nothing needs any more."""
    forget_attempts(session, now)
    forget_done(session, now)


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@with_appcontext
def work(once: bool) -> None:
    """Send mails and do other work that waits in the outbox."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    name = f"{socket.gethostname()}:{os.getpid()}"
    last_beat: datetime | None = None
    while not stop.is_set():
        now = clock.now()
        try:
            if last_beat is None or now - last_beat > BEAT_EVERY:
                plan_ahead(now)
                beat(db.session(), name, now)
                last_beat = now
            with current_app.app_context():  # what one job remembers must not outlive it
                worked = run_next(db.session(), now)
        except Exception as error:  # the database may be away for a while
            structlog.get_logger().error("worker.trouble", error=type(error).__name__)
            worked = False
        db.session.remove()
        if once and not worked:
            return
        if not worked:
            stop.wait(IDLE_SECONDS)


def plan_ahead(now: datetime) -> None:
    """Put the work of the coming night, morning and hour into the outbox; any number of workers may do so."""
    session = db.session()
    begin_write(session)
    for topics, at, period in (
        (nightly, coming_night(now), "%Y-%m-%d"),
        (mornings, coming_morning(now), "%Y-%m-%d"),
        (hourly, coming_hour(now), "%Y-%m-%dT%H%z"),
    ):
        for topic in topics:
            enqueue_once(session, topic, period=f"{at:{period}}", now=now, run_at=at)
    session.commit()


def coming_night(now: datetime) -> datetime:
    """Return when it is next half past two on the clock of the neighbourhood."""
    return _coming(now, 2)


def coming_morning(now: datetime) -> datetime:
    """Return when it is next half past seven on the clock of the neighbourhood."""
    return _coming(now, 7)


def _coming(now: datetime, hour: int) -> datetime:
    local = local_time(now)
    moment = local.replace(hour=hour, minute=30, second=0, microsecond=0)
    return moment if moment > local else moment + timedelta(days=1)


def coming_hour(now: datetime) -> datetime:
    """Return the next full hour."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def run_all(now: datetime) -> None:
    """Do everything that is due, in this process; for tests and for building a demo."""
    while run_next(db.session(), now):
        pass
