"""Lists of staff as files and on paper: what one may read, and nothing that acts as a formula."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.contacts import note_contact
from portal.accounts.models import ContactChannel
from portal.cases.joint import call_case
from portal.core import clock
from portal.core.worker import run_all
from portal.ideas.proposals import propose_call
from portal.priority.actions import open_vote
from portal.reports.actions import start_work
from portal.threads.chains import tie
from portal.threads.comments import add_comment, hide_comment
from portal.threads.events import SYSTEM, Actor
from tests.factories import NOW, Browse, add_person, directory, make_report, person
from tests.ideas.calling import make_call
from tests.threads.publishing import writing

EN = "lang=en"
FORMULA = "=1+1 at the gate"
CODES = ("recurring", "comments", "hidden-comments", "votes", "between", "calls", "calls-for-ideas")
WORKED = [code for code in CODES if code != "calls-for-ideas"]


@pytest.fixture
def filled(app: Flask) -> None:
    """Something in each of the lists."""
    with writing(app) as session:
        known, now = directory(session), clock.now()
        officer = Actor(person(session, "officer"), "officer")
        by = Actor(person(session, "coordinator"), "coordinator")
        earlier = make_report(session, "Dark.", now=NOW)
        report = make_report(
            session, "Dark again. Ring 13812345678.", title=FORMULA, now=NOW + timedelta(days=9)
        )
        tie(session, report, earlier, by=SYSTEM, now=NOW)
        unproven = add_person(session, "unproven", verified=False)
        add_comment(session, report, unproven, "@SUM(1) me too", name_shown=False, directory=known, now=now)
        open_vote(
            session,
            report,
            question="A school?",
            proposed=90,
            ends_at=now + timedelta(days=7),
            quorum=None,
            is_public=True,
            directory=known,
            by=by,
            now=now,
        )
        helper = known.department_codes["emergency"].id
        call_case(session, report, [helper], "Please help.", directory=known, by=officer, now=now)
        grandma = add_person(session, "grandma", verified=False)
        grandma.email = None
        neighbour = person(session, "neighbour")
        rude = add_comment(session, report, neighbour, "-rude", name_shown=True, directory=known, now=now)
        hide_comment(session, report, rude, "It is rude.", by=officer, now=now)
        make_call(session, names={"en": FORMULA})
        note_contact(session, grandma, ContactChannel.PHONE, "13800000023", noted_by=officer.person, now=now)
        rung = make_report(session, "Full.", title=FORMULA, author=grandma, now=now)
        start_work(session, rung, by=officer, now=now)
    with app.app_context():
        run_all(clock.now())


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("code", CODES)
def test_each_list_is_a_file_and_a_sheet(browse: Browse, code: str) -> None:
    staff = browse("coordinator")
    answer = staff.get(f"/staff/tables/{code}.csv?{EN}")
    assert answer.status_code == 200
    (row,) = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert row["Title"] == f"'{FORMULA}"
    assert "13812345678" not in answer.text
    assert "13800000023" not in answer.text
    sheet = staff.get(f"/staff/tables/{code}/print?{EN}")
    assert FORMULA in sheet.text


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("code", "page"),
    [
        ("recurring", "/staff/recurring"),
        ("comments", "/staff/comments"),
        ("votes", "/staff/votes"),
        ("between", "/staff/between"),
        ("calls", "/staff/calls"),
        ("hidden-comments", "/staff/comments/hidden"),
        ("calls-for-ideas", "/staff/ideas/calls"),
    ],
)
def test_its_page_leads_there(browse: Browse, code: str, page: str) -> None:
    html = browse("coordinator").get(page).text
    assert f'href="/staff/tables/{code}.csv"' in html
    assert f'href="/staff/tables/{code}/print"' in html


def test_what_an_officer_proposed_is_a_file_of_their_own(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        officer, known = Actor(person(session, "officer"), "officer"), directory(session)
        call = make_call(session, names={"en": FORMULA}, public=False)
        propose_call(session, call, directory=known, by=officer, now=NOW)
    html = browse("officer").get(f"/staff/proposed-calls?{EN}").text
    assert 'href="/staff/tables/proposed-calls.csv"' in html
    text = browse("officer").get(f"/staff/tables/proposed-calls.csv?{EN}").text
    (row,) = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (row["Title"], row["How it stands"]) == (f"'{FORMULA}", "waits for the coordinator")
    others = browse("coordinator").get(f"/staff/tables/proposed-calls.csv?{EN}").text
    assert len(others.splitlines()) == 1


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("code", WORKED)
def test_an_officer_of_elsewhere_gets_none_of_it(browse: Browse, code: str) -> None:
    text = browse("outsider").get(f"/staff/tables/{code}.csv?{EN}").text
    assert len(text.splitlines()) == 1


def test_who_has_no_such_list_is_refused(browse: Browse) -> None:
    assert browse("panellist").get("/staff/tables/comments.csv").status_code == 403
    assert browse("officer").get("/staff/tables/calls-for-ideas.csv").status_code == 403
    assert browse("coordinator").get("/staff/tables/nothing.csv").status_code == 404
    assert browse("resident").get("/staff/tables/comments.csv").status_code == 403
