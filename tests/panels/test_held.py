"""What is decided stays with the author and staff until it is announced, on every page."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.dates import local_time, today
from portal.core.tokens import sign
from portal.intake.queries import TRACKING
from portal.panels.decisions import HELD, announce, come_back, find_held
from portal.panels.models import Review
from portal.threads.models import Status
from tests.factories import Browse, thread_by_reference
from tests.panels.scenes import DAY, call_under_review, decided, open_idea, review_of
from tests.threads.publishing import writing

SECRET = "Quokka"


@pytest.fixture
def held(app: Flask) -> dict[str, str]:
    """An idea on which something is decided that only its author and staff may know."""
    with writing(app) as session:
        call, _idea = call_under_review(session)
        idea = open_idea(session, "Let us plant herbs by the gate.")
        review = review_of(session, idea)
        decided(
            session, idea, review, reason=f"{SECRET} one", dissent=f"{SECRET} two", without=f"{SECRET} three"
        )
        return {"reference": idea.reference, "code": call.code}


def pages(app: Flask, names: dict[str, str]) -> list[str]:
    """Return the addresses of all pages that can be made with these names."""
    address = app.url_map.bind("localhost")
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and set(rule.arguments) <= set(names)
    ]
    return sorted({address.build(r.endpoint, {k: names[k] for k in r.arguments}) for r in rules})


@pytest.mark.parametrize("who", [None, "neighbour", "officer"])
def test_nobody_else_reads_a_decision_that_is_held(
    app: Flask, browse: Browse, held: dict[str, str], who: str | None
) -> None:
    client, addresses = browse(who), pages(app, held)
    assert len(addresses) > 60
    told = [page for page in addresses if SECRET.encode() in client.get(page).data]
    assert told == []


def test_everybody_reads_it_once_it_is_announced(app: Flask, browse: Browse, held: dict[str, str]) -> None:
    with writing(app) as session:
        thread = thread_by_reference(session, held["reference"])
        found = find_held(session, thread.id)
        assert found is not None
        announce(session, found, thread, now=clock.now())
    told = [page for page in pages(app, held) if SECRET.encode() in browse().get(page).data]
    assert {f"/ideas/{held['reference']}", "/decisions"} <= set(told)


def test_an_older_decision_does_not_tell_that_there_is_a_new_one(app: Flask, browse: Browse) -> None:
    """An idea that was put off is decided again: until that is announced it looks as if it were not."""
    with writing(app) as session:
        idea = open_idea(session, "Let us plant herbs by the gate.")
        later = decided(session, idea, choice=Status.LATER, again_on=today() + DAY)
        announce(session, later, idea, now=clock.now())
        come_back(session, later, idea, now=clock.now())
        review_of(session, idea)
        page = f"/ideas/{idea.reference}?lang=en"
    assert "The panel reviews it until" in browse().get(page).text
    with writing(app) as session:
        review = session.scalars(select(Review)).one()
        decided(session, review.thread, review)
    assert "The panel reviews it until" in browse().get(page).text


def test_author_and_coordinator_read_until_when_only_they_know(
    app: Flask, browse: Browse, held: dict[str, str]
) -> None:
    with writing(app) as session:
        thread = thread_by_reference(session, held["reference"])
        found = find_held(session, thread.id)
        assert found is not None
        until = f"{local_time(found.at + HELD):%-d %B %Y, %H:%M}"
        author = sign(TRACKING, thread.id)
    page = browse("neighbour").get(f"/track/{author}?lang=en").text
    assert f"Everybody is told on {until}; if you have read it" in page
    assert all(f"{SECRET} {part}" in page for part in ("one", "two", "three"))  # its reason and all
    for address in (f"/staff/panels/{held['reference']}", f"/staff/panels/{held['reference']}/decide"):
        text = browse("coordinator").get(f"{address}?lang=en").text
        assert f"Everybody is told on {until}, or as soon as the author says" in text
