"""Submissions that have ended, and nights that come years later."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.worker import coming_night, plan_ahead, run_all
from portal.reports.actions import close_without_action
from portal.threads.actions import withdraw
from portal.threads.events import Actor, resident
from portal.threads.models import Thread
from tests import factories

NUMBER = "13812345678"
TEXT = f"Ring me on {NUMBER}, the lamp by the gate is dark."
YEARS = timedelta(days=37 * 31)


def make_report(session: Session) -> Thread:
    """Return a public report of somebody who left an address for it and has no account."""
    author = factories.add_person(session, "passer-by")
    return factories.make_report(session, TEXT, author=author, address="Gate 2", point=(31.3, 120.6))


def take_back(session: Session, thread: Thread) -> None:
    withdraw(session, thread, by=resident(thread.author), now=clock.now())


def close(session: Session, thread: Thread) -> None:
    """End it so that the public goes on seeing it."""
    officer = Actor(factories.person(session, "officer"), "officer")
    close_without_action(session, thread, "The lamp is on a list.", by=officer, now=clock.now())


def pass_night(session: Session, now: datetime) -> None:
    """Let the worker plan and do a night's work."""
    session.commit()
    plan_ahead(now)
    run_all(coming_night(now).astimezone(UTC))
    session.expire_all()
