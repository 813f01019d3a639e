"""What a call’s public file says of panels and decisions: nothing before everybody is told, no names."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core import clock
from portal.ideas.call_queries import find_call
from portal.panels.models import Decision, SeatState
from portal.panels.scoring import revise
from portal.threads.models import Status
from tests.factories import NOW, count_queries, person
from tests.ideas.calling import make_call, make_idea_in
from tests.panels.scoring_scene import make_review, score, seat_of, whole
from tests.threads.publishing import writing


def add_scored(app: Flask, text: str) -> None:
    """Add an idea to the call that is scored and decided, but not yet told to everybody."""
    with writing(app) as session:
        call = find_call(session, "dry-cellars") or make_call(session)
        idea = make_idea_in(session, call, text, author=person(session, "neighbour"))
        review = make_review(session, idea, call, now=clock.now())
        for name, value in (("panellist", 5), ("second", 0), ("third", 1)):
            score(session, review, name, value, f"Reason of {name}.", now=clock.now())
        revise(
            session, seat_of(session, review, "second"), whole(session, review, 4), seen=1, now=clock.now()
        )
        seat_of(session, review, "third").state = SeatState.RECUSED
        session.add(
            Decision(
                thread_id=idea.id,
                review_id=review.id,
                choice=Status.PILOT,
                reason="Let us try.",
                dissent="One would wait.",
                without="",
                at=NOW,
            )
        )


def announce(app: Flask) -> None:
    with writing(app) as session:
        for decision in session.scalars(select(Decision).where(Decision.announced_at.is_(None))):
            decision.announced_at = clock.now()


def read(client: FlaskClient) -> list[dict[str, Any]]:
    ideas: list[dict[str, Any]] = json.loads(client.get("/calls/dry-cellars.json").data)["ideas"]
    return ideas


def test_before_everybody_is_told_nothing_is_there(app: Flask, client: FlaskClient) -> None:
    add_scored(app, "Drains.")
    (idea,) = read(client)
    assert (idea["panel"], idea["decisions"], idea["decision"]) == (None, None, None)
    for end in (".csv", ".json", "/print"):
        text = client.get(f"/calls/dry-cellars{end}?lang=en").text
        assert not [words for words in ("Let us try", "One would wait", "Reason of") if words in text]


def test_afterwards_decision_and_means_are_there_without_names(app: Flask, client: FlaskClient) -> None:
    add_scored(app, "Drains.")
    announce(app)
    (idea,) = read(client)
    (decision,) = idea["decisions"]
    assert (decision["decided"], decision["dissent"]) == ("decided_pilot", "One would wait.")
    assert (idea["panel"]["mean"], idea["panel"]["panellists"]) == (4.5, 2)
    text = client.get("/calls/dry-cellars.json").text
    assert not [name for name in ("panellist@", "Reason of", "second", "coordinator") if name in text]


@pytest.mark.parametrize("more", [3])
def test_many_cost_as_many_queries_as_few(app: Flask, client: FlaskClient, more: int) -> None:
    def cost() -> int:
        with count_queries(app) as statements:
            client.get("/calls/dry-cellars.json")
        return len(statements)

    add_scored(app, "Drains.")
    announce(app)
    few = cost()
    for n in range(more):
        add_scored(app, f"Drains {n}.")
    announce(app)
    assert cost() == few
