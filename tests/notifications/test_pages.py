from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core.db import db
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.notifications.models import Delivery
from portal.threads.models import Event
from tests.factories import NOW, Browse, count_queries, form_fields, make_report, person
from tests.notifications.mail_server import MailServer

PAGE = "/staff/mail?lang=en"


def send_reports(app: Flask, number: int = 1) -> list[str]:
    """Have reports sent and their receipts tried; return their references."""
    with app.app_context():
        references = [make_report(db.session()).reference for _report in range(number)]
        db.session.commit()
        run_all(NOW)
        return references


def stopped(app: Flask) -> bool:
    with app.app_context():
        return person(db.session(), "resident").mail_stopped_at is not None


def stop_link(app: Flask) -> str:
    with app.app_context():
        return f"/stop-mail/{sign('stop-mail', person(db.session(), 'resident').id)}"


def test_one_press_stops_the_mails_and_another_resumes_them(app: Flask, client: FlaskClient) -> None:
    path = stop_link(app)
    page = client.get(path, query_string={"lang": "en"})
    assert page.headers["Referrer-Policy"] == "no-referrer"
    client.head(path)
    assert not stopped(app)  # a mail scanner's look stops nothing
    client.post(path, data={"wish": "stop"})
    assert stopped(app)
    page = client.get(path)
    assert "Mails are stopped" in page.text
    client.post(path, data={"wish": "resume"})
    assert not stopped(app)


def test_the_one_click_of_a_mail_program_stops_the_mails(
    app: Flask, client: FlaskClient, server: MailServer
) -> None:
    send_reports(app)
    (mail,) = server.taken
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("https://linli.example")
    for _again in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.text) == (200, "")  # no redirect, says RFC 8058
        assert stopped(app)
    assert client.post(f"{path}x", data={"List-Unsubscribe": "One-Click"}).status_code == 404


@pytest.mark.parametrize("token", ["nonsense", "MQ.aaaa.bbbb"])
def test_a_broken_stop_link_says_so(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/stop-mail/{token}", query_string={"lang": "en"})
    assert answer.status_code == 404
    assert "not complete" in answer.text


def test_a_tracking_link_is_no_stop_link(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token = sign("track", person(db.session(), "resident").id)
    assert client.get(f"/stop-mail/{token}").status_code == 404


@pytest.mark.parametrize("name", ["resident", "officer", "coordinator", "panellist", "outsider"])
def test_only_administrators_see_the_mails(app: Flask, browse: Browse, name: str) -> None:
    send_reports(app)
    client = browse(name)
    (file,) = mail_files(app)
    for path in ("/staff/mail", f"/staff/mail/{file}"):
        assert client.get(path).status_code == 403
    hidden = form_fields(client.get("/account").text)
    assert client.post("/staff/mail/1/again", data=hidden).status_code == 403


def test_whoever_is_not_signed_in_is_asked_to(client: FlaskClient) -> None:
    assert client.get("/staff/mail").location.startswith("/sign-in")


def mail_files(app: Flask) -> list[str]:
    folder: Path = app.extensions["linli_settings"].var_dir / "mail"
    return [path.stem for path in folder.glob("*.eml")]


def test_without_a_mail_server_the_files_can_be_read(app: Flask, browse: Browse) -> None:
    (reference,) = send_reports(app)
    client = browse("administrator")
    page = client.get(PAGE).text
    assert "No mail server is set" in page
    assert "r•••@example.org" in page
    assert "resident@example.org" not in page
    (file,) = mail_files(app)
    assert f"/staff/mail/{file}" in page
    mail = client.get(f"/staff/mail/{file}").text
    assert f"Received: {reference}" in mail
    assert "/track/" in mail


@pytest.mark.parametrize("name", ["nothing", "..%2Flinli", "..", "%2e%2e%2fsecret_key"])
def test_no_other_file_can_be_read(app: Flask, browse: Browse, name: str) -> None:
    send_reports(app)
    (app.extensions["linli_settings"].var_dir / "linli.eml").write_text("Subject: x\n\nsecret")
    assert browse("administrator").get(f"/staff/mail/{name}").status_code == 404


def test_text_in_a_mail_is_shown_as_text(app: Flask, browse: Browse) -> None:
    with app.app_context():
        make_report(db.session(), "<script>alert(1)</script> by the gate")
        db.session.commit()
        run_all(NOW)
    (file,) = mail_files(app)
    page = browse("administrator").get(f"/staff/mail/{file}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_mail_that_was_given_up_is_tried_again(app: Flask, browse: Browse, server: MailServer) -> None:
    server.mood = "refuses"
    send_reports(app)
    client = browse("administrator")
    page = client.get(PAGE).text
    assert "Given up after 1 try" in page
    assert "550" in page
    with app.app_context():
        number = db.session.scalars(select(Delivery.id)).one()
    server.mood = "takes"
    again = f"/staff/mail/{number}/again"
    hidden = form_fields(page)
    assert client.post(again, data=hidden).status_code == 303
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.kind == "mail.tried_again")).one()
        assert event.actor_role == "administrator"
        run_all(NOW + timedelta(days=400))
    assert len(server.taken) == 1
    page = client.get(PAGE).text
    assert "Sent" in page
    assert "Try again" not in page
    assert "nothing to try again" in client.post(again, data=hidden, follow_redirects=True).text


def test_the_list_is_paged(app: Flask, browse: Browse, server: MailServer) -> None:
    server.mood = "busy"
    send_reports(app, 30)
    client = browse("administrator")
    first = client.get(PAGE).text
    assert first.count("<tr") == 26
    assert "Failed 1 time" in first
    older = first.partition("before=")[2].partition('"')[0]
    assert client.get(f"/staff/mail?before={older}").text.count("<tr") == 6


def test_the_list_costs_the_same_whatever_it_holds(app: Flask, browse: Browse, server: MailServer) -> None:
    server.mood = "busy"
    client, costs = browse("administrator"), []
    for more in (2, 12):
        send_reports(app, more)
        client.get(PAGE)
        with count_queries(app) as queries:
            client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1]
