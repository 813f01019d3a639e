"""The pages on which ideas are combined: authors and coordinators propose, browsers that voted are asked."""

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.ideas.combining import answer_proposal, find_open, list_numbers
from portal.threads.events import resident
from portal.threads.models import Channel, Status, Thread
from tests.factories import Browse, directory, make_idea, person, thread_by_reference
from tests.ideas.test_combining import combine
from tests.threads.publishing import writing
from tests.triage.moving import post

EN = "?lang=en"
WHY = "Both want shade."


@pytest.fixture
def ideas(app: Flask) -> tuple[str, str]:
    """The resident's idea and the neighbour's, by their references."""
    with writing(app) as session:
        one = make_idea(session, "Plant trees along the wall.", author=person(session, "resident"))
        other = make_idea(session, "Put up a sail for shade.", author=person(session, "neighbour"))
        return one.reference, other.reference


def english(browse: Browse, name: str | None = None) -> FlaskClient:
    """Open a browser that reads English."""
    client = browse(name)
    client.get("/about?lang=en")
    return client


def propose(client: FlaskClient, address: str, **given: str) -> TestResponse:
    fields: Mapping[str, str] = {"into": "this", "why": WHY, **given}
    return post(client, address, dict(fields))


def status_of(app: Flask, reference: str) -> Status:
    with app.app_context():
        return thread_by_reference(db.session(), reference).status


def test_an_author_proposes_and_the_other_agrees_on_the_page(
    app: Flask, browse: Browse, ideas: tuple[str, str]
) -> None:
    mine, other = ideas
    author = english(browse, "resident")
    assert "Propose to combine them" in author.get(f"/ideas/{mine}{EN}").text
    page = author.get(f"/ideas/{mine}/combine{EN}")
    assert page.status_code == 200
    for _twice in range(2):
        assert propose(author, f"/ideas/{mine}/combine", others=other).status_code == 303
    assert status_of(app, mine) == Status.RECEIVED
    asked = english(browse, "neighbour")
    link = asked.get(f"/ideas/{other}{EN}").text.split('href="/combine/')[1].split('"')[0]
    assert "/combine/" not in english(browse).get(f"/ideas/{other}{EN}").text
    assert post(asked, f"/combine/{link}", {"answer": "yes"}).status_code == 303
    assert status_of(app, other) == Status.COMBINED
    assert "This goes on in another idea" in english(browse).get(f"/ideas/{other}{EN}").text


def test_what_can_not_be_proposed_is_shown_again_as_typed(browse: Browse, ideas: tuple[str, str]) -> None:
    mine, other = ideas
    author = english(browse, "resident")
    for given, said in (
        ({"others": "000-000-000"}, "There is no public idea 000-000-000."),
        ({"others": ""}, "Please name at least one other idea."),
        ({"others": other, "why": ""}, "Please give a reason."),
        ({"others": other, "into": "joint", "title": "<i>Shade</i>"}, "Please write the title and the words"),
    ):
        answer = propose(author, f"/ideas/{mine}/combine", **given)
        assert answer.status_code == 422
        assert said in answer.text
        assert "<i>Shade" not in answer.text
    assert "&lt;i&gt;Shade" in answer.text


def test_only_its_author_proposes_for_an_idea(browse: Browse, ideas: tuple[str, str]) -> None:
    mine, other = ideas
    for client in (english(browse), english(browse, "neighbour")):
        assert client.get(f"/ideas/{mine}/combine").status_code == 404
        assert propose(client, f"/ideas/{mine}/combine", others=other).status_code == 404
    assert "Propose to combine them" not in english(browse, "neighbour").get(f"/ideas/{mine}{EN}").text


def test_the_author_who_proposed_it_takes_it_back(app: Flask, browse: Browse, ideas: tuple[str, str]) -> None:
    mine, other = ideas
    author = english(browse, "resident")
    propose(author, f"/ideas/{mine}/combine", others=other)
    assert "Withdraw the proposal" in author.get(f"/ideas/{mine}/combine{EN}").text
    assert "Withdraw the proposal" not in english(browse, "neighbour").get(f"/ideas/{other}/combine{EN}").text
    assert post(english(browse, "neighbour"), f"/ideas/{other}/combine/withdraw", {}).status_code == 404
    assert post(author, f"/ideas/{mine}/combine/withdraw", {}).status_code == 303
    assert status_of(app, mine) == Status.RECEIVED


