"""Promises that run out: who is told, once, in one mail a morning, and never in a storm."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.communities.calendars import WorkCalendar
from portal.communities.directory import raise_version
from portal.communities.models import Calendar, Place
from portal.core import clock
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.notifications.models import WARNINGS, Delivery, DueWarning
from portal.notifications.warning_jobs import HOUR_TOPIC, MORNING_TOPIC
from portal.notifications.warnings import warn
from portal.reports.actions import close_without_action, mark_fixed, reopen, start_work
from portal.threads.actions import ask
from portal.threads.events import Actor
from portal.threads.models import Pace, Thread
from portal.triage.actions import assign
from portal.triage.deadlines import before
from tests.factories import NOW, directory, make_idea, make_report, make_undecided, person
from tests.triage.test_handing import add_staff

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def head(session: Session) -> Person:
    return add_staff(session, "head", RoleName.HEAD, "liu", "construction")


def due(session: Session, in_days: float, holder: str = "", **given: object) -> Thread:
    """Make a report whose answer is due so many days from that Monday noon."""
    report = make_report(session, now=NOW - 20 * DAY, **given)
    report.due_at = NOW + in_days * DAY
    if holder:
        by = Actor(person(session, "coordinator"), "coordinator")
        assign(session, report, person(session, holder), by=by, now=NOW - 19 * DAY)
    return report


def morning(session: Session, days: int = 0, topic: str = MORNING_TOPIC) -> dict[str, list[str]]:
    """Let a morning's job run; return by name what each was told that morning: "late 123-456-789"."""
    now = NOW + days * DAY
    enqueue(session, topic, {}, now=now)
    session.commit()
    with clock.frozen(now):
        run_all(now)
    told: dict[str, list[str]] = {}
    rows = session.execute(
        select(Person.name, DueWarning.level, Thread.reference)
        .join(Person, Person.id == DueWarning.person_id)
        .join(Thread, Thread.id == DueWarning.thread_id)
        .where(DueWarning.at == now)
        .order_by(DueWarning.id)
    )
    for name, level, reference in rows:
        told.setdefault(name, []).append(f"{level} {reference}")
    return told


def mails(session: Session, app: Flask) -> dict[str, str]:
    """Return by name the text of each mail of warnings that has gone out."""
    folder = app.extensions["linli_settings"].var_dir / "mail"
    found = {}
    for path in folder.glob("*.eml"):
        if path.name.startswith(("warnings-", "danger-")):
            message = message_from_bytes(path.read_bytes(), policy=default)
            body = message.get_body()
            assert body is not None
            found[str(message["To"]).partition("@")[0]] = f"{message['Subject']}\n{body.get_content()}"
    return found


def test_each_is_told_of_what_is_theirs(session: Session, head: Person) -> None:
    add_staff(session, "lan", RoleName.OFFICER, "yunhe", "construction")
    mine, nobodys = due(session, 1, "officer"), due(session, 1.5)
    late, much = due(session, -1, "officer"), due(session, -5, "officer")
    due(session, 3, "officer")
    told = morning(session)
    assert told == {
        "officer": [f"soon {t.reference}" for t in (much, late, mine, nobodys)],
        "lan": [f"soon {nobodys.reference}"],
        "head": [f"soon {nobodys.reference}", f"late {much.reference}", f"late {late.reference}"],
        "coordinator": [f"much {much.reference}"],
    }


def test_each_is_told_once_and_anew_after_reopening(session: Session, head: Person) -> None:
    thread = due(session, 1, "officer")
    assert list(morning(session)) == ["officer"]
    assert morning(session, 1) == {}
    assert list(morning(session, 2)) == ["head"]
    assert morning(session, 3) == {}
    assert list(morning(session, 6)) == ["coordinator"]
    assert morning(session, 7) == {}
    by, after_ = Actor(person(session, "officer"), "officer"), NOW + 8 * DAY
    mark_fixed(session, thread, "A new bulb.", by=by, now=after_)
    reopen(session, thread, "Dark again.", by=by, directory=directory(session), now=after_)
    thread.due_at = after_ + DAY
    assert list(morning(session, 8)) == ["officer"]
    assert morning(session, 9) == {}


@pytest.mark.parametrize("in_days", [-1, -5])
def test_where_there_is_no_head_the_coordinator_hears_once(
    session: Session, app: Flask, in_days: int
) -> None:
    thread = due(session, in_days, "officer")
    told = morning(session)
    assert set(told) == {"officer", "coordinator"}
    text = mails(session, app)["coordinator"]
    assert text.count(f"({thread.reference})") == 1
    assert text.startswith("1 promise needs you")


def test_what_nobody_sorted_and_ideas_go_to_the_nearest_coordinator(session: Session) -> None:
    add_staff(session, "near", RoleName.COORDINATOR, "liu")
    for thread in (make_undecided(session), make_idea(session)):
        thread.due_at = NOW + DAY
    told = morning(session)
    assert list(told) == ["near"]
    assert len(told["near"]) == 2


def test_what_stands_still_ended_or_was_answered_is_nobodys_worry(session: Session) -> None:
    by = Actor(person(session, "officer"), "officer")
    waiting, ended, begun = due(session, -9), due(session, -9), due(session, -9)
    ask(session, waiting, "Which lamp?", by=by, now=NOW - 10 * DAY)
    close_without_action(session, ended, "Private ground.", by=by, now=NOW - 10 * DAY)
    start_work(session, begun, by=by, now=NOW - 10 * DAY)
    begun.fix_due_at = NOW + 9 * DAY
    assert morning(session) == {}


