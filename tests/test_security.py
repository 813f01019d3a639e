"""What an attacker tries on every page: odd requests, forged fields, the limits turned against others."""

import io
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from portal import create_app
from portal.accounts.actions import keep_password
from portal.accounts.models import Role
from portal.accounts.passwords import hash_password
from portal.config import Settings
from portal.core import health
from portal.core.db import begin_write, db
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.intake import steps
from portal.intake.queries import count_since
from portal.notifications.actions import RECEIPTS_A_DAY
from portal.notifications.letters import write_letter
from portal.notifications.models import Delivery
from portal.threads.models import Visibility
from tests.factories import NOW, Browse, add_person, make_report, person
from tests.intake.walking import Walk
from tests.triage.moving import post

FORMS = (
    "/sign-in",
    "/register",
    "/forgot",
    "/first-sign-in",
    "/report/words",
    "/report/where",
    "/report/who",
)
FIELDS = ("text", "title", "place", "how", "email", "password", "name", "code", "new_password", "again")
HUGE = "9" * 30


@pytest.fixture
def token(client: FlaskClient) -> str:
    return session_token(client)


def session_token(client: FlaskClient) -> str:
    """Return a CSRF token of the client's own session."""
    with client.session_transaction() as cookies:
        cookies["csrf_token"] = "0" * 40
    secret = client.application.secret_key
    return str(URLSafeTimedSerializer(str(secret), salt="wtf-csrf-token").dumps("0" * 40))


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("body", ['{"text": 5, "email": 5, "password": ["a"]}', "[1]", "{"])
def test_json_is_no_form(client: FlaskClient, token: str, address: str, body: str) -> None:
    answer = client.post(address, data=body, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code in (303, 422)  # as if nothing had been filled in


@pytest.mark.parametrize("address", FORMS)
def test_a_file_is_no_text(client: FlaskClient, token: str, address: str) -> None:
    files = {name: (io.BytesIO(b"x"), "a.txt") for name in FIELDS}
    answer = client.post(address, data={"csrf_token": token, **files}, content_type="multipart/form-data")
    assert answer.status_code in (303, 422)


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("resident", f"/my-submissions?before={HUGE}"),
        ("administrator", f"/staff/mail?before={HUGE}"),
        ("administrator", "/staff/mail?state=%00&channel=%00"),
        ("administrator", "/staff/admin/audit?q=%00&kind=%00&since=%00&person=%00"),
        ("coordinator", f"/staff/desk?after={HUGE}"),
        (None, f"/reports?after={HUGE}"),
        (None, f"/reports?sort=changed&before={HUGE}.{HUGE}"),
        (None, "/reports?q=%00%ff%ed%a0%80&category=%00&place=%ff"),
        (None, "/?place=%00&lang=%ff&text=%00"),
    ],
)
def test_odd_arguments_do_no_harm(browse: Browse, who: str | None, address: str) -> None:
    assert browse(who).get(address).status_code == 200


@pytest.mark.parametrize("path", ["/reports/%ff%fe", "/reports/%00", "/track/%00%ff", "/track/" + "a" * 5000])
def test_odd_paths_lead_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "came_from", ["http://[::1", "http://localhost//evil.example/x", "http://evil.example/x"]
)
def test_an_expired_form_leads_back_to_this_site_only(client: FlaskClient, came_from: str) -> None:
    answer = client.post("/sign-in", data={"email": "a@example.org"}, headers={"Referer": came_from})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_readiness_names_no_files(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.checks, "model", lambda: "/srv/var/model: there is no model here")
    answer = client.get("/readyz")
    assert answer.json["model"] == "unavailable"
    assert answer.json["status"] == "degraded"


def test_a_failure_is_logged_without_the_address(app: Flask) -> None:
    with app.test_request_context("/track/secret-token"), capture_logs() as logged:
        app.log_exception((ValueError, ValueError("words of a person"), None))
    assert logged == [{"event": "request.failed", "error": "ValueError", "log_level": "error"}]


# Limits turned against others

PASSWORD = "herbs by the gate"


def try_to_sign_in(client: FlaskClient, token: str, password: str, address: str = "198.51.100.1") -> int:
    fields = {"csrf_token": token, "email": "resident@example.org", "password": password}
    return client.post("/sign-in", data=fields, environ_base={"REMOTE_ADDR": address}).status_code


