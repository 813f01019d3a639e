"""What an attacker tries on every page: odd requests, forged fields, the limits turned against others."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from structlog.testing import capture_logs

from portal.core import health
from tests.factories import Browse

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
    """A CSRF token of the client's own session."""
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
