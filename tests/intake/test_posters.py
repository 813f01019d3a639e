"""Posters, and the way in that they lead to."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.communities.directory import raise_version
from portal.communities.models import Place
from portal.core.db import db
from tests.factories import NOW, Browse, count_queries
from tests.intake.walking import Walk


def where_page(client: FlaskClient) -> str:
    walk = Walk(client)
    walk.words()
    return walk.open("where")


def chosen(page: str) -> list[str]:
    return re.findall(r'<(?:option|input)[^>]* value="([^"]+)"[^>]* (?:selected|checked)', page)


def retire(app: Flask, code: str) -> None:
    with app.app_context():
        db.session.scalars(select(Place).where(Place.code == code)).one().retired_at = NOW
        raise_version(db.session())
        db.session.commit()


def test_the_address_of_a_named_place_fills_it_in(client: FlaskClient) -> None:
    page = client.get("/at/liu-1-gate?lang=en").text
    assert "South Gate" in page
    assert "Willow Street › Willow First Lane" in page
    assert 'href="tel:119"' in page
    for path in ("report", "propose", "tell"):
        assert f'href="/{path}/"' in page
    assert {"liu-1", "liu-1-gate"} <= set(chosen(where_page(client)))


def test_that_of_a_community_fills_in_the_community(client: FlaskClient) -> None:
    client.get("/at/liu-1-gate")
    client.get("/at/qiao-2")
    found = chosen(where_page(client))
    assert "qiao-2" in found
    assert "liu-1-gate" not in found
    assert "Stonebridge Second Lane" in client.get("/?lang=en").text


def test_who_goes_elsewhere_is_not_kept_at_the_gate(client: FlaskClient) -> None:
    client.get("/at/liu-1-gate")
    client.get("/?place=qiao-1")
    found = chosen(where_page(client))
    assert "qiao-1" in found
    assert "liu-1-gate" not in found


def test_the_gate_is_forgotten_soon_and_the_community_is_not(client: FlaskClient) -> None:
    client.get("/at/liu-1-gate")
    gate, community = client.get_cookie("linli_spot"), client.get_cookie("linli_place")
    assert gate
    assert community
    assert gate.max_age == 3600
    assert gate.http_only
    assert (community.max_age or 0) > 300 * 24 * 3600


def test_what_was_chosen_already_stays(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    walk.where("qiao-1")
    client.get("/at/liu-1-gate")
    assert "qiao-1" in chosen(walk.open("where"))


def test_the_whole_district_has_an_address_too(client: FlaskClient) -> None:
    page = client.get("/at/yunhe?lang=en")
    assert "Yunhe District" in page.text
    assert client.get_cookie("linli_place") is None


@pytest.mark.parametrize("code", ["nowhere", "liu-1-gate", "%00", "a" * 400])
def test_an_address_of_no_place_leads_to_the_start_page(app: Flask, client: FlaskClient, code: str) -> None:
    retire(app, "liu-1-gate")
    answer = client.get(f"/at/{code}?lang=en")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "not known here any more" in client.get("/").text


def test_a_retired_place_is_not_filled_in(app: Flask, client: FlaskClient) -> None:
    client.get("/at/liu-1-gate")
    retire(app, "liu-1-gate")
    assert "liu-1-gate" not in chosen(where_page(client))


@pytest.mark.parametrize("size", ["a4", "a6"])
@pytest.mark.parametrize("language", ["all", "zh-Hans", "zh-Hant", "en"])
def test_a_poster_leads_to_its_place(browse: Browse, size: str, language: str) -> None:
    address = f"/staff/posters/print?place=liu-1-gate&size={size}&language={language}"
    page = browse("officer").get(address).text
    assert f"poster--{size}" in page
    assert 'class="qr"' in page
    assert "127.0.0.1:8000/<wbr>at/<wbr>liu-1-gate" in page
    assert "<strong>119</strong>" in page
    names = {"zh-Hans": ["南门"], "zh-Hant": ["南门"], "en": ["South Gate"], "all": ["南门", "South Gate"]}
    for name in ("南门", "South Gate"):
        assert (f">{name}</span>" in page) == (name in names[language])
    assert page.count("<h2>") == (3 if language == "all" else 1)


def test_staff_choose_among_the_places_they_work_in(browse: Browse) -> None:
    page = browse("officer").get("/staff/posters?lang=en").text
    assert 'value="liu-1"' in page
    assert 'value="liu-1-gate"' in page
    assert 'value="qiao-1"' not in page
    assert "Posters lead to http://127.0.0.1:8000/" in page
    assert 'value="yunhe"' in browse("coordinator").get("/staff/posters").text


@pytest.mark.parametrize("wrong", ["place=qiao-1", "place=", "size=a3", "language=fr", "place=liu"])
def test_what_there_is_no_poster_of(browse: Browse, wrong: str) -> None:
    given = {"place": "liu-1", "size": "a4", "language": "en"} | dict([wrong.split("=")])
    address = "/staff/posters/print?" + "&".join(f"{k}={v}" for k, v in given.items())
    assert browse("officer").get(address).status_code == 404


def test_the_way_in_costs_a_few_queries(app: Flask, client: FlaskClient) -> None:
    client.get("/at/liu-1-gate")
    with count_queries(app) as queries:
        client.get("/at/liu-1-gate")
    assert len(queries) <= 2
