"""What departments leave unanswered: it goes to the coordinator by itself, and is warned of once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.cases.jobs import EXPIRE_TOPIC
from portal.cases.joint import finish_task
from portal.cases.models import Offer, OfferState
from portal.cases.offers import refuse_offer
from portal.cases.papers import finish_decision, keep_decision
from portal.cases.queries import list_waiting, stands
from portal.cases.referrals import refer
from portal.communities.directory import raise_version
from portal.communities.preferences import put_preference
from portal.core import clock
from portal.core.db import db
from portal.core.outbox import enqueue, run_next
from portal.core.worker import run_all
from portal.notifications.models import DueWarning
from portal.notifications.warning_jobs import MORNING_TOPIC
from portal.threads.guests import list_guests
from portal.threads.models import Thread
from portal.threads.queries import list_events
from tests.cases.scenes import (
    SOON,
    add_cast,
    add_staff,
    call,
    coordinator,
    department_id,
    make_joint,
    officer,
)
from tests.cases.test_offers import offer
from tests.factories import NOW, directory, make_report, person
from tests.notifications.test_warnings import mails

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("on_that_day")


@pytest.fixture
def on_that_day() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def run(session: Session, topic: str, now: datetime) -> None:
    enqueue(session, topic, {}, now=now)
    session.commit()
    with clock.frozen(now):
        run_all(now)
    session.expire_all()


def told(session: Session, now: datetime) -> set[tuple[str, str]]:
    """Return who was told that morning of what: ("helper", "task")."""
    run(session, MORNING_TOPIC, now)
    rows = session.execute(
        select(Person.name, DueWarning.clock)
        .join(Person, Person.id == DueWarning.person_id)
        .where(DueWarning.at == now, DueWarning.item_id > 0)
    )
    return {(name, clock_) for name, clock_ in rows}


def test_an_unanswered_offer_goes_to_the_coordinator_by_itself(session: Session) -> None:
    report = make_report(session)
    made = offer(session, report)
    run(session, EXPIRE_TOPIC, made.due_at - timedelta(minutes=1))
    assert stands(made, report)
    run(session, EXPIRE_TOPIC, made.due_at + timedelta(minutes=1))
    assert (made.state, report.needs_sorting, report.department_id) == (OfferState.TO_COORDINATOR, True, None)
    assert list_guests(session, report.id) == []
    events = list_events(session, report.id, "public")
    assert [e.kind for e in events].count("thread.offer_expired") == 1
    run(session, EXPIRE_TOPIC, made.due_at + timedelta(hours=2))
    assert len(list_events(session, report.id, "public")) == len(events)


def test_an_answered_offer_stays_where_it_is(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    made = offer(session, report)
    refuse_offer(session, report, made, "No pay in it.", by=officer(session, "helper"), now=SOON)
    run(session, EXPIRE_TOPIC, made.due_at + DAY)
    assert made.state == OfferState.REFUSED
    assert not report.needs_sorting


def test_the_times_are_what_the_administrator_set(session: Session) -> None:
    first = offer(session, make_report(session))
    put_preference(session, "offer_days", 5)
    raise_version(session)
    session.commit()
    second = offer(session, make_report(session, key="another"))
    assert second.due_at > first.due_at + 3 * DAY
    assert session.get(Offer, second.id) is second


def test_each_overdue_thing_is_told_once_to_whom_it_concerns(session: Session, app: Flask) -> None:
    add_cast(session)
    add_staff(session, "labour head", RoleName.HEAD, "liu", "labour")
    report = make_report(session)
    task = make_joint(session, report)
    labour = department_id(session, "labour")
    decision = keep_decision(session, report, "Pay.", labour, date(2000, 1, 1), by=officer(session), now=SOON)
    keep_decision(
        session, report, "Ring.", person(session, "officer"), SOON.date(), by=officer(session), now=SOON
    )
    places = directory(session)
    refer(
        session,
        report,
        places.place_codes["liu-1"],
        places.place_codes["yunhe"],
        "Who pays?",
        directory=places,
        by=coordinator(session, "warden"),
        now=SOON,
    )
    for_labour = {(name, kind) for name in ("helper", "labour head") for kind in ("task", "decide")}
    asked = {("coordinator", "refer"), ("warden", "refer")}
    assert told(session, SOON + 20 * DAY) == for_labour | asked | {("officer", "decide")}
    text = mails(session, app)["helper"]
    assert "2 things between departments are overdue" in text
    assert "Labour" in text
    assert report.reference in text
    assert told(session, SOON + 21 * DAY) == set()
    finish_task(session, report, task, "Done.", by=officer(session, "helper"), now=SOON)
    finish_decision(session, report, decision, by=officer(session, "helper"), now=SOON)
    assert told(session, SOON + 22 * DAY) == set()


def test_a_call_and_what_came_back_are_the_coordinators(session: Session) -> None:
    add_cast(session)
    call(session, make_report(session))
    offer(session, make_report(session, key="another"), "")
    later = SOON + 10 * DAY
    assert told(session, later) == {("warden", "call"), ("coordinator", "call"), ("warden", "offer")}


def test_a_mail_leaves_out_what_was_done_meanwhile(session: Session, app: Flask) -> None:
    add_cast(session)
    report = make_report(session)
    task = make_joint(session, report)
    enqueue(session, MORNING_TOPIC, {}, now=SOON + 20 * DAY)
    session.commit()
    with clock.frozen(SOON + 20 * DAY):
        while not session.scalars(select(DueWarning).where(DueWarning.clock == "task")).all():
            run_next(db.session(), SOON + 20 * DAY)
    task = session.merge(task)
    report = session.get_one(Thread, report.id)
    finish_task(session, report, task, "Done.", by=officer(session, "helper"), now=SOON)
    session.commit()
    with clock.frozen(SOON + 20 * DAY):
        run_all(SOON + 20 * DAY)
    assert "helper" not in mails(session, app)


def test_a_department_reads_on_until_its_task_is_done_and_the_case_closed(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    task = make_joint(session, report)
    guests = list_guests(session, report.id)
    assert [g.reads(report) for g in guests] == [True]
    report.is_closed = True
    assert [g.reads(report) for g in guests] == [True]
    report.is_closed = False
    finish_task(session, report, task, "Done.", by=officer(session, "helper"), now=SOON)
    assert [g.reads(report) for g in list_guests(session, report.id)] == [True]
    report.is_closed = True
    assert [g.reads(report) for g in list_guests(session, report.id)] == [False]


def test_what_was_decided_waits_for_its_owner_until_it_is_done(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    make_joint(session, report)
    labour, helper = department_id(session, "labour"), person(session, "helper")
    made = keep_decision(session, report, "Pay.", labour, SOON.date(), by=officer(session), now=SOON)
    report.is_closed = True
    session.flush()
    assert [d.id for d, _thread in list_waiting(session, helper, directory(session)).decisions] == [made.id]
    assert not list_waiting(session, person(session, "third"), directory(session)).decisions
    finish_decision(session, report, made, by=officer(session, "helper"), now=SOON)
    assert not list_waiting(session, helper, directory(session)).decisions
