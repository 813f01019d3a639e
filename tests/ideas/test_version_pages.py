"""The pages of versions: of everybody, and of an idea's sender."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import db
from portal.ideas.changing import read_wording
from portal.threads.actions import lock_thread
from portal.threads.models import Status, Visibility
from portal.threads.votes import cast_vote
from tests.factories import NOW, Browse, form_fields, make_idea, person, thread_by_reference
from tests.ideas.changing import change
from tests.threads.publishing import writing

EN = "lang=en"
HOSTILE = "<script>alert(1)</script> & 13812345678"


@pytest.fixture
def reference(app: Flask) -> str:
    """An idea of the resident that a neighbour supports; `token-x` follows it."""
    with writing(app) as session:
        idea = make_idea(session, "Let us plant herbs by the gate.", token="token-x")
        cast_vote(session, idea, person(session, "neighbour"), now=NOW)
        return idea.reference


def rewrite(app: Flask, reference: str, text: str, **given: bool) -> None:
    with writing(app) as session:
        change(session, lock_thread(session, thread_by_reference(session, reference).id), text, **given)


def send(client: FlaskClient, **typed: str):
    fields = form_fields(client.get(f"/track/token-x/change?{EN}").text)
    return client.post(f"/track/token-x/change?{EN}", data=fields | typed)


def test_an_idea_that_never_changed_says_nothing_of_versions(client: FlaskClient, reference: str) -> None:
    assert "/versions" not in client.get(f"/ideas/{reference}?{EN}").text
    assert "Nothing has changed" in client.get(f"/ideas/{reference}/versions?{EN}").text


def test_everybody_sees_what_is_different(app: Flask, client: FlaskClient, reference: str) -> None:
    rewrite(app, reference, "Let us plant trees by the gate.")
    page = client.get(f"/ideas/{reference}?{EN}").text
    assert f"/ideas/{reference}/versions" in page
    assert "Let us plant trees by the gate." in page
    versions = client.get(f"/ideas/{reference}/versions?{EN}").text
    assert "Let us plant <del>herbs</del><ins>trees</ins> by the gate." in versions
    assert "Version 1" in versions


def test_hostile_words_are_text_and_numbers_are_covered(
    app: Flask, client: FlaskClient, reference: str
) -> None:
    rewrite(app, reference, HOSTILE)
    page = client.get(f"/ideas/{reference}/versions?{EN}").text
    assert "<script>alert" not in page
    assert "13812345678" not in page


def test_versions_of_what_is_not_public_are_not_there(
    app: Flask, client: FlaskClient, reference: str
) -> None:
    rewrite(app, reference, "Let us plant trees by the gate.")
    with writing(app) as session:
        thread_by_reference(session, reference).visibility = Visibility.FIRST_LOOK
    assert client.get(f"/ideas/{reference}/versions").status_code == 404


def test_a_supporter_is_asked_on_the_page_and_keeps(app: Flask, browse: Browse, reference: str) -> None:
    rewrite(app, reference, "Let us plant trees by the gate.", is_substance=True)
    neighbour = browse("neighbour")
    page = neighbour.get(f"/ideas/{reference}?{EN}").text
    assert "You supported an earlier version." in page
    assert "This version: 0. An earlier one: 1, asked anew." in page
    fields = form_fields(page) | {"seen": "2"}
    assert neighbour.post(f"/ideas/{reference}/keep", data=fields).status_code == 303
    page = neighbour.get(f"/ideas/{reference}?{EN}").text
    assert "You supported an earlier version." not in page
    assert "An earlier one" not in page
    assert "You supported an earlier version." not in browse("officer").get(f"/ideas/{reference}?{EN}").text


def test_the_sender_changes_it_by_the_private_link(app: Flask, client: FlaskClient, reference: str) -> None:
    typed = {"text": "Let us plant trees.", "why": "They last.", "what": "substance", "gains": "Everybody"}
    assert send(client, **typed).headers["Location"].endswith("/track/token-x")
    page = client.get(f"/track/token-x?{EN}").text
    assert "Your idea as it stands now" in page
    assert "Let us plant herbs by the gate." in page
    public = client.get(f"/ideas/{reference}?{EN}").text
    assert "Everybody" in public
    assert "The sender has changed" not in public
    assert "changed what the idea proposes" in public


def test_what_is_not_in_order_comes_back_as_it_was_typed(client: FlaskClient, reference: str) -> None:
    missing = send(client, text="Trees & shrubs.", what="")
    assert missing.status_code == 422
    assert "Trees &amp; shrubs." in missing.text
    assert "Please say what kind of change it is." in missing.text
    assert send(client, what="wording").status_code == 422  # nothing is different


def test_two_windows_lose_nothing(app: Flask, client: FlaskClient, reference: str) -> None:
    fields = form_fields(client.get(f"/track/token-x/change?{EN}").text)
    rewrite(app, reference, "Let us plant trees.")
    typed = fields | {"text": "Let us plant grass.", "what": "wording"}
    refused = client.post(f"/track/token-x/change?{EN}", data=typed)
    assert refused.status_code == 409
    assert "Let us plant trees." in refused.text
    assert "Let us plant grass." in refused.text
    again = form_fields(refused.text) | {"text": "Let us plant grass.", "what": "wording"}
    assert client.post(f"/track/token-x/change?{EN}", data=again).status_code == 303
    with app.app_context():
        assert thread_by_reference(db.session(), reference).version == 3


def test_once_decided_there_is_nothing_to_change(app: Flask, client: FlaskClient, reference: str) -> None:
    fields = form_fields(client.get(f"/track/token-x/change?{EN}").text)
    with writing(app) as session:
        thread_by_reference(session, reference).status = Status.PILOT
    assert client.get("/track/token-x/change").status_code == 303
    refused = client.post("/track/token-x/change", data=fields | {"text": "Late words", "what": "wording"})
    assert refused.status_code == 409
    assert "Late words" in refused.text
    with app.app_context():
        session = db.session()
        assert "herbs" in read_wording(session, thread_by_reference(session, reference)).text


def test_the_signed_in_sender_is_led_there_and_nobody_else(
    client: FlaskClient, browse: Browse, reference: str
) -> None:
    resident = browse("resident")
    assert f"/ideas/{reference}/change" in resident.get(f"/ideas/{reference}?{EN}").text
    led = resident.get(f"/ideas/{reference}/change", follow_redirects=True)
    assert "Put this in its place" in resident.get(f"{led.request.path}?{EN}").text
    assert browse("neighbour").get(f"/ideas/{reference}/change").status_code == 404
    assert client.get(f"/ideas/{reference}/change").status_code in (302, 303)
