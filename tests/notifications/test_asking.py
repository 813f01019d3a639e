"""Those affected are asked by mail whether it is fixed; staff hear when it came back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.accounts.models import Person, RoleName
from portal.communities.models import Department, Place
from portal.core.db import begin_write
from portal.notifications.models import CAME_BACK, VERDICT, Delivery
from portal.reports.actions import mark_fixed
from portal.reports.jobs import remind_senders, settle_silent
from portal.reports.models import Answer
from portal.reports.verdicts import judge
from portal.threads.actions import lock_thread
from portal.threads.additions import Frequency
from portal.threads.events import Actor
from portal.threads.followers import follow_thread
from portal.threads.models import Thread
from portal.threads.votes import cast_vote
from tests.factories import NOW, Browse, add_person, add_role, directory, make_report, person
from tests.notifications.following import mails_to, text_to, work
from tests.notifications.mail_server import MailServer
from tests.triage.moving import post

FIXED_AT = NOW + timedelta(days=1)
LATER = FIXED_AT + timedelta(hours=1)


@pytest.fixture
def report(session: Session, server: MailServer) -> Thread:
    """A report of which everybody has heard so far; a neighbour and somebody unproven are affected."""
    report = make_report(session, "The lamp by the gate is dark.")
    for who in (person(session, "neighbour"), add_person(session, "unproven", verified=False)):
        cast_vote(session, report, who, now=NOW)
    session.commit()
    work(session, NOW)
    begin_write(session)
    return session.get_one(Thread, report.id)


def fix(session: Session, report: Thread) -> None:
    officer = Actor(person(session, "officer"), "officer")
    mark_fixed(session, lock_thread(session, report.id), "A new bulb.", by=officer, now=FIXED_AT)
    session.commit()


def answer(session: Session, report: Thread, name: str, said: Answer, why: str = "") -> None:
    begin_write(session)
    known = directory(session)
    who, thread = person(session, name), lock_thread(session, report.id)
    judge(session, thread, who, said, why, directory=known, now=LATER)
    session.commit()


def add_head(session: Session) -> Person:
    head = add_person(session, "head")
    department = session.scalars(select(Department).where(Department.code == "construction")).one()
    place = session.scalars(select(Place).where(Place.code == "liu")).one()
    add_role(session, head, RoleName.HEAD, place, department)
    return head


def test_who_is_affected_is_asked_with_a_link_of_their_own(
    session: Session, server: MailServer, report: Thread
) -> None:
    fix(session, report)
    work(session, LATER)
    text = text_to(server, "neighbour")
    assert "/fixed/" in text
    assert "A new bulb." in text
    assert "/track/" not in text  # that is the sender's
    assert mails_to(server, "unproven") == []
    assert "/track/" in text_to(server, "resident")


def test_who_follows_too_gets_one_mail_not_two(session: Session, server: MailServer, report: Thread) -> None:
    follow_thread(session, report, person(session, "neighbour"), now=NOW)
    fix(session, report)
    work(session, LATER)
    assert len(mails_to(server, "neighbour")) == 1
    assert "/fixed/" in text_to(server, "neighbour")


def test_who_follows_without_mails_is_asked_in_the_inbox_only(
    session: Session, server: MailServer, report: Thread, browse: Browse
) -> None:
    neighbour = person(session, "neighbour")
    set_password(session, neighbour, "a long password of mine")
    follow_thread(session, report, neighbour, Frequency.NO_MAIL, now=NOW)
    fix(session, report)
    work(session, LATER)
    assert mails_to(server, "neighbour") == []
    assert session.scalars(select(Delivery.channel).where(Delivery.about == VERDICT)).all() == ["inbox"]
    session.rollback()
    page = browse("neighbour").get("/inbox?lang=en").text
    assert "Fixed, says the department." in page


def test_a_question_that_is_settled_meanwhile_is_not_sent(
    session: Session, server: MailServer, report: Thread
) -> None:
    fix(session, report)
    answer(session, report, "resident", Answer.YES)
    work(session, LATER)
    assert mails_to(server, "neighbour") == []


def test_the_officer_and_the_head_hear_that_it_came_back_and_nobody_else(
    session: Session, server: MailServer, report: Thread
) -> None:
    add_head(session)
    fix(session, report)
    answer(session, report, "neighbour", Answer.NO, "Dark as before, flat 3.")
    work(session, LATER)
    for name in ("officer", "head"):
        text = text_to(server, name)
        assert f"/staff/{report.reference}" in text
        assert "flat 3" not in text
    assert mails_to(server, "outsider") == mails_to(server, "coordinator") == []
    assert "flat 3" not in text_to(server, "resident")


def test_staff_who_may_not_read_it_any_more_are_not_told(
    session: Session, server: MailServer, report: Thread
) -> None:
    head = add_head(session)
    fix(session, report)
    answer(session, report, "neighbour", Answer.NO)
    begin_write(session)
    for role in head.roles:
        session.delete(role)
    session.commit()
    work(session, LATER)
    assert mails_to(server, "head") == []


def test_what_came_back_stands_in_the_inbox_of_staff(
    session: Session, server: MailServer, report: Thread, browse: Browse
) -> None:
    set_password(session, add_head(session), "a long password of mine")
    fix(session, report)
    answer(session, report, "neighbour", Answer.NO)
    work(session, LATER)
    number = session.scalars(
        select(Delivery.id).where(Delivery.about == CAME_BACK, Delivery.channel == "inbox")
    ).one()
    session.rollback()
    client = browse("head")
    assert "Opened again: somebody affected says that it isn’t fixed." in client.get("/inbox?lang=en").text
    assert post(client, f"/inbox/{number}/open", {}).location.endswith(f"/staff/{report.reference}")


def test_the_sender_is_reminded_once_and_told_of_the_silence(
    session: Session, server: MailServer, report: Thread
) -> None:
    fix(session, report)
    for days in (10, 11, 14, 15):
        begin_write(session)
        remind_senders(session, {}, FIXED_AT + timedelta(days=days))
        settle_silent(session, {}, FIXED_AT + timedelta(days=days))
        session.commit()
        work(session, FIXED_AT + timedelta(days=days))
    subjects = mails_to(server, "resident")
    assert len([s for s in subjects if "Please tell us" in s]) == 1
    assert len([s for s in subjects if "confirmed by silence" in s]) == 1
