"""The start page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.communities.actions import put_place
from portal.communities.directory import raise_version
from portal.communities.models import Place
from portal.core import clock
from portal.core.db import db
from portal.reports.actions import mark_fixed, start_work
from portal.threads.events import Actor
from portal.threads.models import Thread
from tests import factories
from tests.factories import NOW


def start(client: FlaskClient, address: str = "/?lang=en") -> str:
    with clock.frozen(NOW):
        return client.get(address).text


@contextmanager
def writing(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()
        db.session.commit()


def place_id(session: Session, code: str) -> int:
    return factories.directory(session).place_codes[code].id


def fix(session: Session, thread: Thread, *, now: datetime = NOW) -> None:
    by = Actor(factories.person(session, "officer"), "officer")
    start_work(session, thread, by=by, now=now)
    mark_fixed(session, thread, "A new lamp is in.", by=by, now=now)


def test_the_three_doors(client: FlaskClient) -> None:
    page = start(client)
    for path, label in (
        ("report", "Report a risk"),
        ("propose", "Propose an idea"),
        ("tell", "Just write, we will sort it"),
    ):
        assert f'href="/{path}/"' in page
        assert label in page


def test_the_numbers_to_ring_can_be_tapped(client: FlaskClient) -> None:
    page = start(client)
    assert "In danger now? Ring" in page
    assert 'href="tel:119"' in page


def test_a_community_can_have_its_own_numbers(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        community = session.scalars(select(Place).where(Place.code == "liu-1")).one()
        put_place(
            session,
            code="liu-1",
            kind=community.kind,
            parent=session.get(Place, community.parent_id),
            names=community.names,
            position=community.position,
            welcome={"en": "Welcome to the lane."},
            emergency=[{"number": "555-1234", "names": {"en": "Warden"}}],
        )
        raise_version(session)
    page = start(client, "/?lang=en&place=liu-1")
    assert 'href="tel:555-1234"' in page
    assert "Warden" in page
    assert "Welcome to the lane." in page
    assert "Welcome to the lane." not in start(client, "/?place=liu-2")


def test_what_neighbours_sent_and_what_was_fixed(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        factories.make_report(session, "The lamp is dark.")
        factories.make_idea(session, "Let us plant herbs.")
        fix(session, factories.make_report(session, "The step is loose."))
    page = start(client)
    recent, fixed = page.split("Lately fixed")
    assert "The lamp is dark." in recent
    assert "Let us plant herbs." in recent
    assert "The step is loose." in fixed
    assert "The lamp is dark." not in fixed


def test_hidden_private_and_unsorted_ones_are_not_shown(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        factories.make_report(session, "A private matter.", private=True)
        factories.make_undecided(session, "An unsorted matter.")
        fix(session, factories.make_report(session, "A private fixed matter.", private=True))
    page = start(client)
    assert "matter." not in page
    assert "Lately fixed" not in page


def test_the_counts_hold_this_month_and_private_ones_too(app: Flask, client: FlaskClient) -> None:
    before_midnight = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)  # still February in Shanghai
    after_midnight = datetime(2026, 2, 28, 16, 1, tzinfo=UTC)
    with writing(app) as session:
        fix(session, factories.make_report(session, now=before_midnight), now=before_midnight)
        factories.make_report(session, now=after_midnight, private=True)
        fix(session, factories.make_report(session, private=True))
    page = start(client)
    assert '<span class="stat__number">2</span><span class="stat__label">submissions this month' in page
    assert '<span class="stat__number">1</span><span class="stat__label">report fixed this month' in page


def test_a_community_is_chosen_and_remembered(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        factories.make_report(session, "In the first lane.")
        factories.make_report(session, "Across the bridge.", place_id=place_id(session, "qiao-1"))
    page = start(client, "/?lang=en&place=qiao-1")
    assert "Across the bridge." in page
    assert "In the first lane." not in page
    again = start(client, "/")
    assert "In the first lane." not in again
    assert 'value="qiao-1" selected' in again
    assert "In the first lane." in start(client, "/?place=")
    assert "In the first lane." in start(client, "/")


@pytest.mark.parametrize("place", ["nowhere", "liu", "liu-1-gate", "\x00", "1", "x" * 5000])
def test_a_forged_community_is_the_whole_district(client: FlaskClient, place: str) -> None:
    answer = client.get("/", query_string={"place": place, "lang": "en"})
    assert answer.status_code == 200
    assert "<h2>Yunhe District</h2>" in answer.text


def test_search_leads_to_the_reports(client: FlaskClient) -> None:
    page = start(client)
    assert '<form class="search-form" method="get" action="/reports" role="search">' in page


def test_an_empty_neighbourhood_is_not_an_error(client: FlaskClient) -> None:
    assert "Nothing yet. You can be the first." in start(client)


def test_the_page_costs_the_same_queries_whatever_there_is(app: Flask, client: FlaskClient) -> None:
    def count() -> int:
        statements: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        start(client, "/?lang=en&place=liu-1")
        event.remove(engine, "before_cursor_execute", note)
        return len([s for s in statements if s.lstrip().upper().startswith("SELECT")])

    start(client)
    few = count()
    with writing(app) as session:
        for number in range(12):
            factories.make_report(session, f"Matter {number}.", now=NOW - timedelta(minutes=number))
            fix(session, factories.make_report(session, f"Step {number}."))
    assert count() == few
    assert few <= 5


def test_the_page_is_light(client: FlaskClient) -> None:
    assert len(client.get("/").data) < 40_000
