"""What everybody sees of a panel's scores: nothing before the decision is told, no names after it."""

import pytest
from flask import Flask

from portal.core import clock
from portal.panels.models import Decision, Review
from portal.panels.scoring import revise
from portal.threads.models import Status
from tests.factories import Browse, count_queries, make_idea, person
from tests.panels.scoring_scene import make_review, score, seat_of, whole
from tests.threads.publishing import writing


@pytest.fixture
def reference(app: Flask) -> str:
    """An idea that is scored, given anew by one, and decided, but not yet told to everybody."""
    with writing(app) as session:
        now = clock.now()
        idea = make_idea(session, author=person(session, "neighbour"), now=now)
        review = make_review(session, idea, now=now)
        for name, value in (("panellist", 5), ("second", 0), ("third", None)):
            score(session, review, name, value, f"Reason of {name}.", now=now)
        revise(session, seat_of(session, review, "second"), whole(session, review, 4), seen=1, now=now)
        review.closed_at = now
        session.add(_decision(review))
        return str(idea.reference)


def _decision(review: Review) -> Decision:
    return Decision(
        thread_id=review.thread_id,
        review_id=review.id,
        choice=Status.PILOT,
        reason="Let us try.",
        dissent="",
        without="",
        at=clock.now(),
    )


def announce(app: Flask, reference: str) -> None:
    with writing(app) as session:
        session.query(Decision).one().announced_at = clock.now()


def test_nothing_shows_before_the_decision_is_told(app: Flask, browse: Browse, reference: str) -> None:
    assert "What the panel gave" not in browse().get(f"/ideas/{reference}?lang=en").text


def test_means_spread_and_counts_show_and_no_names(app: Flask, browse: Browse, reference: str) -> None:
    announce(app, reference)
    page = browse().get(f"/ideas/{reference}?lang=en").text
    for words in (
        "What the panel gave",
        "4.5 of 5 points, or 90 of 100.",
        "3 panellists scored it",
        "Before that: 2.5 of 5 points, or 50 of 100.",
        "4 to 5 (± 0.5)",
        "2 answered, 1 abstained",
    ):
        assert words in page
    section = page[page.index("panel-scores-title") :]
    section = section[: section.index("</section>")]
    for word in ("Reason of", "second", "third"):
        assert word not in section


def test_without_a_reveal_nothing_shows(app: Flask, browse: Browse, reference: str) -> None:
    announce(app, reference)
    with writing(app) as session:
        session.query(Review).one().revealed_at = None
    assert "What the panel gave" not in browse().get(f"/ideas/{reference}?lang=en").text


def test_an_idea_without_a_panel_costs_one_question(app: Flask, browse: Browse, reference: str) -> None:
    with writing(app) as session:
        plain = make_idea(session, "Benches.", author=person(session, "neighbour"), now=clock.now()).reference
    with count_queries(app) as statements:
        browse().get(f"/ideas/{plain}")
    assert sum("panel_" in statement for statement in statements) == 1
