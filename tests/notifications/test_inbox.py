"""The inbox: what somebody with an account is told, read or not."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.notifications.models import INBOX, Delivery
from portal.reports.actions import start_work
from portal.threads.actions import ask, hide_words, lock_thread
from portal.threads.additions import Frequency
from portal.threads.events import Actor
from portal.threads.models import Thread
from tests.factories import Browse, count_queries, form_fields, make_report, person
from tests.notifications.following import LATER, follow, give_account, make_told_report, wish, work
from tests.threads.publishing import writing

PAGE = "/inbox?lang=en"


def fill(app: Flask, number: int = 1) -> str:
    """Let the neighbour, who has an account and wants no mails, be told of new reports."""
    with writing(app) as session:
        give_account(session, "neighbour")
        wish(session, how=Frequency.NO_MAIL)
        for _report in range(number):
            reference = make_told_report(session).reference
        return reference


def press(client: FlaskClient, action: str) -> str:
    token = form_fields(client.get(PAGE).text)["csrf_token"]
    return str(client.post(action, data={"csrf_token": token}).location)


def entry(session: Session) -> Delivery:
    return session.scalars(select(Delivery).where(Delivery.channel == INBOX)).one()


def test_it_is_counted_at_the_top_until_it_is_opened(app: Flask, browse: Browse) -> None:
    reference = fill(app)
    client = browse("neighbour")
    assert "Inbox (1)" in client.get("/about?lang=en").text
    page = client.get(PAGE).text
    assert reference in page
    assert "The lamp by the south gate has been dark for a week." in page
    with app.app_context():
        number = entry(db.session()).id
    assert press(client, f"/inbox/{number}/open") == f"/reports/{reference}"
    assert "Inbox (1)" not in client.get(PAGE).text
    with app.app_context():
        first = entry(db.session()).read_at
    press(client, f"/inbox/{number}/open")
    with app.app_context():
        assert entry(db.session()).read_at == first


def test_all_are_read_at_one_press(app: Flask, browse: Browse) -> None:
    fill(app, 3)
    client = browse("neighbour")
    assert "Inbox (3)" in client.get(PAGE).text
    press(client, "/inbox/read")
    page = client.get(PAGE).text
    assert "Inbox (" not in page
    assert "Mark all as read" not in page


def test_nobody_opens_what_is_told_to_another(app: Flask, browse: Browse) -> None:
    fill(app)
    client = browse("resident")
    with app.app_context():
        number = entry(db.session()).id
    token = form_fields(client.get("/account").text)["csrf_token"]
    assert client.post(f"/inbox/{number}/open", data={"csrf_token": token}).status_code == 404
    with app.app_context():
        assert entry(db.session()).read_at is None


def test_the_sender_finds_questions_there_and_the_way_to_answer(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        give_account(session, "resident")
        report = make_told_report(session, private=True)
        by = Actor(person(session, "officer"), "officer")
        ask(session, lock_thread(session, report.id), "Which lamp?", by=by, now=LATER)
        work(session, LATER)
        number = session.scalars(
            select(Delivery.id).where(Delivery.channel == INBOX, Delivery.about == "thread.asked")
        ).one()
    client = browse("resident")
    assert "Which lamp?" in client.get(PAGE).text
    assert press(client, f"/inbox/{number}/open").startswith("/track/")


def test_what_is_no_longer_public_is_not_told_there_either(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        give_account(session, "neighbour")
        report = make_told_report(session)
        follow(session, report)
        by = Actor(person(session, "officer"), "officer")
        start_work(session, lock_thread(session, report.id), by=by, now=LATER)
        work(session, LATER)
    client = browse("neighbour")
    assert "The lamp" in client.get(PAGE).text
    with writing(app) as session:
        thread = session.scalars(select(Thread)).one()
        by = Actor(person(session, "officer"), "officer")
        hide_words(session, lock_thread(session, thread.id), "Names a child.", by=by, now=LATER)
    page = client.get(PAGE).text
    assert "The lamp" not in page
    assert "This is no longer public." in page


def test_it_is_paged_and_its_queries_do_not_grow(app: Flask, browse: Browse) -> None:
    fill(app)
    client = browse("neighbour")

    def number() -> int:
        with count_queries(app) as statements:
            client.get(PAGE)
        return len(statements)

    few = number()
    with writing(app) as session:
        for _report in range(25):
            make_report(session)
        work(session)
    assert number() == few
    page = client.get(PAGE).text
    assert page.count("inbox__entry--unread") == 25
    assert 'rel="next"' in page


def test_without_news_it_says_so(browse: Browse) -> None:
    assert "Nothing yet" in browse("neighbour").get(PAGE).text
