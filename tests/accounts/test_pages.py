from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.accounts import links, sessions
from portal.accounts.actions import keep_password, make_code
from portal.accounts.identity import COOKIE
from portal.accounts.links import confirm_token, reset_token
from portal.accounts.models import Person
from portal.accounts.passwords import hash_password, is_right
from portal.accounts.sign_ins import STAFF_SESSION
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.i18n import COOKIE as LANGUAGE_COOKIE
from portal.core.outbox import Job
from portal.core.tokens import sign
from tests.factories import NOW, Browse, add_person, form_fields, person

PASSWORD = "herbs by the gate"
ANOTHER = "lanterns over the lane"


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Fill in the form of a page and send it."""
    hidden = form_fields(client.get(path + ("&" if "?" in path else "?") + "lang=en").text)
    return client.post(path, data=hidden | fields)


def give_password(app: Flask, name: str) -> None:
    with app.app_context():
        keep_password(db.session(), person(db.session(), name), hash_password(PASSWORD))
        db.session.commit()


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, path: str = "/sign-in") -> TestResponse:
    return post(client, path, email=f"{name}@example.org", password=password)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def account_mails(app: Flask) -> list[str]:
    with app.app_context():
        jobs = db.session.scalars(select(Job).where(Job.topic == "account.mail").order_by(Job.id))
        return [job.payload["about"] for job in jobs]


# Registering


def test_registering_answers_the_same_for_a_known_and_an_unknown_address(
    app: Flask, client: FlaskClient
) -> None:
    give_password(app, "resident")
    pages = []
    for email in ("resident@example.org", "new@example.org"):
        answer = post(client, "/register", email=email, new_password=PASSWORD, again=PASSWORD)
        assert answer.status_code == 303
        pages.append(client.get(answer.location).text.replace(email, "X"))
    assert pages[0] == pages[1]
    assert "Look into your mail" in pages[0]
    assert account_mails(app) == ["already_registered", "confirm"]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("email", "not an address", "as in name@example.org"),
        ("email", "a@b.example\nBcc: c@d.example", "as in name@example.org"),
        ("new_password", "too short", "at least 10"),
        ("new_password", "1234567890", "easy to guess"),
        ("new_password", "new@example.org", "easy to guess"),
        ("again", "something else", "differ"),
        ("name", "n" * 81, "at most 80"),
    ],
)
def test_registering_says_what_is_wrong_and_keeps_what_was_typed(
    client: FlaskClient, field: str, typed: str, message: str
) -> None:
    fields = {"email": "new@example.org", "name": "Li Hua", "new_password": PASSWORD, "again": PASSWORD}
    answer = post(client, "/register", **(fields | {field: typed}))
    assert answer.status_code == 422
    assert message in answer.text
    assert "Error:" in answer.text
    if field != "name":
        assert 'value="Li Hua"' in answer.text
    assert PASSWORD not in answer.text


def test_a_full_width_address_is_the_plain_one(app: Flask, client: FlaskClient) -> None:
    post(client, "/register", email="Ｎｅｗ＠example.org", new_password=PASSWORD, again=PASSWORD)
    with app.app_context():
        assert db.session.scalar(select(Person).where(Person.email == "new@example.org"))


def test_an_address_gets_five_mails_an_hour_known_or_not(app: Flask, client: FlaskClient) -> None:
    for email in ("resident@example.org", "unknown@example.org"):
        answers = [post(client, "/forgot", email=email) for _try in range(6)]
        assert [a.status_code for a in answers] == [303] * 5 + [429]
        assert f'value="{email}"' in answers[-1].text


# Confirming


def test_a_registration_is_confirmed_by_the_link_and_its_password(app: Flask, client: FlaskClient) -> None:
    post(client, "/register", email="new@example.org", new_password=PASSWORD, again=PASSWORD)
    assert sign_in(client, "new").status_code == 422  # not before the address is confirmed
    with app.app_context():
        new = db.session.scalars(select(Person).where(Person.email == "new@example.org")).one()
        path = f"/confirm/{confirm_token(new)}"
    page = client.get(path, query_string={"lang": "en"})
    assert page.headers["Referrer-Policy"] == "no-referrer"
    with app.app_context():
        assert not db.session.get_one(Person, new.id).is_verified  # a scanner's GET changes nothing
    wrong = post(client, path, password="not the chosen one")
    assert (wrong.status_code, "not the password you chose" in wrong.text) == (422, True)
    assert post(client, path, password=PASSWORD).status_code == 303
    assert is_signed_in(client)
    assert "Your address is confirmed" in client.get(path, query_string={"lang": "en"}).text
    other = app.test_client()
    assert sign_in(other, "new").status_code == 303


def test_an_address_left_with_a_submission_is_confirmed_by_a_button(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        sender = add_person(db.session(), "li", verified=False)
        db.session.commit()
        path, number = f"/confirm/{confirm_token(sender)}", sender.id
    answer = post(client, path)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "known to be yours" in page
    assert "You need no account" in page  # there is no password to sign in with
    assert not is_signed_in(client)
    with app.app_context():
        assert db.session.get_one(Person, number).is_verified


def test_two_who_confirm_one_address_at_once_are_one_person(app: Flask) -> None:
    with app.app_context():
        twins = [add_person(db.session(), "li", verified=False) for _twin in range(2)]
        db.session.commit()
        numbers = [twin.id for twin in twins]
        paths = [f"/confirm/{confirm_token(twin)}" for twin in twins]

    def confirm(path: str) -> int:
        return post(app.test_client(), path).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(confirm, paths))
    assert sorted(statuses) in ([303, 303], [303, 409])
    for path, status in zip(paths, statuses, strict=True):
        if status == 409:  # told to try again: then it goes through
            assert confirm(path) == 303
    with app.app_context():
        found = [db.session.get_one(Person, number) for number in numbers]
        assert len({twin.root_id for twin in found}) == 1
        assert all(twin.is_verified for twin in found)


@pytest.mark.parametrize("token", ["nonsense", "WyJhIl0.aaaa.bbbb"])
@pytest.mark.parametrize("page", ["confirm", "reset"])
def test_a_broken_link_says_so(client: FlaskClient, page: str, token: str) -> None:
    answer = client.get(f"/{page}/{token}", query_string={"lang": "en"})
    assert answer.status_code == 404
    assert "no longer works" in answer.text


def test_a_link_serves_its_own_purpose_only(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        resident = person(db.session(), "resident")
        tokens = {"confirm": reset_token(resident), "reset": confirm_token(resident)}
    for page, token in tokens.items():
        assert client.get(f"/{page}/{token}").status_code == 404
    with app.app_context():
        assert client.get(f"/confirm/{sign('confirm', 'x')}").status_code == 404


# Signing in and out


def test_signing_in_and_out(app: Flask, client: FlaskClient) -> None:
    give_password(app, "resident")
    answer = sign_in(client, "resident")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "resident@example.org" in client.get("/account").text
    hidden = form_fields(client.get("/account").text)
    assert client.post("/sign-out", data=hidden).status_code == 303
    assert not is_signed_in(client)


def test_staff_go_to_their_desk_and_everyone_where_they_wanted_to(app: Flask, client: FlaskClient) -> None:
    for name in ("officer", "resident"):
        give_password(app, name)
    assert sign_in(client, "officer").location == "/staff"
    wanted = app.test_client().get("/account").location
    assert sign_in(app.test_client(), "officer", path=wanted).location == "/account"
    away = sign_in(app.test_client(), "resident", path="/sign-in?next=//evil.example/")
    assert away.location == "/account"


def test_wrong_password_and_unknown_address_are_one_answer(app: Flask, client: FlaskClient) -> None:
    give_password(app, "resident")
    pages = []
    for name in ("resident", "nobody", "neighbour"):  # the neighbour has no password at all
        answer = sign_in(client, name, "not the right one")
        assert answer.status_code == 422
        assert f'value="{name}@example.org"' in answer.text
        assert "not the right one" not in answer.text
        pages.append(form_less(answer.text, name))
    assert pages[0] == pages[1] == pages[2]


def form_less(page: str, name: str) -> str:
    return (
        page.replace(f"{name}@example.org", "X")
        .partition("<main")[2]
        .replace(form_fields(page)["csrf_token"], "")
    )


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient) -> None:
    give_password(app, "resident")
    answer = client.post("/sign-in", data={"email": "resident@example.org", "password": PASSWORD})
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
    assert not is_signed_in(client)


def test_eight_wrong_tries_close_an_account_to_this_address_for_a_while(
    app: Flask, client: FlaskClient
) -> None:
    give_password(app, "resident")
    answers = [sign_in(client, "resident", f"wrong {n}") for n in range(9)]
    assert [a.status_code for a in answers] == [422] * 8 + [429]
    assert 'value="resident@example.org"' in answers[-1].text
    assert sign_in(client, "resident").status_code == 429  # the right one, but too soon
    give_password(app, "neighbour")
    assert sign_in(client, "neighbour").status_code == 303  # a colleague at the same address
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert sign_in(app.test_client(), "resident").status_code == 303


def test_signing_in_often_from_one_office_is_no_attack(app: Flask) -> None:
    give_password(app, "officer")
    for _day in range(12):
        assert sign_in(app.test_client(), "officer").status_code == 303


def test_the_blocked_stay_out(app: Flask, client: FlaskClient) -> None:
    give_password(app, "resident")
    assert sign_in(client, "resident").status_code == 303
    with app.app_context():
        begin_write(db.session())
        person(db.session(), "resident").is_blocked = True
        db.session.commit()
    assert not is_signed_in(client)
    answer = sign_in(app.test_client(), "resident")
    assert answer.status_code == 403
    assert "closed" in answer.text


@pytest.mark.parametrize(("name", "stays"), [("officer", False), ("resident", True)])
def test_staff_sign_in_anew_each_day_residents_each_month(browse: Browse, name: str, stays: bool) -> None:
    client = browse(name)
    assert is_signed_in(client)
    with clock.frozen(clock.now() + STAFF_SESSION + timedelta(minutes=1)):
        assert is_signed_in(client) is stays
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert not is_signed_in(client)


def test_a_browser_that_voted_is_linked_and_then_forgotten(app: Flask, client: FlaskClient) -> None:
    give_password(app, "resident")
    with app.app_context():
        browser = Person(created_at=NOW)
        db.session.add(browser)
        db.session.commit()
        number, cookie = browser.id, sign("browser", browser.id)
    client.set_cookie(COOKIE, cookie)
    sign_in(client, "resident")
    with app.app_context():
        assert db.session.get_one(Person, number).same_as_id == person(db.session(), "resident").id
    assert client.get_cookie(COOKIE) is None  # or the next one at this browser would vote as them


def test_the_language_a_person_chose_follows_them(app: Flask) -> None:
    give_password(app, "resident")
    client = app.test_client()
    hidden = form_fields(client.get("/sign-in").text)
    client.post("/sign-in", data=hidden | {"email": "resident@example.org", "password": PASSWORD})
    cookie = client.get_cookie(LANGUAGE_COOKIE)
    assert cookie is not None
    assert cookie.value == "en"


# A forgotten password


def test_a_reset_link_works_once_and_ends_other_sessions(
    app: Flask, client: FlaskClient, browse: Browse
) -> None:
    elsewhere = browse("resident")
    with app.app_context():
        path = f"/reset/{reset_token(person(db.session(), 'resident'))}"
    weak = post(client, path, new_password="short", again="short")
    assert (weak.status_code, "at least 10" in weak.text) == (422, True)
    assert post(client, path, new_password=ANOTHER, again=ANOTHER).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert client.get(path).status_code == 404
    assert sign_in(app.test_client(), "resident", ANOTHER).status_code == 303


def test_a_reset_link_ends_after_two_hours(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        path = f"/reset/{reset_token(person(db.session(), 'resident'))}"
    monkeypatch.setattr(links, "RESET_SECONDS", -1)
    assert client.get(path).status_code == 404


def test_forgotten_passwords_are_answered_alike(app: Flask, client: FlaskClient) -> None:
    give_password(app, "resident")
    pages = []
    for email in ("resident@example.org", "nobody@example.org"):
        answer = post(client, "/forgot", email=email)
        pages.append(client.get(answer.location).text.replace(email, "X"))
    assert pages[0] == pages[1]
    assert account_mails(app) == ["reset"]
    assert post(client, "/forgot", email="nonsense").status_code == 422


# The first sign-in


def test_a_one_time_code_opens_the_door_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        code = make_code(db.session(), person(db.session(), "officer"), now=clock.now())
        db.session.commit()
    path = "/first-sign-in"
    wrong = post(client, path, code="AAAA-BBBB-CCCC", new_password=PASSWORD, again=PASSWORD)
    assert (wrong.status_code, "AAAA-BBBB-CCCC" in wrong.text) == (422, True)
    answer = post(client, path, code=code.lower(), new_password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/staff")
    assert is_signed_in(client)
    again = post(app.test_client(), path, code=code, new_password=ANOTHER, again=ANOTHER)
    assert again.status_code == 422
    assert sign_in(app.test_client(), "officer").status_code == 303


def test_codes_cannot_be_tried_without_end(client: FlaskClient) -> None:
    statuses = [
        post(client, "/first-sign-in", code=f"CODE{n}", new_password=PASSWORD, again=PASSWORD).status_code
        for n in range(21)
    ]
    assert statuses == [422] * 20 + [429]


# My account


def test_my_account_is_for_the_signed_in(client: FlaskClient) -> None:
    assert client.get("/account").location.startswith("/sign-in")
    hidden = form_fields(client.get("/sign-in").text)
    for path in ("/account/details", "/account/password"):
        assert client.post(path, data=hidden).status_code == 403


def test_staff_see_their_roles(browse: Browse) -> None:
    page = browse("officer").get("/account", query_string={"lang": "en"}).text
    assert "Officer" in page
    assert "Willow Street" in page


def test_name_language_and_mails_are_kept(app: Flask, browse: Browse) -> None:
    client = browse("resident")
    hidden = form_fields(client.get("/account").text)
    answer = client.post("/account/details", data=hidden | {"name": "Li Hua", "language": "zh-Hant"})
    assert answer.status_code == 303
    cookie = client.get_cookie(LANGUAGE_COOKIE)
    assert cookie is not None
    assert cookie.value == "zh-Hant"
    with app.app_context():
        resident = db.session.scalars(select(Person).where(Person.name == "Li Hua")).one()
        assert (resident.language, resident.mail_stopped_at is None) == ("zh-Hant", False)


def test_details_that_cannot_be_used_are_shown_again(browse: Browse) -> None:
    client = browse("resident")
    hidden = form_fields(client.get("/account", query_string={"lang": "en"}).text)
    answer = client.post("/account/details", data=hidden | {"name": "n" * 81, "language": "klingon"})
    assert answer.status_code == 422
    assert "n" * 81 in answer.text


def test_changing_the_password_needs_the_present_one(app: Flask, browse: Browse) -> None:
    give_password(app, "resident")
    client, elsewhere = browse("resident"), browse("resident")
    hidden = form_fields(client.get("/account", query_string={"lang": "en"}).text)
    fields = hidden | {"new_password": ANOTHER, "again": ANOTHER}
    wrong = client.post("/account/password", data=fields | {"password": "not the present one"})
    assert (wrong.status_code, "not your present password" in wrong.text) == (422, True)
    assert client.post("/account/password", data=fields | {"password": PASSWORD}).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert account_mails(app) == ["password_changed"]
    with app.app_context():
        assert is_right(person(db.session(), "resident").password_hash, ANOTHER)


def test_a_password_set_meanwhile_elsewhere_wins(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking at the hash and signing in, somebody sets another password."""
    give_password(app, "resident")

    def change_then_verify(password_hash: str | None, password: str) -> bool:
        with app.app_context():
            begin_write(db.session())
            db.session.execute(
                update(Person).where(Person.name == "resident").values(password_hash="another")
            )
            db.session.commit()
        return is_right(password_hash, password)

    monkeypatch.setattr(sessions, "is_right", change_then_verify)
    assert sign_in(client, "resident").status_code == 422