def test_both_promises_are_warned_of(session: Session) -> None:
    thread = due(session, -1, "officer")
    assert set(morning(session)) == {"officer", "coordinator"}
    start_work(session, thread, by=Actor(person(session, "officer"), "officer"), now=NOW)
    thread.fix_due_at = NOW + 3 * DAY
    assert morning(session, 1) == {"officer": [f"soon {thread.reference}"]}
    assert set(morning(session, 4)) == {"coordinator"}


def test_five_hundred_late_ones_are_one_mail_each(session: Session, app: Flask, head: Person) -> None:
    for n in range(500):
        due(session, -1 - n % 9, "officer" if n % 2 else "")
    morning(session)
    sent = session.scalars(select(Delivery.person_id).where(Delivery.about == WARNINGS)).all()
    assert len(sent) == len(set(sent)) == 3
    text = mails(session, app)["officer"]
    assert text.startswith("500 promises need you")
    assert "And 470 more." in text
    assert text.count("http") == 31
    assert morning(session, 1).keys() <= {"coordinator"}  # only what became much later since


def test_on_a_day_off_nobody_is_told_and_on_the_next_working_day_once(session: Session) -> None:
    root = session.scalars(select(Place).where(Place.code == "yunhe")).one()
    days = {"2026-03-02": {"works": False, "names": {}}}
    session.add(Calendar(place_id=root.id, weekdays=[0, 1, 2, 3, 4], days=days))
    raise_version(session)
    due(session, 0.5, "officer")
    assert morning(session) == {}
    assert set(morning(session, 1)) == {"officer", "coordinator"}


def test_weekends_count_neither_ahead_nor_behind(session: Session) -> None:
    root = session.scalars(select(Place).where(Place.code == "yunhe")).one()
    session.add(Calendar(place_id=root.id, weekdays=[0, 1, 2, 3, 4], days={}))
    raise_version(session)
    after_weekend = due(session, 7.5, "officer")  # the Monday after, at night
    friday = 4
    assert morning(session, friday - 1) == {}
    assert morning(session, friday) == {"officer": [f"soon {after_weekend.reference}"]}
    assert set(morning(session, 8)) == {"coordinator"}  # there is no head
    assert morning(session, 10) == {}
    assert set(morning(session, 11)) == {"coordinator"}  # Friday: three working days


def test_danger_is_told_each_hour_whatever_the_day(session: Session, app: Flask, head: Person) -> None:
    thread, calm = due(session, 0.05, "officer"), due(session, 0.05, "officer")
    thread.pace = Pace.URGENT
    assert morning(session, topic=HOUR_TOPIC) == {"officer": [f"soon {thread.reference}"]}
    assert thread.reference in mails(session, app)["officer"]
    assert calm.reference not in mails(session, app)["officer"]
    assert set(morning(session, 1, topic=HOUR_TOPIC)) == {"head"}
    assert set(morning(session, 2, topic=HOUR_TOPIC)) == {"coordinator"}


def test_what_ends_before_the_mail_goes_out_is_left_out(session: Session, app: Flask) -> None:
    gone, stays = due(session, 1, "officer"), due(session, 1, "officer")
    warn(session, directory(session), urgent=False, host="localhost", now=NOW)
    by = Actor(person(session, "officer"), "officer")
    start_work(session, gone, by=by, now=NOW)
    gone.fix_due_at = NOW + 9 * DAY
    session.commit()
    run_all(NOW)
    text = mails(session, app)["officer"]
    assert stays.reference in text
    assert gone.reference not in text


def test_a_mail_of_which_nothing_is_left_is_held_back(session: Session, app: Flask) -> None:
    gone = due(session, 1, "officer")
    warn(session, directory(session), urgent=False, host="localhost", now=NOW)
    start_work(session, gone, by=Actor(person(session, "officer"), "officer"), now=NOW)
    session.commit()
    run_all(NOW)
    assert "officer" not in mails(session, app)
    assert session.scalars(select(Delivery.held_back_at).where(Delivery.about == WARNINGS)).one()


def test_who_takes_no_mails_gets_none_and_who_is_blocked_is_not_asked(session: Session, app: Flask) -> None:
    add_staff(session, "lan", RoleName.OFFICER, "liu", "construction").mail_stopped_at = NOW
    add_staff(session, "min", RoleName.OFFICER, "liu", "construction").is_blocked = True
    due(session, 1)
    assert set(morning(session)) == {"officer", "lan"}
    assert set(mails(session, app)) == {"officer"}


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "1 promise needs you"), ("zh-Hans", "1"), ("zh-Hant", "1")]
)
def test_it_speaks_the_readers_language_and_tells_no_number(
    session: Session, app: Flask, language: str, subject: str
) -> None:
    person(session, "officer").language = language
    due(session, 1, "officer", title="Ring 13812345678")
    morning(session)
    text = mails(session, app)["officer"]
    assert subject in text
    assert "13812345678" not in text
    assert "@example.org" not in text


def test_two_workers_and_a_second_run_tell_once(session: Session, app: Flask) -> None:
    due(session, 1, "officer")
    for _ in range(2):
        enqueue(session, MORNING_TOPIC, {}, now=NOW)
    session.commit()
    run_all(NOW)
    assert len(session.scalars(select(DueWarning)).all()) == 1
    assert len(session.scalars(select(Delivery).where(Delivery.about == WARNINGS)).all()) == 1


def test_three_working_days_ago(session: Session) -> None:
    calendar = WorkCalendar(frozenset({0, 1, 2, 3, 4}), {date(2026, 2, 27): False}, ZoneInfo("Asia/Shanghai"))
    assert before(calendar, NOW, 3) == datetime(2026, 2, 24, 4, tzinfo=NOW.tzinfo)
    assert before(None, NOW, 3) == NOW - 3 * DAY
