"""The public list of ideas, an idea's page, and support for it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.ideas.actions import decide_idea, open_for_support
from portal.threads.events import Actor
from portal.threads.models import Status
from tests.factories import NOW, Browse, make_idea, make_report, person
from tests.threads.publishing import press, titles, writing

EN = "lang=en"


def publish(app: Flask, decision: Status | None = None) -> str:
    """Make an idea that is open for support, or decided, and return its reference."""
    with writing(app) as session:
        idea = make_idea(session)
        coordinator = Actor(person(session, "coordinator"), "coordinator")
        open_for_support(session, idea, by=coordinator, now=NOW)
        if decision:
            decide_idea(session, idea, decision, "Three months in one block.", by=coordinator, now=NOW)
        return idea.reference


def test_ideas_have_a_list_of_their_own(app: Flask, client: FlaskClient) -> None:
    publish(app)
    with writing(app) as session:
        make_report(session, "A dark lamp")
    html = client.get(f"/ideas?{EN}").text
    assert titles(html) == ["Let us plant herbs together in the empty bed by the gate."]
    assert "Open for support" in html
    found = client.get(f"/ideas?{EN}&q=lamp").text
    assert titles(found) == []
    assert 'href="/reports?q=lamp"' in found


def test_ideas_are_narrowed_by_what_was_decided(app: Flask, client: FlaskClient) -> None:
    publish(app)
    publish(app, Status.PILOT)
    for status, number in {
        "not-settled": 1,
        "settled-decided": 1,
        "decided_pilot": 1,
        "decided_later": 0,
    }.items():
        assert len(titles(client.get(f"/ideas?{EN}&status={status}").text)) == number


def test_an_idea_page_shows_how_far_it_is_and_why(app: Flask, client: FlaskClient) -> None:
    reference = publish(app, Status.PILOT)
    html = client.get(f"/ideas/{reference}?{EN}").text
    assert '<li aria-current="step">Decided</li>' in html
    assert "Decided: Pilot." in html
    assert "Three months in one block." in html
    moved = client.get(f"/reports/{reference}")
    assert (moved.status_code, moved.location) == (301, f"/ideas/{reference}")


def test_an_idea_without_category_is_not_called_unsorted(app: Flask, client: FlaskClient) -> None:
    with writing(app) as session:
        reference = make_idea(session, category=None).reference
        make_report(session, category=None)
    for path in ("/ideas", f"/ideas/{reference}"):
        html = client.get(f"{path}?{EN}").text
        assert "No category yet" in html
        assert "Not sorted yet" not in html
    assert "Not sorted yet" in client.get(f"/reports?{EN}").text


def test_an_idea_is_supported_and_the_support_taken_back(app: Flask, browse: Browse) -> None:
    page = f"/ideas/{publish(app)}"
    for browser in (browse("neighbour"), browse()):
        assert press(browser, page, f"{page}/vote").location == page
    assert "2 support this, 1 of them verified" in browser.get(f"{page}?{EN}").text
    press(browser, page, f"{page}/vote/take-back")
    assert "1 supports this, 1 of them verified" in browser.get(f"{page}?{EN}").text


@pytest.mark.parametrize("decision", [Status.PILOT, Status.ADOPT, Status.DECLINE])
def test_support_ends_with_the_decision(app: Flask, browse: Browse, decision: Status) -> None:
    open_one, decided = publish(app), publish(app, decision)
    browser = browse("neighbour")
    assert "Support is closed for this idea." in browser.get(f"/ideas/{decided}?{EN}").text
    assert press(browser, f"/ideas/{open_one}", f"/ideas/{decided}/vote").status_code == 409


def test_an_empty_list_of_ideas_leads_on(client: FlaskClient) -> None:
    html = client.get(f"/ideas?{EN}").text
    assert "No ideas yet" in html
    assert 'href="/propose/"' in html
