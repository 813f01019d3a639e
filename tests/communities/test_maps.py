"""Maps and pins as pages show them, and the pictures of plans."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.communities.maps import map_of, tell_metres, tell_pin, tell_whereabouts
from portal.communities.plan import plans_in_use
from portal.config import Settings
from portal.core.db import db
from portal.core.i18n import in_language
from portal.core.positions import Box
from tests.communities.mapping import GATE, POSITIONS, put_on_map
from tests.factories import count_queries, directory
from tests.threads.publishing import writing

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def set_tiles(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = app.extensions["linli_settings"]
    changed = settings.model_copy(update={"tile_url": TILES, "tile_attribution": "© Example"})
    monkeypatch.setitem(app.extensions, "linli_settings", changed)


@pytest.fixture
def drawing(app: Flask) -> str:
    """The name of the district's plan."""
    with writing(app) as session:
        put_on_map(session)
        return plans_in_use(directory(session))[0].drawing


def test_a_plan_is_a_picture_that_can_do_nothing(client: FlaskClient, drawing: str) -> None:
    answer = client.get(f"/plans/{drawing}.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert 'preserveAspectRatio="none"' in answer.text


def test_the_piece_around_a_pin_is_a_picture_too(client: FlaskClient, drawing: str) -> None:
    answer = client.get(f"/plans/{drawing}/31.31,120.61.svg")
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "translate(" in answer.text


@pytest.mark.parametrize(
    "path", ["{}/48,2.svg", "{}/somewhere.svg", "{}/31.31,120.61,0.svg", "0/31.31,120.61.svg", "0.svg"]
)
def test_what_no_plan_shows_is_not_found(client: FlaskClient, drawing: str, path: str) -> None:
    assert client.get(f"/plans/{path.format(drawing)}").status_code == 404


def test_a_picture_takes_two_queries(app: Flask, client: FlaskClient, drawing: str) -> None:
    with count_queries(app) as statements:
        client.get(f"/plans/{drawing}/31.31,120.61.svg")
    assert len([s for s in statements if s.startswith("SELECT")]) <= 2 + 4  # the directory, read anew


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (3, "10 m"),
        (44, "40 m"),
        (99, "100 m"),
        (130, "150 m"),
        (940, "950 m"),
        (960, "1 km"),
        (1240, "1.2 km"),
    ],
)
def test_distances_are_told_as_people_say_them(app: Flask, metres: float, said: str) -> None:
    with app.test_request_context("/?lang=en"):
        assert tell_metres(metres) == said


def test_a_pin_is_told_by_the_nearest_named_place(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        put_on_map(db.session())
        known = directory(db.session())
        assert tell_whereabouts((31.31036, 120.61), known) == "about 40 m from South Gate"
        with in_language("zh-Hans"):
            assert "南门" in tell_whereabouts((31.31036, 120.61), known)
        assert tell_whereabouts((48.0, 2.0), known) == "48.00000, 2.00000"


def test_a_pin_is_shown_on_its_piece_of_the_plan(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        put_on_map(db.session())
        shown = tell_pin(GATE, directory(db.session()))
        assert shown
        assert shown.picture.endswith("/31.31000,120.61000.svg")
        assert shown.map is None


def test_a_pin_that_no_plan_shows_is_told_in_words(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        put_on_map(db.session(), plan=False)
        shown = tell_pin(GATE, directory(db.session()))
        assert shown
        assert (shown.picture, shown.map) == ("", None)
        assert tell_pin(None, directory(db.session())) is None


def test_with_tiles_the_script_draws_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    set_tiles(app, monkeypatch)
    with app.test_request_context("/?lang=en"):
        put_on_map(db.session(), plan=False)
        known = directory(db.session())
        shown = tell_pin(GATE, known)
        assert shown
        assert shown.map
        assert shown.map["tiles"] == {"href": TILES, "attribution": "© Example"}
        whole = map_of(known)
        assert whole
        view = Box(*whole["view"][0], *whole["view"][1])
        assert all(view.holds(point) for point in POSITIONS.values())


def test_without_plan_and_tiles_there_is_no_map(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        put_on_map(db.session(), plan=False)
        assert map_of(directory(db.session())) is None


def test_only_the_host_of_the_tiles_is_let_in(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = client.get("/").headers["Content-Security-Policy"]
    set_tiles(app, monkeypatch)
    with_tiles = client.get("/").headers["Content-Security-Policy"]
    assert with_tiles == f"{without}; img-src 'self' data: https://tiles.example.org"
    assert "geolocation=(self)" in client.get("/").headers["Permissions-Policy"]
