"""Signing in with a second factor, and switching it on and off."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import sessions
from portal.accounts.actions import make_code
from portal.accounts.links import reset_token
from portal.accounts.models import Person, RecoveryCode
from portal.accounts.second_factor import (
    address_of,
    count_recovery_codes,
    find_step,
    key_of,
    make_recovery_codes,
    new_seed,
    switch_off,
    switch_on,
    use_second_factor,
)
from portal.communities.directory import raise_version
from portal.communities.preferences import put_preference
from portal.core import clock
from portal.core.db import begin_write, db
from tests.accounts.test_pages import ANOTHER, PASSWORD, account_mails, give_password, is_signed_in, sign_in
from tests.accounts.test_pages import post as fill_in
from tests.factories import NOW, Browse, person
from tests.triage.moving import post

HALF_MINUTE = timedelta(seconds=30)


def code_at(seed: str, now: datetime) -> str:
    """Return the code that the phone shows at a moment."""
    return pyotp.TOTP(key_of(seed)).at(now)


def shown_on_phone(app: Flask, seed: str) -> str:
    """Return the code that the phone shows now."""
    with app.app_context():
        return code_at(seed, clock.now())


def give_factor(app: Flask, name: str) -> tuple[str, list[str]]:
    """Let this person have a password and a second factor; return its seed and the recovery codes."""
    give_password(app, name)
    with app.app_context():
        begin_write(db.session())
        seed = new_seed()
        codes = switch_on(db.session(), person(db.session(), name), seed, 1, now=NOW)
        db.session.commit()
    return seed, codes


def require_factor(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session())
        put_preference(db.session(), "totp_required", True)
        raise_version(db.session())
        db.session.commit()


# Codes


def test_a_code_counts_in_its_half_minute_and_the_ones_beside(session: Session) -> None:
    seed = new_seed()
    code = code_at(seed, NOW)
    steps = {n: find_step(seed, code, now=NOW + n * HALF_MINUTE) for n in range(-3, 4)}
    assert {n for n, step in steps.items() if step is not None} == {-1, 0, 1}
    assert find_step(seed, f"{code[:3]} {code[3:]}", now=NOW) == NOW.timestamp() // 30
    assert find_step(seed, code.translate({48 + n: 0xFF10 + n for n in range(10)}), now=NOW)
    assert find_step(new_seed(), code, now=NOW) is None
    assert find_step(seed, "\ud800" * 6, now=NOW) is None  # half a sign, as a program may send it


def test_the_seed_alone_makes_no_codes(app: Flask) -> None:
    seed = new_seed()
    with app.app_context():
        key = key_of(seed)
    app.secret_key, kept = "another", app.secret_key
    with app.app_context():
        assert key_of(seed) != key
    app.secret_key = kept
    assert re.fullmatch("[A-Z2-7]{32}", key)


def test_the_picture_names_the_site_and_the_account(session: Session) -> None:
    address = address_of("seed", "li@example.org")
    assert address.startswith("otpauth://totp/Linli:li%40example.org?secret=")
    assert pyotp.parse_uri(address).now()


def test_no_code_works_twice_nor_an_older_one_after_it(session: Session) -> None:
    officer, seed = person(session, "officer"), new_seed()
    switch_on(session, officer, seed, 1, now=NOW)
    earlier, code = code_at(seed, NOW - HALF_MINUTE), code_at(seed, NOW)
    assert use_second_factor(session, officer, code, now=NOW)
    assert not use_second_factor(session, officer, code, now=NOW)
    assert not use_second_factor(session, officer, earlier, now=NOW)
    later = NOW + HALF_MINUTE
    assert use_second_factor(session, officer, code_at(seed, later), now=later)


def test_the_code_that_switched_it_on_does_not_sign_in(session: Session) -> None:
    officer, seed = person(session, "officer"), new_seed()
    code = code_at(seed, NOW)
    step = find_step(seed, code, now=NOW)
    assert step is not None
    switch_on(session, officer, seed, step, now=NOW)
    assert not use_second_factor(session, officer, code, now=NOW)


def test_a_recovery_code_works_once_and_for_its_owner(session: Session) -> None:
    officer, outsider = person(session, "officer"), person(session, "outsider")
    codes = switch_on(session, officer, new_seed(), 1, now=NOW)
    switch_on(session, outsider, new_seed(), 1, now=NOW)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert not use_second_factor(session, outsider, codes[0], now=NOW)
    assert use_second_factor(session, officer, codes[0].lower().replace("-", " "), now=NOW)
    assert not use_second_factor(session, officer, codes[0], now=NOW)
    assert count_recovery_codes(session, officer) == 9
    kept = session.scalars(select(RecoveryCode.digest)).all()
    assert not any(code.replace("-", "") in digest.upper() for code in codes for digest in kept)
    renewed = make_recovery_codes(session, officer)
    assert not use_second_factor(session, officer, codes[1], now=NOW)
    switch_off(session, officer)
    assert not use_second_factor(session, officer, renewed[0], now=NOW)
    assert count_recovery_codes(session, outsider) == 10


# Signing in


def test_the_password_alone_opens_nothing(app: Flask, client: FlaskClient) -> None:
    seed, _codes = give_factor(app, "officer")
    wanted = "/sign-in?next=/staff/queue"
    answer = sign_in(client, "officer", path=wanted)
    assert (answer.status_code, answer.location) == (303, "/sign-in/code?next=/staff/queue")
    assert not is_signed_in(client)
    wrong = fill_in(client, answer.location, code="000000")
    assert (wrong.status_code, 'value="000000"' in wrong.text) == (422, True)
    right = fill_in(client, answer.location, code=shown_on_phone(app, seed))
    assert (right.status_code, right.location) == (303, "/staff/queue")
    assert is_signed_in(client)


def test_a_code_is_taken_once_by_two_at_once(app: Flask) -> None:
    seed, _codes = give_factor(app, "officer")
    browsers = [app.test_client() for _browser in range(2)]
    for client in browsers:
        sign_in(client, "officer")
    code = shown_on_phone(app, seed)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda c: post(c, "/sign-in/code", {"code": code}).status_code, browsers))
    assert sorted(answers) == [303, 422]


def test_a_recovery_code_signs_in_without_the_phone(app: Flask, client: FlaskClient) -> None:
    _seed, codes = give_factor(app, "officer")
    for number, status in ((0, 303), (0, 422), (1, 303)):
        browser = app.test_client()
        sign_in(browser, "officer")
        assert fill_in(browser, "/sign-in/code", code=codes[number]).status_code == status


def test_codes_cannot_be_guessed_without_end(app: Flask, client: FlaskClient) -> None:
    seed, _codes = give_factor(app, "officer")
    sign_in(client, "officer")
    tries = [post(client, "/sign-in/code", {"code": f"{n:06}"}).status_code for n in range(9)]
    assert tries == [422] * 8 + [429]
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        sign_in(client, "officer")
        assert post(client, "/sign-in/code", {"code": shown_on_phone(app, seed)}).status_code == 303


def test_an_account_has_thirty_guesses_a_day_from_wherever(app: Flask, client: FlaskClient) -> None:
    give_factor(app, "officer")
    sign_in(client, "officer")
    with client.session_transaction() as cookies:
        halfway = cookies[sessions.HALFWAY]
    statuses = []
    for number in range(31):
        stranger = app.test_client()
        with stranger.session_transaction() as cookies:
            cookies[sessions.HALFWAY] = halfway
        stranger.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        statuses.append(post(stranger, "/sign-in/code", {"code": "000000"}).status_code)
    assert statuses == [422] * 30 + [429]


def test_the_browsers_that_are_known_have_a_hundred_a_day(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, _codes = give_factor(app, "officer")
    sign_in(client, "officer")
    assert post(client, "/sign-in/code", {"code": shown_on_phone(app, seed)}).status_code == 303
    post(client, "/sign-out", {})
    began, statuses = clock.now(), []
    for quarter in range(13):
        with clock.frozen(began + quarter * timedelta(minutes=16)):
            sign_in(client, "officer")
            statuses += [post(client, "/sign-in/code", {"code": "000000"}).status_code for _ in range(8)]
    assert statuses == [422] * 100 + [429] * 4


@pytest.mark.parametrize("code", ["é23456", "一二三四五六", "٣٤٥٦٧٨"])
def test_any_signs_at_all_are_a_wrong_code(app: Flask, client: FlaskClient, code: str) -> None:
    give_factor(app, "officer")
    sign_in(client, "officer")
    assert post(client, "/sign-in/code", {"code": code}).status_code == 422


def test_half_way_lasts_ten_minutes_and_ends_with_the_password(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, _codes = give_factor(app, "officer")
    assert client.get("/sign-in/code").location == "/sign-in"
    sign_in(client, "officer")
    assert client.get("/sign-in/code").status_code == 200
    give_password(app, "officer")
    answer = post(client, "/sign-in/code", {"code": shown_on_phone(app, seed)})
    assert answer.location == "/sign-in"
    sign_in(client, "officer")
    monkeypatch.setattr(sessions, "HALFWAY_SECONDS", -1)
    assert post(client, "/sign-in/code", {"code": shown_on_phone(app, seed)}).location == "/sign-in"
    assert not is_signed_in(client)


def test_no_other_door_leads_past_it(app: Flask, client: FlaskClient) -> None:
    give_factor(app, "officer")
    fields = {"new_password": ANOTHER, "again": ANOTHER}
    with app.app_context():
        begin_write(db.session())
        officer = person(db.session(), "officer")
        path, code = f"/reset/{reset_token(officer)}", make_code(db.session(), officer, now=clock.now())
        db.session.commit()
    assert fill_in(client, path, **fields).location == "/sign-in/code"
    assert not is_signed_in(client)
    stranger = app.test_client()
    assert fill_in(stranger, "/first-sign-in", code=code, **fields).location == "/sign-in/code"
    assert not is_signed_in(stranger)


# Switching it on and off


def set_up(client: FlaskClient, **fields: str) -> tuple[str, object]:
    """Open the page that sets it up and send it; return the seed and the answer."""
    client.get("/account/second-factor")
    with client.session_transaction() as cookies:
        seed = cookies["second_factor_seed"]
    values = {"password": PASSWORD, "code": shown_on_phone(client.application, seed)} | fields
    return seed, post(client, "/account/second-factor?lang=en", values)


def test_it_is_switched_on_with_a_code_and_the_password(app: Flask, browse: Browse) -> None:
    give_password(app, "officer")
    client, elsewhere = browse("officer"), browse("officer")
    page = client.get("/account/second-factor").text
    assert "<svg" in page
    _seed, wrong = set_up(client, code="000000")
    assert (wrong.status_code, "code is not right" in wrong.text) == (422, True)
    seed, wrong = set_up(client, password="not the present one")
    assert (wrong.status_code, "not your present password" in wrong.text) == (422, True)
    again, answer = set_up(client)
    assert seed == again  # the picture that the phone has read still counts
    assert answer.status_code == 200
    assert len(re.findall(r"<code>[\w-]{14}</code>", answer.text)) == 10
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert account_mails(app)[0] == "second_factor_on"
    with app.app_context():
        officer = person(db.session(), "officer")
        assert (officer.has_second_factor, officer.totp_seed) == (True, seed)
    assert "10 recovery codes left" in client.get("/account/second-factor?lang=en").text
    assert post(client, "/account/second-factor", {}).status_code == 303  # sent twice


def test_both_factors_are_needed_to_change_it(app: Flask, browse: Browse) -> None:
    seed, codes = give_factor(app, "officer")
    client, path = browse("officer"), "/account/second-factor/change?lang=en"
    wish = {"wish": "off", "password": PASSWORD}
    for fields in ({"code": "000000"}, {"code": codes[0], "password": "not the present one"}, {"code": ""}):
        assert post(client, path, wish | fields).status_code == 422
    renewed = post(client, path, {"wish": "codes", "password": PASSWORD, "code": codes[0]})
    assert len(re.findall(r"<code>[\w-]{14}</code>", renewed.text)) == 10
    assert codes[1] not in renewed.text
    off = post(client, path, wish | {"code": shown_on_phone(app, seed)})
    assert off.status_code == 303
    assert account_mails(app) == ["second_factor_off"]
    assert sign_in(app.test_client(), "officer").location == "/staff"


def test_residents_may_have_one_too(app: Flask, browse: Browse) -> None:
    give_password(app, "resident")
    _seed, answer = set_up(browse("resident"))
    assert answer.status_code == 200
    assert 'href="/account"' in answer.text


# Where it is required


def test_staff_without_it_can_only_set_it_up(app: Flask, browse: Browse) -> None:
    give_password(app, "officer")
    require_factor(app)
    client = browse("officer")
    for path in ("/staff", "/staff/queue", "/reports", "/"):
        assert client.get(path).location == "/account/second-factor"
    assert post(client, "/staff/111-111-111/note", {"note": "Seen."}).status_code == 403
    page = client.get("/account/second-factor?lang=en")
    assert "Staff need this here" in page.text
    assert client.get("/static/css/base.css", buffered=True).status_code == 200
    set_up(client)
    assert client.get("/staff").status_code == 200


def test_others_are_not_asked_for_it(app: Flask, browse: Browse) -> None:
    require_factor(app)
    assert browse("resident").get("/reports").status_code == 200
    assert browse(None).get("/reports").status_code == 200
    assert browse("resident").get("/account/second-factor").status_code == 200


def test_leaving_is_always_possible(app: Flask, browse: Browse) -> None:
    require_factor(app)
    client = browse("officer")
    assert post(client, "/sign-out", {}).status_code == 303
    assert client.get("/reports").status_code == 200


def test_a_blocked_person_does_not_come_in_half_way(app: Flask, client: FlaskClient) -> None:
    seed, _codes = give_factor(app, "officer")
    sign_in(client, "officer")
    with app.app_context():
        begin_write(db.session())
        db.session.scalars(select(Person).where(Person.name == "officer")).one().is_blocked = True
        db.session.commit()
    assert post(client, "/sign-in/code", {"code": shown_on_phone(app, seed)}).location == "/sign-in"
