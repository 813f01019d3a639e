"""Atom feeds: valid, public words only, and gone when hidden."""

import xml.etree.ElementTree as ET
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import db
from portal.reports.actions import mark_fixed, reopen_as_unfixed
from portal.threads.actions import ask, hide_words, lock_thread, show_words
from portal.threads.events import Actor, resident
from portal.threads.models import Thread
from tests.factories import NOW, add_person, count_queries, directory, make_idea, make_report, person
from tests.threads.publishing import writing

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: FlaskClient, address: str) -> ET.Element:
    """Return a feed that holds all that RFC 4287 wants of it."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314  # our own page
    assert feed.tag == f"{ATOM}feed"
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        assert text(part, "id").startswith("tag:")
        assert text(part, "title")
        assert datetime.fromisoformat(text(part, "updated")).tzinfo is not None
    ids = [text(e, "id") for e in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    assert feed.find(f"{ATOM}link[@rel='self']") is not None
    return feed


def text(part: ET.Element, name: str) -> str:
    found = part.find(ATOM + name)
    assert found is not None
    return found.text or ""


def entries(feed: ET.Element) -> list[ET.Element]:
    return feed.findall(f"{ATOM}entry")


def coordinator() -> Actor:
    return Actor(person(db.session(), "coordinator"), "coordinator")


def test_the_newest_come_first_with_their_public_words(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        make_report(session, "The lamp <b>& more</b> is dark. Ring 13812345678.", title="Lamp & gate")
        make_report(session, "A wall leans.")
        make_report(session, "Only for staff.", private=True)
        make_report(session, "Not looked at yet.", author=add_person(session, "li", verified=False))
        make_idea(session, "Plant herbs.")
    feed = read(client, "/reports.atom?lang=en")
    assert [text(e, "title") for e in entries(feed)] == ["A wall leans.", "Lamp & gate"]
    assert text(entries(feed)[1], "content") == "The lamp <b>& more</b> is dark. Ring 138••••••78."
    assert "Willow First Lane" in text(entries(feed)[0], "summary")
    assert [text(e, "content") for e in entries(read(client, "/ideas.atom"))] == ["Plant herbs."]


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("?q=lamp", 1), ("?category=noise", 1), ("?place=liu-2", 1), ("?place=qiao", 0), ("?q=!", 0)],
)
def test_a_feed_is_narrowed_as_the_list_is(app: Flask, client: FlaskClient, query: str, found: int) -> None:
    with writing(app) as session:
        make_report(session, "The lamp is dark.")
        there = directory(session).place_codes["liu-2"].id
        make_report(session, "Drums at night.", category="noise", place_id=there)
    assert len(entries(read(client, "/reports.atom" + query))) == found


def test_an_id_stays_and_a_change_is_an_update(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        number = make_report(session).id
    before = entries(read(client, "/reports.atom"))[0]
    with writing(app) as session:
        mark_fixed(
            session, lock_thread(session, number), "New bulb.", by=coordinator(), now=NOW.replace(hour=9)
        )
    after = entries(read(client, "/reports.atom"))[0]
    assert text(before, "id") == text(after, "id")
    assert text(before, "updated") < text(after, "updated")


def test_hidden_is_gone_from_both_feeds_and_its_readers_are_not_told_unchanged(
    app: Flask, client: FlaskClient
) -> None:
    with writing(app) as session:
        report = make_report(session)
        number, reference = report.id, report.reference
    first = client.get("/reports.atom")
    again = client.get("/reports.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Last-Modified"]
    with writing(app) as session:
        hide_words(session, lock_thread(session, number), "Names a child.", by=coordinator(), now=NOW)
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        answer = client.get("/reports.atom", headers=headers)
        assert answer.status_code == 200
        assert reference not in answer.text
    assert client.get(f"/reports/{reference}.atom").status_code == 404


def test_the_timeline_is_told_as_on_the_page_the_latest_first(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        report = make_report(session)
        reference = report.reference
        ask(session, report, "Which lamp?", by=coordinator(), now=NOW)
        mark_fixed(session, report, "New bulb.", by=coordinator(), now=NOW)
        by = resident(report.author)
        known = directory(session)
        reopen_as_unfixed(session, report, "Still dark, flat 3", by=by, directory=known, now=NOW)
    feed = read(client, f"/reports/{reference}.atom?lang=en")
    told = [text(e, "title") for e in entries(feed)]
    assert told[:2] == ["Opened again: the sender says that it isn’t fixed.", "Fixed, says the department."]
    assert told[-1] == "Received."
    assert text(entries(feed)[1], "content") == "New bulb."
    whole = ET.tostring(feed, encoding="unicode")
    assert "Which lamp?" not in whole
    assert "flat 3" not in whole


def test_before_the_first_look_the_timeline_holds_no_words(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        report = make_report(session, "My words.", author=add_person(session, "li", verified=False))
        reference, number = report.reference, report.id
    assert text(read(client, f"/reports/{reference}.atom"), "title") == reference
    with writing(app) as session:
        show_words(session, lock_thread(session, number), by=coordinator(), now=NOW)
    assert text(read(client, f"/reports/{reference}.atom"), "title") == "My words."


def test_an_idea_has_no_feed_among_reports(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        reference = make_idea(session).reference
    assert client.get(f"/reports/{reference}.atom").status_code == 404
    assert client.get(f"/ideas/{reference}.atom").status_code == 200


def test_pages_name_their_feeds(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        reference = make_report(session).reference
    listed = client.get("/reports?q=lamp&lang=en").text
    assert 'href="/reports.atom?lang=en&amp;q=lamp"' in listed
    shown = client.get(f"/reports/{reference}?lang=en").text
    assert f'href="/reports/{reference}.atom?lang=en"' in shown


def test_the_queries_of_a_feed_do_not_grow(app: Flask, client: FlaskClient) -> None:
    def number() -> int:
        with count_queries(app) as statements:
            client.get("/reports.atom")
        return len(statements)

    with writing(app) as session:
        make_report(session)
    few = number()
    with writing(app) as session:
        for _report in range(5):
            make_report(session)
    assert number() == few


def test_a_threads_feed_is_about_it_alone(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        first: Thread = make_report(session)
        make_report(session)
        reference = first.reference
    assert all(reference in text(e, "id") for e in entries(read(client, f"/reports/{reference}.atom")))
