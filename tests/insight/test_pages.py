""" "How well is it sorting?": who may look, what it says, and what it costs."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import db
from portal.insight import charts
from portal.routing.models import ModelTraining
from portal.threads.events import SYSTEM, Actor, record_administration
from portal.triage.actions import sort_as_report
from tests.factories import NOW, Browse, advice_saying, directory, make_report, person

ADDRESS = "/staff/sorting?lang=en"


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def fill(session: Session, number: int, place: str = "liu-1") -> None:
    """Make so many reports at the desk, each sorted as the classifier would have."""
    found = directory(session)
    noise = found.category_codes["noise"]
    coordinator = Actor(person(session, "coordinator"), "coordinator")
    for n in range(number):
        advice = advice_saying("noise" if n % 4 else "drainage", probability=0.6)
        thread = make_report(
            session,
            category=None,
            advice=advice,
            now=NOW - timedelta(days=n % 90),
            place_id=found.place_codes[place].id,
        )
        sort_as_report(session, thread, noise, directory=found, by=coordinator, now=NOW)
    session.commit()


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("name", ["coordinator", "administrator"])
def test_those_who_steer_see_the_figures(browse: Browse, session: Session, name: str) -> None:
    fill(session, 40)
    page = browse(name).get(ADDRESS)
    assert page.status_code == 200
    text = words_of(page.text)
    assert "known only where a person looked: 40 of 40 submissions" in text
    assert "In 40 of them a person chose the category" in text
    assert "People who see a suggestion tend to accept it" in text
    assert "People kept the first choice of category in 30 of 40 cases." in text
    assert "yes: Environment" in text.replace("yes: Ecology and Environment", "yes: Environment")


@pytest.mark.parametrize("name", ["officer", "outsider", "panellist", "resident"])
def test_others_are_refused(browse: Browse, name: str) -> None:
    assert browse(name).get(ADDRESS).status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_a_coordinator_sees_their_own_places_only(browse: Browse, session: Session) -> None:
    fill(session, 3, place="qiao-1")
    coordinator = person(session, "coordinator")
    coordinator.roles[0].place_id = directory(session).place_codes["liu"].id
    session.commit()
    assert "Nothing to show yet" in browse("coordinator").get(ADDRESS).text


def test_an_empty_neighbourhood_is_told_plainly(browse: Browse) -> None:
    page = browse("coordinator").get(ADDRESS).text
    assert "Nothing to show yet" in page
    assert "No training here yet" in page


def test_before_anybody_sorted_no_agreement_is_claimed(browse: Browse, session: Session) -> None:
    make_report(session, advice=advice_saying("roads-paving"), now=NOW - timedelta(hours=1))
    session.commit()
    page = browse("coordinator").get(ADDRESS).text
    assert "Nobody has sorted or worked on anything yet" in page


def test_every_picture_has_a_name_and_a_table_and_no_style(browse: Browse, session: Session) -> None:
    fill(session, 120)
    page = browse("coordinator").get(ADDRESS).text
    pictures = re.findall(r'<svg viewBox="0 0 340 \d+" role="img" aria-label="[^"]+">', page)
    assert len(pictures) == 4  # flow, agreement, calibration, change; nothing was sent on
    assert page.count("<table") >= len(pictures)
    assert "style=" not in page


def test_small_numbers_are_marked(browse: Browse, session: Session) -> None:
    fill(session, 5)
    assert '<span class="few-mark">few</span>' in browse("coordinator").get(ADDRESS).text


def test_a_broken_promise_is_told(browse: Browse, session: Session) -> None:
    found = directory(session)
    coordinator = Actor(person(session, "coordinator"), "coordinator")
    for _ in range(30):
        thread = make_report(
            session, category="noise", advice=advice_saying("noise"), now=NOW - timedelta(hours=1)
        )
        roads = found.category_codes["roads-paving"]
        sort_as_report(session, thread, roads, directory=found, reason="No.", by=coordinator, now=NOW)
    session.commit()
    text = words_of(browse("coordinator").get(ADDRESS).text)
    assert "Of what was sent on without a person, 0% was right. Promised are 95%." in text


def training(at_days: int, reason: str, *, promoted: bool) -> ModelTraining:
    tally = {"messages_of": "frozen", "measure": "department", "messages": 200}
    counts = {"before": 150, "after": 151, "lost": 1, "won": 2, "worse": False}
    return ModelTraining(
        at=NOW - timedelta(days=at_days),
        version=f"version-{at_days}",
        corrections=17,
        newest_decision_id=1,
        figures={"tallies": [tally | counts]},
        promoted=promoted,
        reason=reason,
    )


def test_the_history_of_models_is_told(browse: Browse, session: Session) -> None:
    session.add_all([training(2, "not_worse", promoted=True), training(1, "worse", promoted=False)])
    data = {"version": "a", "replaced": "b"}
    record_administration(session, "model.rolled_back", by=SYSTEM, data=data, now=NOW)
    session.commit()
    text = words_of(browse("administrator").get(ADDRESS).text)
    assert "75.0% → 75.5%" in text
    assert "Put to use: worse in nothing than the one before." in text
    assert "Not put to use: worse than the one in use." in text
    assert "A person went back to an earlier model" in text


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_page_speaks_each_language(browse: Browse, session: Session, language: str) -> None:
    fill(session, 30)
    page = browse("coordinator").get(f"/staff/sorting?lang={language}")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text


def test_the_page_costs_the_same_queries_whatever_the_rows(
    app: Flask, browse: Browse, session: Session
) -> None:
    counts = []
    for number in (2, 40):
        fill(session, number)
        browser = browse("coordinator")
        statements: list[str] = []
        listen = lambda *given: statements.append(given[2])  # noqa: B023, E731
        event.listen(db.engine, "before_cursor_execute", listen)
        assert browser.get(ADDRESS).status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def test_the_picture_of_a_page_is_no_wider_than_a_phone() -> None:
    assert charts.WIDTH <= 360
