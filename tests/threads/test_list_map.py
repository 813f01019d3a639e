"""The lists beside a map, and a pin on the page of one submission."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.threads.listing import PAGE_SIZE
from tests.communities.mapping import GATE, put_on_map
from tests.factories import add_person, count_queries, directory, make_idea, make_report
from tests.threads.publishing import link, titles, writing

EN = "lang=en"


@pytest.fixture
def mapped(app: Flask) -> Flask:
    with writing(app) as session:
        put_on_map(session)
    return app


def spots(html: str) -> list[str]:
    """Return what each line says of its place on the map."""
    found = re.findall(r'<p class="entry__pin[^>]*>.*?</svg>(.*?)</p>', html, re.S)
    return [unescape(text).strip() for text in found]


def test_the_map_shows_what_the_list_shows(mapped: Flask, client: FlaskClient) -> None:
    with writing(mapped) as session:
        gate = directory(session).place_codes["liu-1-gate"].id
        make_report(session, "One with a pin.", point=(31.31036, 120.61))
        make_report(session, "One at a named place.", spot_id=gate)
        make_report(session, "One somewhere.")
    shown, listed = client.get(f"/reports/map?{EN}").text, client.get(f"/reports?{EN}").text
    assert titles(shown) == titles(listed) == ["One somewhere.", "One at a named place.", "One with a pin."]
    assert spots(shown) == ["Without a pin", "2 · South Gate", "3 · about 40 m from South Gate"]
    assert re.findall(r'<li data-at="([^"]*)" data-number="(\d)"', shown) == [
        ("31.31000,120.61000", "2"),
        ("31.31036,120.61000", "3"),
    ]
    assert spots(listed) == []
    assert "data-map" not in listed


def test_where_the_words_wait_no_pin_is_told(mapped: Flask, client: FlaskClient) -> None:
    with writing(mapped) as session:
        stranger = add_person(session, "stranger", verified=False)
        gate = directory(session).place_codes["liu-1-gate"].id
        pinned = make_report(session, author=stranger, point=GATE).reference
        make_report(session, author=stranger, spot_id=gate)
    page = client.get(f"/reports/map?{EN}").text
    assert spots(page) == ["Without a pin"] * 2
    assert "data-at" not in page
    assert "pin-shown" not in client.get(f"/reports/{pinned}?{EN}").text


def test_list_and_map_lead_to_each_other_with_all_that_is_chosen(mapped: Flask, client: FlaskClient) -> None:
    with writing(mapped) as session:
        for i in range(PAGE_SIZE + 1):
            make_report(session, f"Lamp {i} is dark.", point=GATE)
    first = client.get("/reports?q=lamp&near=liu-1-gate&within=200&lang=en").text
    second = client.get(link(first, "next") or "").text
    found = re.search(r'href="(/reports/map[^"]*)"', second)
    assert found
    on_map = client.get(unescape(found.group(1))).text
    assert titles(on_map) == titles(second) == ["Lamp 0 is dark."]
    assert 'data-around="31.31000,120.61000,200"' in on_map
    assert "Within 200 m of South Gate" in on_map
    back = re.search(r'href="(/reports\?[^"]*)"[^>]*>List', on_map)
    assert back
    assert titles(client.get(unescape(back.group(1))).text) == titles(second)


def test_pages_of_the_map_go_on_as_those_of_the_list(mapped: Flask, client: FlaskClient) -> None:
    with writing(mapped) as session:
        for i in range(PAGE_SIZE + 1):
            make_idea(session, f"Idea {i}.", point=GATE)
    first = client.get(f"/ideas/map?{EN}").text
    following = link(first, "next") or ""
    assert following.startswith("/ideas/map?")
    assert titles(client.get(following).text) == ["Idea 0."]


def test_near_a_point_the_list_is_narrowed_and_says_so(mapped: Flask, client: FlaskClient) -> None:
    with writing(mapped) as session:
        make_report(session, "By the gate.", point=GATE)
        make_report(session, "Far off.", point=(31.326, 120.64))
    page = client.get(f"/reports?near=31.3105,120.6105&{EN}").text
    assert titles(page) == ["By the gate."]
    assert "Within 500 m of the chosen point" in page
    assert '<option value="31.31050,120.61050" selected>' in page
    assert "1 report" in page


@pytest.mark.parametrize("near", ["nowhere", "91,0", "nan,nan", "<script>", "yunhe", "1,2,3"])
def test_what_is_no_place_narrows_nothing(mapped: Flask, client: FlaskClient, near: str) -> None:
    with writing(mapped) as session:
        make_report(session, "By the gate.", point=GATE)
    page = client.get("/reports", query_string={"near": near, "within": "1e9", "lang": "en"}).text
    assert titles(page) == ["By the gate."]
    assert "<script>" not in page.replace("<script type", "")


def test_without_plan_and_tiles_there_is_no_map_anywhere(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        reference = make_report(session, point=GATE).reference
    assert client.get("/reports/map?q=lamp").location == "/reports"
    assert client.get("/ideas/map").location == "/ideas"
    listed = client.get(f"/reports?{EN}").text
    assert "/reports/map" not in listed
    assert 'name="near"' not in listed
    assert "leaflet" not in listed
    shown = client.get(f"/reports/{reference}?{EN}").text
    assert "31.31000, 120.61000" in shown
    assert "<img" not in shown.partition("pin-shown")[2].partition("</figure>")[0]


def test_a_submission_shows_its_pin_on_the_plan_and_in_words(mapped: Flask, client: FlaskClient) -> None:
    with writing(mapped) as session:
        reference = make_report(session, point=(31.31036, 120.61)).reference
    page = client.get(f"/reports/{reference}?{EN}").text
    assert "about 40 m from South Gate" in page
    picture = re.search(r'<figure class="pin-shown"><img src="([^"]*)"', page)
    assert picture
    assert client.get(picture.group(1)).mimetype == "image/svg+xml"
    assert "leaflet" not in page


@pytest.mark.parametrize("path", ["/reports/map", "/reports?near=liu-1-gate"])
def test_it_takes_the_same_queries_whatever_there_is(mapped: Flask, client: FlaskClient, path: str) -> None:
    with writing(mapped) as session:
        make_report(session, point=GATE)
    client.get(path)
    with count_queries(mapped) as few:
        client.get(path)
    with writing(mapped) as session:
        for _report in range(12):
            make_report(session, point=GATE)
    with count_queries(mapped) as many:
        client.get(path)
    assert len(few) == len(many)
