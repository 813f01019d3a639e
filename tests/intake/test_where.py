"""The step "where" with a pin: by a press on the plan, by the script's hidden field, or not at all."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.communities.drawing import piece_around
from portal.core.db import db
from portal.core.positions import metres_between, parse_point
from portal.intake.models import Draft
from portal.intake.where import picture_size, pressed_point
from tests.communities.mapping import BOUNDS, GATE, put_on_map
from tests.factories import Browse, form_fields, make_report, thread_by_reference
from tests.intake.walking import Walk, newest_thread
from tests.threads.publishing import writing

PIN = "31.31000,120.61000"


@pytest.fixture
def walk(app: Flask, client: FlaskClient) -> Walk:
    """A browser that has written its words, where there is a plan."""
    with writing(app) as session:
        put_on_map(session)
    walk = Walk(client)
    walk.words()
    return walk


def pin_in(html: str) -> str:
    found = re.search(r'<input id="pin" name="pin" type="hidden" value="([^"]*)"', html)
    assert found
    return found.group(1)


def send(walk: Walk) -> None:
    walk.who()
    page = walk.open("check")
    assert walk.client.post(walk.at("check"), data=form_fields(page)).location.endswith("/sent")


def test_a_pin_goes_with_the_submission(walk: Walk) -> None:
    assert walk.where(pin=PIN).status_code == 303
    walk.who()
    check = walk.open("check")
    assert "about 10 m from South Gate" in check
    assert f"/{PIN}.svg" in check
    send(walk)
    thread = newest_thread(walk.client)
    assert (thread.latitude, thread.longitude) == GATE


def test_without_a_pin_all_goes_on_as_before(walk: Walk) -> None:
    walk.where(spot="liu-1-gate", address="By the lamp")
    send(walk)
    thread = newest_thread(walk.client)
    assert (thread.latitude, thread.longitude, thread.address) == (None, None, "By the lamp")


@pytest.mark.parametrize("pin", ["91,0", "somewhere", "nan,nan", "1e400,0", "<b>"])
def test_what_is_no_point_is_no_pin(walk: Walk, pin: str) -> None:
    assert walk.where(pin=pin).status_code == 303
    assert pin_in(walk.open("where")) == ""


def test_a_pin_tells_the_community_where_none_is_chosen(walk: Walk) -> None:
    assert walk.where(place="", pin=PIN).status_code == 303
    walk.who()
    assert "Willow First Lane" in walk.open("check")


def test_far_from_everything_it_tells_none(walk: Walk) -> None:
    answer = walk.where(place="", pin="48.0,2.0")
    assert answer.status_code == 422
    assert "Please choose a community" in answer.text
    assert pin_in(answer.text) == "48.00000,2.00000"


@pytest.mark.parametrize(
    ("place", "pin", "said"),
    [
        ("liu-2", PIN, "The pin seems to be in Willow First Lane, and you chose Willow Second Lane."),
        ("yunhe", PIN, "The pin seems to be in Willow First Lane. If it is, choose that community."),
        ("liu-1", "48.0,2.0", "The pin is far from every place we know here."),
    ],
)
def test_a_pin_elsewhere_gives_a_gentle_note_and_goes_on(walk: Walk, place: str, pin: str, said: str) -> None:
    assert walk.where(place=place, pin=pin).status_code == 303
    assert said in walk.open("where")
    walk.who()
    assert said in walk.open("check")
    send(walk)


def test_a_pin_in_the_chosen_community_gives_no_note(walk: Walk) -> None:
    walk.where(pin=PIN)
    assert "pin__note" not in walk.open("where")


# Without scripts


def press(walk: Walk, x: int, y: int, **fields: str) -> str:
    """Press on the plan; return the page that is shown then."""
    hidden = form_fields(walk.open("where"))
    answer = walk.client.post(walk.at("where"), data=hidden | {"at.x": x, "at.y": y} | fields)
    assert answer.status_code == 303
    assert answer.location.endswith("/where")
    return walk.open("where")


def test_a_press_on_the_plan_sets_the_pin_and_shows_it_larger(walk: Walk) -> None:
    width, height = picture_size(BOUNDS)
    page = press(walk, width // 2, height // 2, place="liu-1", address="By the lamp")
    first = parse_point(pin_in(page))
    assert first
    assert metres_between(first, BOUNDS.middle) < 20
    assert f"/{pin_in(page)}.svg" in page
    assert 'value="By the lamp"' in page
    second = parse_point(pin_in(press(walk, 0, 1)))
    piece = piece_around(BOUNDS, first)
    assert second
    assert metres_between(second, (piece.north, piece.west)) < 5


def test_a_press_keeps_what_is_in_error_for_later(walk: Walk) -> None:
    page = press(walk, 10, 10, place="liu-1", address="x" * 300)
    assert "x" * 300 in page
    assert walk.client.get(walk.at("who")).location.endswith("/where")


def test_the_keyboard_on_the_plan_sets_no_pin(walk: Walk) -> None:
    assert pin_in(press(walk, 0, 0)) == ""


def test_the_pin_is_removed_again(walk: Walk) -> None:
    walk.where(pin=PIN)
    assert pin_in(walk.open("where")) == PIN
    answer = walk.give("where", place="liu-1", press="remove")
    assert answer.status_code == 303
    assert pin_in(walk.open("where")) == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"at.x": "9" * 4000, "at.y": "1"},
        {"at.x": "-1", "at.y": "1"},
        {"at.x": "²", "at.y": "1"},
        {"at.x": "1", "at.y": "1", "shown": "0,0,0,0"},
        {"at.x": "1", "at.y": "1", "shown": "a"},
    ],
)
def test_a_press_made_up_by_hand_does_no_harm(walk: Walk, fields: dict[str, str]) -> None:
    assert walk.give("where", place="liu-1", **fields).status_code == 303


def test_each_pixel_is_a_point_of_the_plan() -> None:
    width, height = picture_size(BOUNDS)
    assert (width, height) == (300, 226)
    for x, y in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1), (5000, 5000)):
        assert BOUNDS.holds(pressed_point(BOUNDS, x, y))
    assert pressed_point(BOUNDS, 0, 0) > pressed_point(BOUNDS, 0, 9)


def test_enter_in_a_line_goes_on_and_presses_nothing(walk: Walk) -> None:
    """A browser presses the first button of a form then."""
    page = walk.open("where")
    form = page[page.index("<form method") :]
    first = re.search(r'<(button[^>]*type="submit"|input[^>]*type="image")[^>]*>', form)
    assert first
    assert "name=" not in first.group()


def test_without_a_plan_nothing_is_offered(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    page = walk.open("where")
    assert "A pin on the map" not in page
    assert "leaflet" not in page


# Where a pin is seen afterwards


def test_the_sender_sees_the_pin_even_where_others_do_not(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        put_on_map(session)
        make_report(session, point=GATE, private=True, token="abc")
    page = client.get("/track/abc?lang=en").text
    assert "about 10 m from South Gate" in page
    assert f"/{PIN}.svg" in page


def test_staff_see_the_pin(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        put_on_map(session)
        reference = make_report(session, point=GATE).reference
    page = browse("officer").get(f"/staff/{reference}?lang=en").text
    assert "about 10 m from South Gate" in page
    assert f"/{PIN}.svg" in page
    assert "/plans/" not in browse("outsider").get(f"/staff/{reference}?lang=en").text


def test_the_script_is_told_where_the_places_are(walk: Walk) -> None:
    page = unescape(walk.open("where"))
    assert '"liu-1-gate": [31.31, 120.61]' in page
    assert "leaflet-1.9.4.js" in page


def test_a_draft_from_before_there_were_pins_is_sent(app: Flask, walk: Walk) -> None:
    walk.where()
    with writing(app) as session:
        draft = session.scalars(select(Draft)).one()
        where = {k: v for k, v in draft.answers["where"].items() if k != "pin"}
        draft.answers = {**draft.answers, "where": where}
    send(walk)
    with app.app_context():
        sent = thread_by_reference(db.session(), newest_thread(walk.client).reference)
        assert sent.latitude is None
