"""Who may: each deed, by each person, each place."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.visits import Visit
from portal.cases.board import Board, read_board
from portal.cases.deeds import DEEDS, open_deeds
from portal.cases.offers import offer_report
from portal.cases.referrals import refer
from portal.core.errors import NotFound
from portal.threads.models import Thread
from portal.triage.access import get_thread_for, readable_by
from tests.cases.scenes import SOON, add_cast, call, coordinator, department_id, make_joint, officer
from tests.factories import Browse, directory, make_report, person
from tests.triage.moving import post

READERS = ("officer", "coordinator", "warden")
OUTSIDE = ("third", "helper elsewhere", "stranger", "outsider", "panellist", "administrator", "resident")
TASK_DEEDS = {"accept-task", "finish-task", "refuse-task"}
PAPERS = {"minutes", "decision", "note"}


def board_for(session: Session, name: str, thread: Thread) -> Board | None:
    who, places = person(session, name), directory(session)
    try:
        found, desk = get_thread_for(session, who, thread.reference, places)
    except NotFound:
        return None
    return read_board(Visit(session, who, places, SOON), found, desk)


def open_to(session: Session, name: str, thread: Thread) -> set[str]:
    board = board_for(session, name, thread)
    return {deed for deed, _number, _row in open_deeds(board)} if board else set()


def test_before_anything_the_lead_and_coordinators_can_begin(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    may = {name: open_to(session, name, report) for name in (*READERS, *OUTSIDE, "helper")}
    assert may.pop("officer") == {"call", "offer", "refer"}
    assert may.pop("coordinator") == may.pop("warden") == {"call", "refer"}
    assert set().union(*may.values()) == set()


def test_a_call_is_decided_by_coordinators_of_the_place_alone(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    call(session, report)
    may = {name: open_to(session, name, report) for name in (*READERS, *OUTSIDE, "helper")}
    assert may.pop("officer") == {"offer", "refer"}
    assert may.pop("coordinator") == may.pop("warden") == {"agree", "decline", "refer"}
    assert set().union(*may.values()) == set()


def test_a_department_works_its_own_task_and_nothing_else(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    make_joint(session, report)
    may = {name: open_to(session, name, report) for name in (*READERS, *OUTSIDE, "helper")}
    assert may.pop("helper") == TASK_DEEDS | PAPERS
    assert may.pop("officer") == {"task", "offer", "refer"} | PAPERS
    assert may.pop("coordinator") == may.pop("warden") == {"task", "refer"} | TASK_DEEDS | PAPERS
    assert set().union(*may.values()) == set()


def test_an_offer_is_answered_by_the_department_it_is_for(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    labour = department_id(session, "labour")
    offer_report(session, report, labour, "Pay.", directory=directory(session), by=officer(session), now=SOON)
    may = {name: open_to(session, name, report) for name in (*READERS, *OUTSIDE, "helper")}
    assert may.pop("helper") == {"take-offer", "refuse-offer", "call"}
    assert may.pop("officer") == {"call", "refer"}
    assert may.pop("coordinator") == may.pop("warden") == {"call", "refer"}
    assert set().union(*may.values()) == set()


def test_a_level_asked_answers_and_reads(session: Session) -> None:
    """Asked down, a coordinator elsewhere who couldn't read it before does."""
    add_cast(session)
    report, places = make_report(session), directory(session)
    district, other = places.place_codes["yunhe"], places.place_codes["qiao"]
    assert board_for(session, "stranger", report) is None
    refer(
        session, report, district, other, "Is it yours?", directory=places, by=coordinator(session), now=SOON
    )
    assert open_to(session, "stranger", report) == {"answer"}
    assert "answer" not in open_to(session, "warden", report)
    assert "answer" in open_to(session, "coordinator", report)


def test_lists_and_search_hold_what_guests_may_read(session: Session) -> None:
    add_cast(session)
    report, other, places = make_report(session), make_report(session), directory(session)
    make_joint(session, report)
    offer_report(
        session,
        other,
        department_id(session, "labour"),
        "Pay.",
        directory=places,
        by=officer(session),
        now=SOON,
    )
    for who in session.scalars(select(Person)).all():
        listed = set(session.scalars(select(Thread.id).where(readable_by(who, places))))
        seen = {t.id for t in (report, other) if board_for(session, who.name, t)}
        assert listed & {report.id, other.id} == seen, who.name


def test_a_guest_moves_nothing_of_the_report_itself(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    make_joint(session, report)
    _thread, desk = get_thread_for(session, person(session, "helper"), report.reference, directory(session))
    assert (desk.reads, desk.works, desk.sorts) == (True, False, False)


@pytest.mark.parametrize("name", [None, *OUTSIDE, "helper"])
def test_whoever_may_not_is_refused_every_deed(app: Flask, browse: Browse, name: str | None) -> None:
    with app.app_context():
        from portal.core.db import db

        add_cast(db.session())
        report = make_report(db.session())
        reference, seen, number = report.reference, report.last_sequence, report.id
        db.session.commit()
    client = browse(name)
    for deed in DEEDS:
        answer = post(client, f"/staff/{reference}/case/{deed}", {"seen": str(seen), "number": ""})
        assert answer.status_code in (403, 404), deed
    with app.app_context():
        assert db.session.get_one(Thread, number).last_sequence == seen
