"""Is it fixed, asked by the link in a mail and on the public page."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core.db import db
from portal.core.tokens import sign
from portal.reports.actions import mark_fixed
from portal.reports.jobs import settle_silent
from portal.reports.models import Answer, Report, Verdict
from portal.reports.verdicts import ASKED, judge
from portal.threads.actions import hide_words
from portal.threads.events import Actor
from portal.threads.models import Status, Thread
from portal.threads.votes import cast_vote
from tests.factories import NOW, Browse, directory, make_report, person, thread_by_reference
from tests.triage.moving import post

FIXED_AT = NOW + timedelta(days=2)


@dataclass
class Case:
    """A report that a neighbour is affected by, marked as fixed."""

    reference: str
    number: int
    link: str
    app: Flask

    def thread(self) -> Thread:
        return thread_by_reference(db.session(), self.reference)

    def say(self, client: FlaskClient, answer: str, why: str = "", address: str = ""):  # type: ignore[no-untyped-def]
        return post(client, address or self.link + "?lang=en", {"answer": answer, "why": why})


@pytest.fixture
def case(app: Flask) -> Case:
    with app.app_context():
        session = db.session()
        report, neighbour = make_report(session), person(session, "neighbour")
        cast_vote(session, report, neighbour, now=NOW)
        officer = Actor(person(session, "officer"), "officer")
        mark_fixed(session, report, "A new bulb.", by=officer, now=FIXED_AT)
        session.commit()
        link = "/fixed/" + sign(ASKED, [report.id, neighbour.id, 1])
        return Case(report.reference, report.id, link, app)


def test_the_link_shows_what_was_done_and_asks_without_an_account(case: Case, client: FlaskClient) -> None:
    page = client.get(case.link + "?lang=en")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    for words in ("A new bulb.", "Yes, it is fixed", "Only in part", "No, it isn’t fixed", case.reference):
        assert words in page.text


def test_a_mail_scanner_that_follows_the_link_answers_nothing(case: Case, client: FlaskClient) -> None:
    client.get(case.link)
    client.head(case.link)
    with case.app.app_context():
        assert db.session.scalars(select(Verdict)).all() == []


def test_a_no_by_the_link_opens_it_again_and_the_link_says_so(case: Case, client: FlaskClient) -> None:
    assert case.say(client, "no", "Dark as before.").status_code == 303
    with case.app.app_context():
        assert case.thread().status == Status.REOPENED
    page = client.get(case.link + "?lang=en").text
    assert "It is being worked on again" in page
    assert "Dark as before." not in page
    assert 'name="answer"' not in page


def test_partly_without_a_word_keeps_the_page_and_asks_for_it(case: Case, client: FlaskClient) -> None:
    answer = case.say(client, "partly")
    assert answer.status_code == 422
    assert "what is still missing" in answer.text
    kept = case.say(client, "perhaps", "The left one is dark.")
    assert kept.status_code == 422
    assert "The left one is dark." in kept.text


def test_an_answer_is_shown_and_can_be_changed(case: Case, client: FlaskClient) -> None:
    case.say(client, "partly", "The left one.")
    assert "Your answer: Only in part." in client.get(case.link + "?lang=en").text
    case.say(client, "yes")
    assert "Your answer: Yes, it is fixed." in client.get(case.link + "?lang=en").text
    with case.app.app_context():
        assert [v.answer for v in db.session.scalars(select(Verdict))] == [Answer.YES]


def test_a_link_of_a_round_before_is_refused_and_gives_back_what_was_typed(
    case: Case, client: FlaskClient
) -> None:
    with case.app.app_context():
        session, thread = db.session(), case.thread()
        sender = thread.author
        judge(session, thread, sender, Answer.NO, directory=directory(session), now=FIXED_AT)
        officer = Actor(person(session, "officer"), "officer")
        mark_fixed(session, thread, "Now truly.", by=officer, now=FIXED_AT)
        session.commit()
    answer = case.say(client, "no", "It is still dark here.")
    assert answer.status_code == 409
    assert "It is still dark here." in answer.text
    with case.app.app_context():
        assert case.thread().status == Status.FIXED


def test_a_link_to_what_is_hidden_shows_nothing(case: Case, client: FlaskClient) -> None:
    with case.app.app_context():
        session = db.session()
        by = Actor(person(session, "coordinator"), "coordinator")
        hide_words(session, case.thread(), "Names a child.", by=by, now=FIXED_AT)
        session.commit()
    assert client.get(case.link).status_code == 404
    assert case.say(client, "no").status_code == 404


def test_a_forged_link_is_none(case: Case, client: FlaskClient) -> None:
    assert client.get(case.link[:-3] + "xyz").status_code == 404
    assert post(client, "/fixed/forged", {"answer": "no"}).status_code == 404


def test_who_is_affected_and_signed_in_answers_on_the_public_page(case: Case, browse: Browse) -> None:
    neighbour = browse("neighbour")
    address = f"/reports/{case.reference}"
    assert "Is it truly fixed?" in neighbour.get(address + "?lang=en").text
    assert case.say(neighbour, "yes", address=f"{address}/verdict").status_code == 303
    page = neighbour.get(address + "?lang=en").text
    assert "1 says yes" in page
    assert "Your answer: Yes, it is fixed." in page


def test_who_is_not_affected_is_not_asked(case: Case, browse: Browse) -> None:
    outsider = browse("outsider")
    page = outsider.get(f"/reports/{case.reference}?lang=en").text
    assert "A new bulb." in page
    assert "Is it truly fixed?" not in page
    refused = case.say(outsider, "no", "Mine.", f"/reports/{case.reference}/verdict?lang=en")
    assert refused.status_code == 409
    assert "Mine." in refused.text


def test_silence_is_shown_as_such_wherever_it_stands(case: Case, client: FlaskClient) -> None:
    with case.app.app_context():
        settle_silent(db.session(), {}, FIXED_AT + timedelta(days=15))
        db.session.commit()
    for address in (f"/reports/{case.reference}", "/reports", "/reports?status=silent"):
        page = client.get(f"{address}{'&' if '?' in address else '?'}lang=en").text
        assert "Confirmed by silence" in page
        assert "Confirmed fixed</span>" not in page
    assert "settled" in client.get(case.link + "?lang=en").text


def test_the_public_page_of_an_open_report_says_nothing_of_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        reference = make_report(db.session()).reference
        db.session.commit()
    assert "What was done" not in client.get(f"/reports/{reference}?lang=en").text


def test_old_reports_have_a_round_too(app: Flask, client: FlaskClient) -> None:
    """What was fixed before there were rounds shows its page, and its sender may still answer."""
    with app.app_context():
        session = db.session()
        report = make_report(session)
        officer = Actor(person(session, "officer"), "officer")
        mark_fixed(session, report, "Done long ago.", by=officer, now=FIXED_AT)
        session.get_one(Report, report.id).round = 0
        session.commit()
        reference = report.reference
    assert "Done long ago." in client.get(f"/reports/{reference}?lang=en").text
