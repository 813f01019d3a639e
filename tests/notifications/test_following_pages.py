"""The pages by which people follow, change and stop."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.worker import run_all
from portal.notifications import follow_letters, following
from portal.notifications.models import Delivery, Subscription
from portal.threads.additions import Follower, Frequency
from portal.threads.models import Kind, Thread
from tests.factories import NOW, Browse, count_queries, form_fields, make_report, person
from tests.notifications.following import follow, wish, work
from tests.notifications.mail_server import MailServer
from tests.threads.publishing import writing


@pytest.fixture
def reference(app: Flask) -> str:
    with writing(app) as session:
        return make_report(session).reference


def send(client: FlaskClient, page: str, **typed: str) -> TestResponse:
    """Open a page in English and send its form."""
    hidden = form_fields(client.get(page, query_string={"lang": "en"}).text)
    return client.post(page, data={"frequency": "at_once"} | hidden | typed)


def rows(app: Flask, table: type[Follower | Subscription]) -> list[tuple[str | None, str]]:
    """Return what is kept, as (name of the person, how often)."""
    with app.app_context():
        found = select(Person.name, table.frequency).join(Person, Person.id == table.person_id)
        return [(name, how) for name, how in db.session().execute(found.order_by(table.id))]


def test_whoever_has_signed_in_follows_at_a_press_and_stops_at_another(
    app: Flask, browse: Browse, reference: str
) -> None:
    client = browse("neighbour")
    page = f"/reports/{reference}?lang=en"
    assert f"/follow/{reference}" in client.get(page).text
    for how in ("at_once", "daily", "daily"):
        assert send(client, f"/follow/{reference}", frequency=how).location == f"/reports/{reference}"
    assert rows(app, Follower) == [("neighbour", "daily")]
    shown = client.get(page).text
    assert "Stop following" in shown
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    for _again in range(2):
        client.post(f"/follow/{reference}/stop", data={"csrf_token": token.group(1)})
    assert rows(app, Follower) == []


def test_the_sender_follows_from_the_start_and_may_stop(app: Flask, browse: Browse, reference: str) -> None:
    client = browse("resident")
    shown = client.get(f"/reports/{reference}?lang=en").text
    assert "Stop following" in shown
    client.post(f"/follow/{reference}/stop", data=form_fields(shown))
    assert rows(app, Follower) == [("resident", "no_mail")]
    assert "Stop following" not in client.get(f"/reports/{reference}?lang=en").text
    with app.app_context():
        run_all(NOW)
        assert db.session().scalar(select(func.count()).select_from(Delivery)) == 0
    send(client, f"/follow/{reference}")
    assert rows(app, Follower) == []


def test_a_stranger_is_asked_by_mail_and_follows_by_its_link(
    app: Flask, client: FlaskClient, reference: str, server: MailServer
) -> None:
    answer = send(client, f"/follow/{reference}", email="Wang@Example.org", frequency="daily")
    assert answer.location == "/follow/mailed"
    assert "wang@example.org" in client.get("/follow/mailed?lang=en").text
    with app.app_context():
        run_all(clock.now())
    mail = next(str(m.get_content()) for m in server.taken if m["To"] == "wang@example.org")
    link = re.search(r"https://linli\.example(/following/confirm/\S+)", mail)
    assert link
    asked = client.get(link.group(1), query_string={"lang": "en"})
    assert reference in asked.text
    assert asked.headers["Referrer-Policy"] == "no-referrer"
    with app.app_context():  # a mail scanner's GET confirms nothing
        assert confirmed("wang@example.org") == 0
    done = client.post(link.group(1), data=form_fields(asked.text))
    assert done.location.startswith("/following/")
    assert reference in client.get(done.location).text
    with app.app_context():
        assert confirmed("wang@example.org") == 1
    again = client.get(link.group(1))
    assert again.location.startswith("/following/")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_confirms_nothing_once_what_was_asked_is_gone(
    app: Flask, client: FlaskClient, reference: str, method: str
) -> None:
    send(client, f"/follow/{reference}", email="wang@example.org", frequency="daily")
    with writing(app) as session:
        asked = session.scalars(select(Person).where(Person.email == "wang@example.org")).one()
        number = asked.id
        page = f"/following/confirm/{follow_letters.sign(follow_letters.CONFIRM, number)}"
    form = form_fields(client.get(page).text)
    with writing(app) as session:
        session.execute(delete(Follower).where(Follower.person_id == number))
    answer = client.open(page, method=method, data=form if method == "POST" else None)
    assert answer.status_code == 404
    with app.app_context():
        assert confirmed("wang@example.org") == 0


def confirmed(email: str) -> int:
    wanted = (Person.email == email, Person.email_confirmed_at.is_not(None))
    return db.session().scalar(select(func.count()).where(*wanted)) or 0


def test_a_link_in_the_mail_of_somebody_with_an_account_leads_to_it(
    app: Flask, client: FlaskClient, reference: str
) -> None:
    send(client, f"/follow/{reference}", email="neighbour@example.org")
    with writing(app) as session:
        same = select(Person).where(Person.email == "neighbour@example.org").order_by(Person.id)
        asked = session.scalars(same).all()[-1]
        token = follow_letters.sign(follow_letters.CONFIRM, asked.id)
        number, root = asked.id, person(session, "neighbour").id
    page = f"/following/confirm/{token}"
    client.post(page, data=form_fields(client.get(page).text))
    with app.app_context():
        assert db.session().get_one(Person, number).same_as_id == root


def test_an_address_that_is_none_is_refused_and_kept(client: FlaskClient, reference: str) -> None:
    answer = send(client, f"/follow/{reference}", email="wang at home", frequency="daily")
    assert answer.status_code == 422
    assert "Error:" in answer.text
    assert 'value="wang at home"' in answer.text
    assert 'value="daily" checked' in answer.text


def test_one_address_is_not_asked_again_and_again(
    client: FlaskClient, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "ASKED_A_DAY", 2)
    for status in (303, 303, 429):
        assert send(client, f"/follow/{reference}", email="wang@example.org").status_code == status


def test_a_list_is_followed_as_it_is_narrowed(app: Flask, browse: Browse) -> None:
    client = browse("neighbour")
    listed = client.get("/ideas?q=herbs&place=liu-1&category=noise&lang=en").text
    link = re.search(r'href="(/follow\?[^"]+)"', listed)
    assert link
    page = link.group(1).replace("&amp;", "&")
    shown = client.get(page).text
    fields = form_fields(shown) | {
        "kind": "idea",
        "place": "liu-1",
        "category": "noise",
        "query": "herbs",
        "radius": "",
        "frequency": "daily",
    }
    for value in (
        'value="liu-1" selected',
        'value="noise" selected',
        'value="idea" selected',
        'value="herbs"',
    ):
        assert value in shown
    for _again in range(2):
        assert client.post(page, data=fields).location == "/account/following"
    with app.app_context():
        (kept,) = db.session().scalars(select(Subscription)).all()
        assert (kept.kind, kept.query, kept.frequency) == (Kind.IDEA, "herbs", Frequency.DAILY)
        assert kept.place_id
        assert kept.category_id


def test_what_can_not_be_followed_is_refused_with_all_that_was_chosen(browse: Browse) -> None:
    client = browse("neighbour")
    fields = form_fields(client.get("/follow?lang=en").text)
    chosen = {"kind": "both", "place": "liu-1", "radius": "500", "category": "", "query": "lamp"}
    answer = client.post("/follow", data=fields | chosen | {"frequency": "at_once"})
    assert answer.status_code == 422
    assert "on the map" in answer.text
    assert 'value="lamp"' in answer.text
    assert 'value="500" selected' in answer.text
    nowhere = client.post("/follow", data=fields | chosen | {"frequency": "at_once", "place": ""})
    assert nowhere.status_code == 422


def test_the_page_of_all_that_is_followed_changes_and_stops(
    app: Flask, browse: Browse, reference: str
) -> None:
    with writing(app) as session:
        thread = session.scalars(select(Thread)).one()
        follow(session, thread)
        wish(session, query="lamp")
        wish(session, "officer")
        number, kept = thread.id, session.scalars(select(Subscription.id)).first()
    client = browse("neighbour")
    page = client.get("/account/following?lang=en").text
    assert reference in page
    assert "New reports and ideas · with “lamp”" in page
    token = form_fields(page)["csrf_token"]

    def do(verb: str, **fields: object) -> int:
        return client.post(
            "/account/following", data={"csrf_token": token, "verb": verb, **fields}
        ).status_code

    assert do("save", what="thread", number=number, frequency="daily") == 303
    assert do("save", what="wish", number=kept, frequency="daily") == 303
    assert do("save", what="wish", number=kept, frequency="hourly") == 422
    assert do("stop", what="wish", number=(kept or 0) + 1) == 303  # the officer's stays
    assert rows(app, Follower) == [("neighbour", "daily")]
    assert rows(app, Subscription) == [("neighbour", "daily"), ("officer", "at_once")]
    assert do("stop", what="thread", number=number) == 303
    assert do("stop_all") == 303
    assert rows(app, Follower) == []
    assert rows(app, Subscription) == [("officer", "at_once")]


def test_stopping_all_leaves_a_sender_who_wants_no_mails_alone(
    app: Flask, browse: Browse, reference: str
) -> None:
    client = browse("resident")
    page = f"/reports/{reference}"
    client.post(f"/follow/{reference}/stop", data=form_fields(client.get(page).text))
    with writing(app) as session:
        wish(session, "resident")
    listed = client.get("/account/following?lang=en").text
    assert reference not in listed
    token = form_fields(listed)["csrf_token"]
    client.post("/account/following", data={"csrf_token": token, "verb": "stop_all"})
    assert rows(app, Follower) == [("resident", "no_mail")]
    assert rows(app, Subscription) == []


def test_each_mail_has_links_that_stop_one_and_all(
    app: Flask, client: FlaskClient, reference: str, server: MailServer
) -> None:
    with writing(app) as session:
        wish(session, query="lamp")
        wish(session, query="gate")
        work(session)
        mail = next(m for m in server.taken if m["To"] == "neighbour@example.org")
    one, every = re.findall(r"https://linli\.example(/following/stop/\S+)", str(mail.get_content()))
    assert mail["List-Unsubscribe"] == f"<https://linli.example{one}>"
    assert "lamp" in client.get(one, query_string={"lang": "en"}).text
    assert len(rows(app, Subscription)) == 2  # a mail scanner's GET stops nothing
    for _again in range(2):
        assert client.post(one, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert len(rows(app, Subscription)) == 1
    assert client.post(every, data={}).status_code == 303
    assert rows(app, Subscription) == []
    assert "lamp" not in client.get(one).text


@pytest.mark.parametrize("page", ["/following/x", "/following/confirm/x", "/following/stop/x"])
def test_a_link_that_is_none_of_ours_leads_nowhere(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 404


def test_a_link_serves_its_own_purpose_only(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        number = person(db.session(), "neighbour").id
        token = follow_letters.sign(follow_letters.CONFIRM, number)
    assert client.get(f"/following/{token}").status_code == 404


def test_the_queries_of_the_page_do_not_grow(app: Flask, browse: Browse) -> None:
    client = browse("neighbour")

    def number() -> int:
        with count_queries(app) as statements:
            client.get("/account/following")
        return len(statements)

    for size in (1, 5):
        with writing(app) as session:
            for i in range(size):
                follow(session, make_report(session))
                wish(session, query=f"word{size}{i}")
        if size == 1:
            few = number()
    assert number() == few