def test_a_coordinator_proposes_and_notes_what_an_author_told_them(
    app: Flask, browse: Browse, ideas: tuple[str, str]
) -> None:
    mine, other = ideas
    with writing(app) as session:
        thread_by_reference(session, other).channel = Channel.PHONE
    desk = english(browse, "coordinator")
    assert propose(desk, f"/staff/{mine}/combine", others=other).status_code == 303
    assert post(desk, f"/staff/{mine}/combine/answer", {"answer": "yes"}).status_code == 403  # is online
    assert "The author agrees" in desk.get(f"/staff/{other}{EN}").text
    assert post(desk, f"/staff/{other}/combine/answer", {"answer": "yes"}).status_code == 303
    assert status_of(app, other) == Status.RECEIVED  # the resident is still asked
    with writing(app) as session:
        made = find_open(session, [thread_by_reference(session, mine).id])
        assert made is not None
        idea, known = session.get_one(Thread, list_numbers(session, made)[0]), directory(session)
        author, now = resident(idea.author), idea.changed_at
        answer_proposal(session, made, idea, agrees=True, directory=known, by=author, now=now)
    assert status_of(app, other) == Status.COMBINED


def test_a_browser_that_only_voted_is_asked_on_the_page(
    app: Flask, browse: Browse, ideas: tuple[str, str]
) -> None:
    target, other = (f"/ideas/{reference}" for reference in ideas)
    voter = english(browse)
    voter.get(other)
    post(voter, f"{other}/vote", {})
    with writing(app) as session:
        combine(session, *(thread_by_reference(session, reference) for reference in ideas))
    assert "Carry my support over" in voter.get(other + EN).text
    assert "Carry my support over" not in english(browse).get(other + EN).text
    for pressed in ("leave", "carry", "carry"):
        assert post(voter, f"{other}/carry", {"answer": pressed}).status_code == 303
    assert "You support the combined idea" in voter.get(other + EN).text
    for address in (target, other):
        page = voter.get(address + EN).text
        assert page.count('class="lineage-box') == 2
        assert page.count('class="lineage-box lineage-box--here"') == 1
    with app.app_context():
        counts = [thread_by_reference(db.session(), reference).votes_total for reference in ideas]
    assert counts == [1, 0]
    assert post(english(browse), f"{other}/carry", {"answer": "carry"}).status_code == 404


def test_a_text_that_a_coordinator_wrote_for_all_has_a_page(
    app: Flask, browse: Browse, ideas: tuple[str, str]
) -> None:
    mine, other = ideas
    words = {"into": "joint", "title": "Shade", "text": "Trees and sails."}
    desk = english(browse, "coordinator")
    assert propose(desk, f"/staff/{mine}/combine", others=other, **words).status_code == 303
    with writing(app) as session:
        both = [thread_by_reference(session, reference) for reference in ideas]
        made = find_open(session, [both[0].id])
        assert made is not None
        for idea in both:
            author, now = resident(idea.author), idea.changed_at
            answer_proposal(
                session, made, idea, agrees=True, directory=directory(session), by=author, now=now
            )
        reference = session.get_one(Thread, made.target_id).reference
    page = english(browse).get(f"/ideas/{reference}{EN}")
    assert page.status_code == 200
    assert "Received." in page.text
    assert page.text.count('class="lineage-box') == 3


def test_a_hidden_idea_keeps_its_title_to_itself_in_the_picture(
    app: Flask, browse: Browse, ideas: tuple[str, str]
) -> None:
    with writing(app) as session:
        combine(session, *(thread_by_reference(session, reference) for reference in ideas))
        hidden = thread_by_reference(session, ideas[1])
        hidden.visibility, hidden.votes_total = "hidden", 77  # type: ignore[assignment]
    page = english(browse).get(f"/ideas/{ideas[0]}{EN}").text
    assert page.count("An idea that is") == 2  # in the picture and in the list
    assert "Put up a sail" not in page
    assert "77 supporters" not in page
