"""The pages of calls: what residents read and do there, and what coordinators prepare."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.dates import today
from portal.core.db import db
from portal.ideas.call_queries import find_call
from portal.ideas.models import Idea
from tests.factories import Browse, directory, form_fields, make_idea, make_report
from tests.ideas.calling import DAY, make_call, make_idea_in
from tests.intake.walking import Walk, newest_thread
from tests.threads.publishing import writing
from tests.triage.moving import post

EN = "lang=en"
DESK = "/staff/ideas/calls"
FILLED = {
    "code": "dry-cellars",
    "names_en": "Dry cellars",
    "theme_en": "What keeps the water out?",
    "seen": "1",
}


def filled(app: Flask, **given: str) -> dict[str, str]:
    """Return what a coordinator types for a call that began yesterday."""
    with app.app_context():
        first = today() - DAY
        place = directory(db.session()).place_codes["liu"].id
    days = ("opens_on", "collects_until", "supports_until", "reviews_until", "decides_until")
    typed = {name: f"{first + 10 * n * timedelta(days=1):%Y-%m-%d}" for n, name in enumerate(days)}
    return FILLED | typed | {"place": str(place)} | given


@pytest.fixture
def code(app: Flask) -> str:
    """A call that collects ideas for Willow Street."""
    with writing(app) as session:
        return make_call(session).code


def test_a_call_that_runs_is_listed_with_what_to_do(client: FlaskClient, code: str) -> None:
    html = client.get(f"/calls?{EN}").text
    assert f'href="/calls/{code}"' in html
    assert "Collecting ideas" in html
    assert "Dry cellars" in client.get(f"/?{EN}").text


def test_without_calls_there_is_the_open_box(client: FlaskClient) -> None:
    assert "The open box takes your idea on any day." in client.get(f"/calls?{EN}").text


def test_a_call_that_is_being_prepared_is_not_there(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        make_call(session, public=False)
    assert client.get("/calls/dry-cellars").status_code == 404
    assert "dry-cellars" not in client.get("/calls").text


def test_an_idea_sent_for_a_call_stands_in_it(app: Flask, client: FlaskClient, code: str) -> None:
    walk = Walk(client, "propose")
    page = client.get(f"/propose/?call={code}", follow_redirects=True).text
    assert f'<option value="{code}" selected>' in page
    walk.words("Let us lay drains.", call=code, problem="Wet cellars", harms="13812345678 pays")
    walk.where()
    walk.who()
    check = walk.open("check")
    assert "Wet cellars" in check
    assert walk.client.post("/propose/check", data=form_fields(check)).status_code == 303
    thread = newest_thread(client)
    with app.app_context():
        idea = db.session().get_one(Idea, thread.id)
        assert idea.call_id is not None
        assert idea.problem == "Wet cellars"
    assert "1 idea" in client.get(f"/calls/{code}?{EN}").text


def test_a_call_is_for_its_place(client: FlaskClient, code: str) -> None:
    walk = Walk(client, "propose")
    walk.words("Let us lay drains.", call=code)
    walk.where("qiao-1")
    walk.who()
    answer = walk.client.post("/propose/check", data=form_fields(walk.open("check")))
    assert answer.status_code == 409
    assert "The call is for Willow Street" in answer.text
    assert "Let us lay drains." in answer.text


def test_a_call_that_ended_meanwhile_loses_nothing_typed(app: Flask, client: FlaskClient, code: str) -> None:
    walk = Walk(client, "propose")
    walk.words("Let us lay drains.", call=code)
    walk.where()
    walk.who()
    check = form_fields(walk.open("check"))
    with writing(app) as session:
        call = find_call(session, code)
        assert call is not None
        call.collects_until = today() - DAY
    answer = walk.client.post("/propose/check", data=check)
    assert answer.status_code == 409
    assert "takes no ideas any more" in answer.text
    again = walk.words("Let us lay drains.", call=code)
    assert again.status_code == 422
    assert walk.words("Let us lay drains.", call="").status_code == 303
    assert walk.client.post("/propose/check", data=form_fields(walk.open("check"))).status_code == 303


def test_a_browser_keeps_its_order_when_it_votes_for_the_first_time(
    app: Flask, client: FlaskClient, code: str
) -> None:
    with writing(app) as session:
        call = find_call(session, code)
        assert call is not None
        ideas = [make_idea_in(session, call, f"Idea {n}.") for n in range(12)]
        first = ideas[0].reference

    def order() -> list[str]:
        return re.findall(r"/ideas/(\d{3}-\d{3}-\d{3})\"", client.get(f"/calls/{code}").text)

    before = order()
    assert len(set(before)) == 12
    assert post(client, f"/ideas/{first}/vote", {}).status_code == 303
    assert order() == before


def test_readers_choose_and_see_what_they_chose(app: Flask, browse: Browse, code: str) -> None:
    with writing(app) as session:
        call = find_call(session, code)
        assert call is not None
        reference = make_idea_in(session, call).reference
    client = browse("neighbour")
    assert "Not for me" in client.get(f"/ideas/{reference}?{EN}").text
    assert post(client, f"/ideas/{reference}/pass", {}).status_code == 303
    assert "You said that this one is not for you." in client.get(f"/ideas/{reference}?{EN}").text
    assert "not for you" in client.get(f"/calls/{code}?{EN}").text
    post(client, f"/ideas/{reference}/vote", {})
    html = client.get(f"/calls/{code}?{EN}").text
    assert "you support it" in html
    assert "1 of 1 who chose support it" in html
    post(client, f"/ideas/{reference}/vote/take-back", {})
    assert "Nobody has chosen yet" in client.get(f"/calls/{code}?{EN}").text


def test_an_idea_outside_of_calls_is_not_passed_by(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        reference = make_idea(session).reference
    client = browse("neighbour")
    assert "Not for me" not in client.get(f"/ideas/{reference}?{EN}").text
    assert post(client, f"/ideas/{reference}/pass", {}).status_code == 409


def test_an_idea_tells_its_parts_with_numbers_covered(app: Flask, client: FlaskClient, code: str) -> None:
    with writing(app) as session:
        call = find_call(session, code)
        assert call is not None
        idea = make_idea_in(session, call)
        session.get_one(Idea, idea.id).gains = "Ring 13812345678 to know."
        reference = idea.reference
    html = client.get(f"/ideas/{reference}?{EN}").text
    assert "Who gains" in html
    assert "13812345678" not in html


def test_what_one_has_opened_comes_later_from_tomorrow_on(app: Flask, client: FlaskClient, code: str) -> None:
    with writing(app) as session:
        call = find_call(session, code)
        assert call is not None
        references = [make_idea_in(session, call, f"Idea {n}").reference for n in range(6)]
    opened = references[:3]
    for reference in opened:
        client.get(f"/ideas/{reference}")
    before = client.get_cookie("linli_opened")
    assert before is not None
    assert before.value.endswith(".".join(opened))
    client.set_cookie("linli_opened", before.value.replace(f"{today_of(app)}", "2020-01-01"))
    html = client.get(f"/calls/{code}").text
    places = {reference: html.index(f"/ideas/{reference}") for reference in references}
    assert max(places[r] for r in references[3:]) < min(places[r] for r in opened)
    client.set_cookie("linli_opened", "not-a-day_;;_'")
    assert client.get(f"/calls/{code}").status_code == 200


def today_of(app: Flask) -> str:
    with app.app_context():
        return f"{today():%Y-%m-%d}"


def test_a_coordinator_prepares_shows_and_stops_a_call(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    answer = post(client, f"{DESK}/add", filled(app))
    assert answer.location.endswith(f"{DESK}/dry-cellars")
    page = client.get(f"{DESK}/dry-cellars?{EN}").text
    assert "Being prepared" in page
    assert post(client, f"{DESK}/dry-cellars/publish", {"seen": "1"}).status_code == 303
    assert client.get("/calls/dry-cellars").status_code == 200
    poster = client.get(f"/staff/posters/call/dry-cellars?size=a4&language=all&{EN}")
    assert "Send yours here" in poster.text
    none = post(client, f"{DESK}/dry-cellars/stop", {"seen": "2"})
    assert (none.status_code, "Please give a reason" in none.text) == (422, True)
    assert (
        post(client, f"{DESK}/dry-cellars/stop", {"seen": "2", "reason_en": "No money."}).status_code == 303
    )
    assert "No money." in client.get(f"/calls/dry-cellars?{EN}").text


def test_what_was_typed_is_kept_where_something_is_wrong(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    wrong = filled(app, supports_until="2020-01-01", why_en="It flooded twice.")
    answer = post(client, f"{DESK}/add?{EN}", wrong)
    assert answer.status_code == 422
    assert "The days are not in order" in answer.text
    assert "It flooded twice." in answer.text
    for missing in ("names_en", "theme_en", "opens_on", "code"):
        assert post(client, f"{DESK}/add?{EN}", filled(app, **{missing: ""})).status_code == 422


def test_who_comes_second_is_told(app: Flask, browse: Browse, code: str) -> None:
    client = browse("coordinator")
    first = post(client, f"{DESK}/{code}/edit?{EN}", filled(app, seen="2", why_en="First."))
    assert first.status_code == 303
    second = post(client, f"{DESK}/{code}/edit?{EN}", filled(app, seen="2", why_en="Second."))
    assert second.status_code == 409
    assert "Second." in second.text


def test_criteria_and_reports_are_kept(app: Flask, browse: Browse, code: str) -> None:
    with writing(app) as session:
        reference = make_report(session).reference
    client = browse("coordinator")
    typed = {"seen": "2", "name_en": "Does it help?", "weight": "20", "levels_en": "0\n1\n2\n3\n4\n5"}
    short = post(client, f"{DESK}/{code}/criteria/add?{EN}", typed | {"levels_en": "only one"})
    assert (short.status_code, "six lines" in short.text) == (422, True)
    assert post(client, f"{DESK}/{code}/criteria/add", typed).status_code == 303
    assert "Does it help?" in client.get(f"/calls/{code}?{EN}").text
    bad = post(client, f"{DESK}/{code}/matters?{EN}", {"seen": "3", "references": "no such"})
    assert (bad.status_code, "no such" in bad.text) == (422, True)
    assert post(client, f"{DESK}/{code}/matters", {"seen": "3", "references": reference}).status_code == 303
    assert "1 report is the reason" in client.get(f"/calls/{code}?{EN}").text


@pytest.mark.parametrize("name", ["officer", "panellist", "administrator", "resident"])
def test_only_coordinators_prepare_calls(app: Flask, browse: Browse, code: str, name: str) -> None:
    client = browse(name)
    for address in ("", "/add", f"/{code}", f"/{code}/edit", f"/{code}/criteria/add"):
        assert client.get(DESK + address).status_code == 403
    assert post(client, f"{DESK}/{code}/stop", {"seen": "2", "reason_en": "No."}).status_code == 403
