"""One mail a day for each person: all that happened, and nothing that is no longer public."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.outbox import Job
from portal.notifications.digests import coming_digest
from portal.notifications.models import DIGEST, EMAIL, NEW, NEWS, Delivery
from portal.notifications.subscriptions import THREAD, stop_one
from portal.reports.actions import start_work
from portal.threads.actions import hide_words, lock_thread, reply
from portal.threads.additions import Frequency
from portal.threads.events import Actor
from tests.factories import make_report, person
from tests.notifications.following import LATER, MORNING, deliveries, follow, make_told_report, wish, work
from tests.notifications.mail_server import MailServer

SHANGHAI = ZoneInfo("Asia/Shanghai")


def digests(server: MailServer) -> list[str]:
    return [f"{m['Subject']}\n{m.get_content()}" for m in server.taken if m["To"] == "neighbour@example.org"]


def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=SHANGHAI)


def test_the_digest_goes_out_in_the_morning_and_closes_before(session: Session) -> None:
    assert coming_digest(at(6, 0)) == at(7, 30)
    assert coming_digest(at(7, 14)) == at(7, 30)
    assert coming_digest(at(7, 15)) == at(7, 30) + timedelta(days=1)
    assert coming_digest(at(12, 0)) == at(7, 30) + timedelta(days=1)


def test_a_day_is_one_mail_with_a_section_for_each_submission(session: Session, server: MailServer) -> None:
    first, second = make_told_report(session), make_told_report(session, title="The second lamp")
    follow(session, first, how=Frequency.DAILY)
    wish(session, how=Frequency.DAILY)
    lock_thread(session, first.id)
    start_work(session, first, by=officer(session), now=LATER)
    reply(session, first, "The part is ordered.", by=officer(session), now=LATER)
    third = make_report(session, "A dog barks at night.", now=LATER)
    work(session, LATER)
    assert digests(server) == []
    work(session, MORNING)
    (mail,) = digests(server)
    assert mail.startswith("News of 2 things that you follow")
    assert mail.count(f"({first.reference})") == mail.count(f"({third.reference})") == 1
    assert second.reference not in mail
    assert "Work has begun." in mail
    assert "> The part is ordered." in mail
    assert "> A dog barks at night." in mail
    assert "\n\n\n" not in mail
    assert session.scalars(select(Delivery).where(Delivery.sent_at.is_(None))).all() == []
    work(session, MORNING + timedelta(days=1))
    assert len(digests(server)) == 1


def test_the_next_day_is_another_mail(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    follow(session, report, how=Frequency.DAILY)
    for days in (0, 1):
        lock_thread(session, report.id)
        reply(session, report, f"Day {days}", by=officer(session), now=LATER + timedelta(days=days))
        work(session, LATER + timedelta(days=days))
    work(session, LATER + timedelta(days=2))
    assert [mail.count("> Day") for mail in digests(server)] == [1, 1]


def test_nothing_is_no_mail(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    follow(session, report, how=Frequency.DAILY)
    work(session, MORNING)
    assert digests(server) == []
    assert session.scalars(select(Job).where(Job.done_at.is_(None))).all() == []


def test_what_was_hidden_or_stopped_since_is_left_out(session: Session, server: MailServer) -> None:
    hidden, stopped, kept = (make_told_report(session) for _number in range(3))
    for report in (hidden, stopped, kept):
        follow(session, report, how=Frequency.DAILY)
        start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    hide_words(session, lock_thread(session, hidden.id), "Names a child.", by=officer(session), now=LATER)
    stop_one(session, person(session, "neighbour"), THREAD, stopped.id)
    work(session, MORNING)
    (mail,) = digests(server)
    assert kept.reference in mail
    assert hidden.reference not in mail
    assert stopped.reference not in mail
    carried = select(Delivery.held_back_at).where(Delivery.about == NEWS).order_by(Delivery.id)
    assert [at is not None for at in session.scalars(carried)] == [True, True, False]


def test_a_digest_of_which_nothing_is_left_is_not_sent(session: Session, server: MailServer) -> None:
    report = make_told_report(session)
    follow(session, report, how=Frequency.DAILY)
    start_work(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    work(session, LATER)
    stop_one(session, person(session, "neighbour"), THREAD, report.id)
    work(session, MORNING)
    assert digests(server) == []
    digest = session.scalars(select(Delivery).where(Delivery.about == DIGEST)).one()
    assert digest.held_back_at is not None


def test_at_once_and_daily_together_are_one_mail_for_one_event(session: Session, server: MailServer) -> None:
    wish(session, query="lamp", how=Frequency.DAILY)
    wish(session, how=Frequency.AT_ONCE)
    make_told_report(session)
    work(session, MORNING)
    assert len(digests(server)) == 1
    assert deliveries(session, "neighbour").count((NEW, EMAIL)) == 1
