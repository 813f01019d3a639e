"""Where people are signed in: rows that cookies find, and that end."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.accounts import identity
from portal.accounts.jobs import tidy
from portal.accounts.models import SignIn
from portal.accounts.rules import tell_browser
from portal.accounts.sign_ins import begin_sign_in, end_sign_in, end_sign_ins, find_sign_in, list_sign_ins
from portal.core import clock
from portal.core.db import db
from tests.accounts.test_pages import PASSWORD, account_mails, give_password, is_signed_in, sign_in
from tests.factories import NOW, Browse, count_queries, person
from tests.triage.moving import post

DAY = timedelta(days=1)


def sign_ins(app: Flask, name: str) -> list[SignIn]:
    with app.app_context():
        return list(
            db.session.scalars(select(SignIn).where(SignIn.person_id == person(db.session(), name).id))
        )


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 MicroMessenger/8.0",
            "WeChat, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_in_a_few_words(user_agent: str, told: str) -> None:
    assert tell_browser(user_agent) == told


def test_a_sign_in_is_found_by_its_secret_until_it_is_over(session: Session) -> None:
    officer, resident = person(session, "officer"), person(session, "resident")
    secret = begin_sign_in(session, officer, "", now=NOW)
    found = find_sign_in(session, secret, now=NOW)
    assert found is not None
    assert found.person is officer
    assert secret not in found.digest
    assert find_sign_in(session, secret + "x", now=NOW) is None
    assert find_sign_in(session, secret, now=NOW + timedelta(hours=13)) is None
    of_resident = begin_sign_in(session, resident, "", now=NOW)
    assert find_sign_in(session, of_resident, now=NOW + 29 * DAY)
    assert find_sign_in(session, of_resident, now=NOW + 31 * DAY) is None
    resident.is_blocked = True
    assert find_sign_in(session, of_resident, now=NOW) is None


def test_one_ends_only_their_own(session: Session) -> None:
    resident, neighbour = person(session, "resident"), person(session, "neighbour")
    secrets = [begin_sign_in(session, resident, "", now=NOW) for _browser in range(3)]
    first, *_rest = list_sign_ins(session, resident, now=NOW)
    assert not end_sign_in(session, neighbour, first.id)
    end_sign_ins(session, neighbour)
    assert len(list_sign_ins(session, resident, now=NOW)) == 3
    assert end_sign_in(session, resident, first.id)
    kept = find_sign_in(session, secrets[0], now=NOW)
    assert kept is not None
    end_sign_ins(session, resident, but=kept.id)
    assert [s.id for s in list_sign_ins(session, resident, now=NOW)] == [kept.id]


def test_the_night_forgets_those_that_are_over(session: Session) -> None:
    resident = person(session, "resident")
    begin_sign_in(session, resident, "", now=NOW - 31 * DAY)
    begin_sign_in(session, resident, "", now=NOW - 29 * DAY)
    tidy(session, {}, NOW)
    assert [s.began_at for s in session.scalars(select(SignIn))] == [NOW - 29 * DAY]


# Pages


def test_the_browsers_are_listed_and_ended(app: Flask, browse: Browse) -> None:
    client, elsewhere, third = browse("resident"), browse("resident"), browse("resident")
    page = client.get("/account/sessions", query_string={"lang": "en"}).text
    assert page.count("Firefox, Linux</strong>") == 3
    assert page.count("This one") == 1
    numbers = [s.id for s in sign_ins(app, "resident")]
    assert post(client, f"/account/sessions/{numbers[1]}/end", {}).status_code == 303
    assert [is_signed_in(c) for c in (client, elsewhere, third)] == [True, False, True]
    assert post(client, f"/account/sessions/{numbers[1]}/end", {}).status_code == 404
    assert post(client, "/account/sessions/end-others", {}).status_code == 303
    assert [is_signed_in(c) for c in (client, third)] == [True, False]
    assert post(client, f"/account/sessions/{numbers[0]}/end", {}).location == "/sign-in"
    assert not is_signed_in(client)


def test_nobody_ends_the_sign_in_of_another(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    number = sign_ins(app, "resident")[0].id
    assert post(browse("neighbour"), f"/account/sessions/{number}/end", {}).status_code == 404
    assert is_signed_in(client)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, browse: Browse) -> None:
    client, thief = browse("resident"), app.test_client()
    cookie = client.get_cookie("linli_session")
    assert cookie is not None
    thief.set_cookie("linli_session", cookie.value)
    assert is_signed_in(thief)
    post(client, "/sign-out", {})
    assert not is_signed_in(thief)


def test_signing_in_anew_in_one_browser_leaves_one_row(app: Flask, client: FlaskClient) -> None:
    for name in ("resident", "neighbour"):
        give_password(app, name)
        fields = {"email": f"{name}@example.org", "password": PASSWORD}
        assert post(client, "/sign-in", fields).status_code == 303
    assert [len(sign_ins(app, name)) for name in ("resident", "neighbour")] == [0, 1]


def test_when_a_browser_was_last_here_is_kept_to_ten_minutes(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    began = sign_ins(app, "resident")[0].seen_at
    for minutes, seen in ((9, 0), (11, 11), (15, 11), (22, 22)):
        with clock.frozen(began + timedelta(minutes=minutes)):
            assert client.get("/account").status_code == 200
        assert sign_ins(app, "resident")[0].seen_at == began + timedelta(minutes=seen)


def test_a_page_does_not_fail_because_that_can_not_be_noted(
    browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_session: Session) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    client = browse("resident")
    monkeypatch.setattr(identity, "begin_write", refuse)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert client.get("/account").status_code == 200


def test_the_list_costs_the_same_however_many(app: Flask, browse: Browse) -> None:
    client, costs = browse("resident"), []
    for _round in range(2):
        with count_queries(app) as statements:
            client.get("/account/sessions")
        costs.append(len(statements))
        for _browser in range(3):
            browse("resident")
    assert costs[0] == costs[1]


def test_staff_hear_of_a_browser_that_is_new(app: Flask) -> None:
    for name in ("officer", "resident"):
        give_password(app, name)
    client = app.test_client()
    sign_in(client, "officer")
    post(client, "/sign-out", {})
    sign_in(client, "officer")
    sign_in(app.test_client(), "resident")
    assert account_mails(app) == ["new_browser"]
    sign_in(app.test_client(), "officer")
    assert account_mails(app) == ["new_browser"] * 2