def test_wrong_passwords_from_elsewhere_lock_nobody_out_of_their_own_browser(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session())
        keep_password(db.session(), person(db.session(), "resident"), hash_password(PASSWORD))
        db.session.commit()
    own, stranger = app.test_client(), app.test_client()
    assert try_to_sign_in(own, session_token(own), PASSWORD) == 303
    post(own, "/sign-out", {})
    token = session_token(stranger)
    tries = [try_to_sign_in(stranger, token, "wrong wrong wrong", f"203.0.113.{n}") for n in range(31)]
    assert tries[:29] == [422] * 29
    assert tries[-1] == 429
    assert try_to_sign_in(stranger, token, PASSWORD) == 429
    assert try_to_sign_in(own, session_token(own), PASSWORD) == 303
    post(own, "/sign-out", {})
    token = session_token(own)
    tries = [try_to_sign_in(own, token, "wrong wrong wrong") for _ in range(9)]
    assert tries == [422] * 8 + [429]  # it has no more tries than another


def known_browsers(app: Flask, number: int) -> list[FlaskClient]:
    """Let the resident have a password, sign in with these browsers, and sign out again."""
    with app.app_context():
        begin_write(db.session())
        keep_password(db.session(), person(db.session(), "resident"), hash_password(PASSWORD))
        db.session.commit()
    browsers = [app.test_client() for _ in range(number)]
    for browser in browsers:
        assert try_to_sign_in(browser, session_token(browser), PASSWORD) == 303
        post(browser, "/sign-out", {})
    return browsers


def test_a_cookie_written_in_another_way_gives_no_more_tries(app: Flask) -> None:
    (own,) = known_browsers(app, 1)
    cookie, token = own.get_cookie("linli_known"), session_token(own)
    assert cookie is not None
    tries = []
    for number in range(9):
        own.set_cookie("linli_known", cookie.value + "!" * 4 * number)
        tries.append(try_to_sign_in(own, token, "wrong wrong wrong"))
    assert tries == [422] * 8 + [429]


def test_all_known_browsers_have_a_limit_together(app: Flask) -> None:
    browsers = known_browsers(app, 13)
    tries = [
        try_to_sign_in(browser, session_token(browser), "wrong wrong wrong")
        for browser in browsers
        for _ in range(8)
    ]
    assert tries == [422] * 100 + [429] * 4


def test_a_new_password_ends_what_made_a_browser_known(app: Flask) -> None:
    (own,) = known_browsers(app, 1)
    with app.app_context():
        begin_write(db.session())
        keep_password(db.session(), person(db.session(), "resident"), hash_password("lanterns in the lane"))
        db.session.commit()
    stranger = app.test_client()
    token = session_token(stranger)
    for number in range(31):
        try_to_sign_in(stranger, token, "wrong wrong wrong", f"203.0.113.{number}")
    assert try_to_sign_in(own, session_token(own), PASSWORD) == 429


def test_registering_for_somebody_keeps_them_from_no_new_password(client: FlaskClient, token: str) -> None:
    fields = {"csrf_token": token, "email": "resident@example.org", "name": ""}
    password = {"new_password": PASSWORD, "again": PASSWORD}
    tries = [client.post("/register", data=fields | password).status_code for _ in range(6)]
    assert tries == [303] * 5 + [429]
    assert client.post("/forgot", data=fields).status_code == 303


def test_a_password_of_endless_marks_takes_no_time(client: FlaskClient, token: str) -> None:
    marks = "a" + "\u0301\u0323" * 25_000
    fields = {"email": "resident@example.org", "password": marks, "new_password": marks, "again": marks}
    start = time.perf_counter()
    for address in ("/sign-in", "/register", "/first-sign-in"):
        client.post(
            address, data={"csrf_token": token, "code": marks, **fields}, content_type="multipart/form-data"
        )
    assert time.perf_counter() - start < 5


def test_nobody_can_fill_a_strangers_mailbox(session: Session) -> None:
    for number in range(RECEIPTS_A_DAY + 3):
        author = add_person(session, f"stranger{number}", verified=False)
        author.email = "stranger@example.org"
        make_report(session, author=author)
    session.commit()
    run_all(NOW)
    assert session.scalar(select(func.count()).select_from(Delivery)) == RECEIPTS_A_DAY


