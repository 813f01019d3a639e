"""Short ways to let somebody follow something, and to see what they are told."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.accounts.models import Person
from portal.core.db import begin_write
from portal.core.worker import run_all
from portal.notifications.models import Delivery, Subscription
from portal.notifications.subscriptions import Wish, subscribe
from portal.threads.actions import lock_thread
from portal.threads.additions import Frequency
from portal.threads.followers import follow_thread
from portal.threads.models import Thread
from tests.factories import NOW, directory, make_report, person
from tests.notifications.mail_server import MailServer

LATER = NOW + timedelta(hours=1)
MORNING = NOW + timedelta(hours=24)  # noon of the next day: the digest has gone out


def work(session: Session, now: object = NOW) -> None:
    """Do what waits in the outbox."""
    session.commit()
    run_all(now)  # type: ignore[arg-type]
    begin_write(session)


def follow(
    session: Session, thread: Thread, name: str = "neighbour", how: Frequency = Frequency.AT_ONCE
) -> Person:
    who = person(session, name)
    follow_thread(session, lock_thread(session, thread.id), who, how, now=NOW)
    return who


def wish(
    session: Session, name: str = "neighbour", how: Frequency = Frequency.AT_ONCE, **wanted: object
) -> Subscription:
    who = person(session, name)
    given = Wish(**wanted)  # type: ignore[arg-type]
    return subscribe(session, who, given, how, directory=directory(session), now=NOW)


def give_account(session: Session, name: str) -> Person:
    who = person(session, name)
    set_password(session, who, "a long enough password")
    return who


def deliveries(session: Session, name: str) -> list[tuple[str, str]]:
    """Return what was prepared for somebody, as (about, channel)."""
    own = select(Delivery.about, Delivery.channel).where(Delivery.person_id == person(session, name).id)
    return [(about, channel) for about, channel in session.execute(own.order_by(Delivery.id))]


def make_told_report(session: Session, **given: object) -> Thread:
    """Make a report whose receipt has gone out."""
    report = make_report(session, **given)  # type: ignore[arg-type]
    work(session)
    return report


def mails_to(server: MailServer, name: str) -> list[str]:
    return [str(m["Subject"]) for m in server.taken if m["To"] == f"{name}@example.org"]


def text_to(server: MailServer, name: str) -> str:
    return "\n".join(str(m.get_content()) for m in server.taken if m["To"] == f"{name}@example.org")