def test_a_mail_to_a_stranger_carries_nobodys_link(session: Session) -> None:
    author = add_person(session, "You won: evil.example/prize", verified=False)
    author.email = "stranger@example.org"
    report = make_report(session, author=author, title="Collect it at https://evil.example")
    session.commit()
    run_all(NOW)
    letter = write_letter(session, session.scalars(select(Delivery)).one())
    assert "evil" not in letter.text
    assert report.reference in letter.text


def test_signing_out_leaves_no_draft_and_no_private_link(browse: Browse) -> None:
    client = browse("resident")
    walk = Walk(client)
    walk.send(how="account")
    assert "/track/" in walk.sent_page()
    walk.words("Something about my neighbour's stove.")
    post(client, "/sign-out", {})
    assert "/track/" not in client.get("/report/sent", follow_redirects=True).text
    assert "stove" not in client.get("/report/words").text


def test_what_is_hidden_is_in_no_count_of_a_small_place(session: Session) -> None:
    shown, hidden = make_report(session), make_report(session)
    hidden.visibility = Visibility.HIDDEN
    session.flush()
    assert count_since(session, [shown.place_id], NOW).received == 1
    assert count_since(session, None, NOW).received == 2


def test_drafts_without_end_are_refused_and_nothing_typed_is_lost(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BEGUN_FROM_AN_ADDRESS", 2)
    statuses = [Walk(app.test_client()).words().status_code for _ in range(2)]
    answer = Walk(app.test_client()).words("The third one's words.")
    assert [*statuses, answer.status_code] == [303, 303, 429]
    assert "The third one&#39;s words." in answer.text
    assert "too often" in answer.text


# Tokens

LINKS = {
    "track": "/track/",
    "confirm": "/confirm/",
    "reset": "/reset/",
    "stop-mail": "/stop-mail/",
}


@pytest.mark.parametrize("opens", LINKS)
def test_a_token_opens_only_what_it_was_made_for(app: Flask, client: FlaskClient, opens: str) -> None:
    with app.app_context():
        report = make_report(db.session(), author=add_person(db.session(), "li", verified=False))
        db.session.commit()
        number = report.id
        people = [report.author_id, person(db.session(), "resident").id]
    for purpose in (*LINKS, "browser", "drafts", "sign_in.known", ""):
        for value in (number, *people, [people[0], ""], str(number), None, {}):
            with app.app_context():
                token = sign(purpose, value)
            status = client.get(LINKS[opens] + token).status_code
            assert status == 404 or (purpose == opens and type(value) is int), (purpose, value)


def test_a_cookie_of_another_secret_is_nobodys(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        number = person(db.session(), "resident").id
    forged = URLSafeTimedSerializer("another secret", salt="linli:browser").dumps(number)
    client.set_cookie("linli_person", forged)
    client.set_cookie(
        "linli_drafts", URLSafeTimedSerializer("another", salt="linli:drafts").dumps({"browser": "x"})
    )
    client.set_cookie(
        "linli_session", URLSafeTimedSerializer("another", salt="cookie-session").dumps({"_user_id": "1:0"})
    )
    assert client.get("/account").status_code == 302
    assert client.get("/report/words").status_code == 200


def test_a_session_from_before_a_new_password_is_over(app: Flask, browse: Browse) -> None:
    client = browse("officer")
    assert client.get("/staff/queue").status_code == 200
    with app.app_context():
        begin_write(db.session())
        keep_password(db.session(), person(db.session(), "officer"), "hash")
        db.session.commit()
    assert client.get("/staff/queue").status_code == 302


def test_a_role_taken_away_is_gone_at_once(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    assert client.get("/staff/desk").status_code == 200
    with app.app_context():
        begin_write(db.session())
        number = person(db.session(), "coordinator").id
        db.session.execute(delete(Role).where(Role.person_id == number))
        db.session.commit()
    assert client.get("/staff/desk").status_code == 403


def test_nobody_else_on_the_machine_reads_what_is_kept(tmp_path: Path) -> None:
    create_app(Settings(var_dir=tmp_path / "var"))  # type: ignore[call-arg]
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_only_a_post_does_anything() -> None:
    """Mail scanners send HEAD too: a view that acts asks for POST, not for everything but GET."""
    pages = (Path(__file__).parents[1] / "portal").rglob("*.py")
    assert [page.name for page in pages if 'request.method == "GET"' in page.read_text("utf-8")] == []
