"""The pages of the panel: for coordinators, panellists, departments and everybody."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.dates import today
from portal.core.tokens import sign
from portal.intake.queries import TRACKING
from portal.panels.models import Review, Seat, SeatState
from portal.panels.queries import find_review
from portal.threads.actions import withdraw
from portal.threads.events import resident
from portal.threads.models import Status
from portal.threads.votes import cast_vote
from tests.factories import NOW, Browse, directory, form_fields, person, thread_by_reference
from tests.panels.scenes import DAY, add_officer, add_panellist, call_under_review, open_idea, review_of
from tests.threads.publishing import writing

PAGE = "/staff/panels"


class English(Browse):
    """Opens browsers that ask for English."""

    def __call__(self, name: str | None = None) -> FlaskClient:
        client = super().__call__(name)
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client


@pytest.fixture
def browse(app: Flask) -> Browse:
    return English(app)


@pytest.fixture
def idea(app: Flask) -> str:
    """An idea of the open box, with three panellists about, one of whom supports it."""
    with writing(app) as session:
        made = open_idea(session)
        for name in ("wen", "lan"):
            add_panellist(session, name)
        cast_vote(session, made, add_panellist(session, "fan"), now=NOW)
        return made.reference


def send(client: FlaskClient, page: str, action: str, **fields: object) -> TestResponse:
    """Fill in the form of a page that goes to `action`, with what is hidden in it."""
    html = client.get(page).text
    forms = [form for form in re.findall(r"<form\b.*?</form>", html, re.S) if f'action="{action}"' in form]
    hidden = form_fields(forms[0] if forms else html)
    return client.post(action, data=hidden | fields)


def last_day(app: Flask) -> str:
    with app.app_context():
        return (today() + 10 * DAY).isoformat()


def test_a_coordinator_puts_an_idea_to_the_panel(app: Flask, browse: Browse, idea: str) -> None:
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    shown = client.get(page).text
    assert "wen" in shown
    assert "fan" not in shown  # she supports it
    ticked = re.findall(r'name="people" type="checkbox" value="(\d+)" checked', shown)
    assert len(ticked) == 3  # wen, lan, and the standing panellist
    fields = {"reason": "New, and it can be done.", "last_day": last_day(app), "people": ticked}
    answer = send(client, page, f"{page}/open", **fields)
    assert answer.status_code == 303
    again = send(client, page, f"{page}/open", **fields)
    assert again.status_code == 409
    with writing(app) as session:
        review = find_review(session, thread_by_reference(session, idea).id)
        assert review is not None
        assert len(session.scalars(select(Seat).where(Seat.review_id == review.id)).all()) == 3
    public = browse().get(f"/ideas/{idea}").text
    assert "New, and it can be done." in public
    assert "wen" not in public


def test_what_was_typed_is_kept_and_a_day_that_is_past_is_refused(
    app: Flask, browse: Browse, idea: str
) -> None:
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    answer = send(client, page, f"{page}/open", reason="A <b>bold</b> one", last_day="2020-01-01")
    assert answer.status_code == 422
    assert "A &lt;b&gt;bold&lt;/b&gt; one" in answer.text
    assert "still to come" in answer.text
    with writing(app) as session:
        assert session.scalars(select(Review)).all() == []


def test_an_idea_that_is_not_eligible_says_why(app: Flask, browse: Browse, idea: str) -> None:
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    assert send(client, page, f"{page}/refuse").status_code == 422
    assert send(client, page, f"{page}/refuse", reason="Outside the ward.").status_code == 303
    assert "Outside the ward." in browse().get(f"/ideas/{idea}").text
    with writing(app) as session:
        assert thread_by_reference(session, idea).status == Status.OPEN


def test_a_supporter_cant_be_seated_by_hand(app: Flask, browse: Browse, idea: str) -> None:
    with writing(app) as session:
        fan = person(session, "fan").id
    page = f"{PAGE}/{idea}"
    fields = {"reason": "New.", "last_day": last_day(app), "people": [fan]}
    answer = send(browse("coordinator"), page, f"{page}/open", **fields)
    assert answer.status_code == 422
    with writing(app) as session:
        assert session.scalars(select(Seat)).all() == []


def reviewed(app: Flask, reference: str, *names: str) -> None:
    with writing(app) as session:
        review_of(session, thread_by_reference(session, reference), [person(session, n) for n in names])


def state_of(app: Flask, name: str) -> SeatState:
    with writing(app) as session:
        return session.scalars(select(Seat).where(Seat.person_id == person(session, name).id)).one().state


def test_a_panellist_declares_an_interest_and_another_is_proposed(
    app: Flask, browse: Browse, idea: str
) -> None:
    reviewed(app, idea, "wen")
    wen = browse("wen")
    assert idea in wen.get("/staff/reviews").text
    page = f"/staff/reviews/{idea}"
    assert "resident" not in wen.get(page).text  # who wrote it
    answer = send(wen, page, f"{page}/interest", has_interest="yes")
    assert answer.status_code == 422
    assert "what your interest is" in answer.text
    answer = send(wen, page, f"{page}/interest", has_interest="yes", interest="My firm sells herbs.")
    assert answer.status_code == 303
    assert state_of(app, "wen") == SeatState.RECUSED
    shown = browse("coordinator").get(f"{PAGE}/{idea}").text
    assert "My firm sells herbs." in shown
    assert re.search(r'type="checkbox" value="\d+" checked.*?>lan<', shown)
    assert "My firm" not in browse("panellist").get(f"/staff/{idea}").text
    assert "wen" not in browse("panellist").get(f"/staff/{idea}").text


def test_a_panellist_without_an_interest_sits_and_cant_support(app: Flask, browse: Browse, idea: str) -> None:
    reviewed(app, idea, "wen")
    wen, page = browse("wen"), f"/staff/reviews/{idea}"
    assert send(wen, page, f"{page}/interest", has_interest="no").status_code == 303
    assert state_of(app, "wen") == SeatState.SITTING
    answer = send(wen, f"/ideas/{idea}", f"/ideas/{idea}/vote")
    assert answer.status_code == 409
    assert "You sit on the panel" in answer.text


def test_nobody_sees_the_seat_of_another(app: Flask, browse: Browse, idea: str) -> None:
    reviewed(app, idea, "wen")
    assert browse("lan").get(f"/staff/reviews/{idea}").status_code == 404
    assert browse("panellist").get(f"{PAGE}/{idea}").status_code == 403


def test_a_seat_can_be_taken_back_and_given_to_another(app: Flask, browse: Browse, idea: str) -> None:
    reviewed(app, idea, "wen")
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    number = re.findall(r"/seats/(\d+)/release", client.get(page).text)[0]
    assert send(client, page, f"{page}/seats/{number}/release").status_code == 303
    assert state_of(app, "wen") == SeatState.RELEASED
    assert browse("wen").get(f"/staff/reviews/{idea}").status_code == 404
    with writing(app) as session:
        lan = person(session, "lan").id
    nobody = send(client, f"{page}?lang=en", f"{page}/seats")
    assert nobody.status_code == 422
    assert "Please choose at least one." in nobody.text
    assert send(client, page, f"{page}/seats", people=[lan]).status_code == 303
    assert state_of(app, "lan") == SeatState.ASKED


def test_two_tabs_notice_each_other(app: Flask, browse: Browse, idea: str) -> None:
    reviewed(app, idea, "wen")
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    with writing(app) as session:
        lan, old = person(session, "lan").id, form_fields(client.get(page).text)
        session.scalars(select(Review)).one().revision += 1
    answer = client.post(f"{page}/seats", data=old | {"people": [lan]})
    assert answer.status_code == 409
    assert "Someone else changed this" in answer.text


def test_departments_say_side_by_side_what_it_takes(app: Flask, browse: Browse, idea: str) -> None:
    with writing(app) as session:
        add_officer(session, "gardener", "labour")
    reviewed(app, idea, "wen")
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    with writing(app) as session:
        labour = directory(session).department_codes["labour"].id
    gardener = browse("gardener")
    assert gardener.get(f"/staff/appraisals/{idea}").status_code == 404
    assert send(client, page, f"{page}/departments", department=labour).status_code == 303
    assert idea in gardener.get("/staff/appraisals").text
    mine = f"/staff/appraisals/{idea}"
    said = {
        "department": labour,
        "cost": "About 3,000 yuan",
        "duration": "Two weeks",
        "words": "Water is near.",
    }
    assert send(gardener, mine, mine, **said).status_code == 422
    answer = gardener.post(mine, data=form_fields(gardener.get(mine).text) | said | {"feasibility": "4"})
    assert answer.status_code == 303
    for who, where in (("coordinator", page), ("wen", f"/staff/reviews/{idea}")):
        shown = browse(who).get(where).text
        assert "About 3,000 yuan" in shown
        assert "Two weeks" in shown
    assert "About 3,000 yuan" not in browse().get(f"/ideas/{idea}").text  # not before it is decided
    with writing(app) as session:
        thread = thread_by_reference(session, idea)
        withdraw(session, thread, by=resident(thread.author), now=NOW)
    assert gardener.get(mine).status_code == 404


def test_the_author_is_told_first_then_everybody(app: Flask, browse: Browse, idea: str) -> None:
    reviewed(app, idea, "wen")
    client, page = browse("coordinator"), f"{PAGE}/{idea}/decide"
    fields = {"choice": "decided_pilot", "reason": "Let us try it.", "dissent": "One fears mice."}
    answer = client.post(page, data=form_fields(client.get(page).text) | fields)
    assert answer.status_code == 422
    assert "One fears mice." in answer.text
    fields["without"] = "It is small."
    answer = client.post(page, data=form_fields(client.get(page).text) | fields)
    assert answer.status_code == 303
    public = browse()
    assert "Let us try it." not in public.get(f"/ideas/{idea}").text
    assert "Let us try it." not in public.get("/decisions").text
    assert "Let us try it." in client.get("/staff/panels/decisions").text
    assert "Let us try it." in browse("panellist").get(f"/staff/{idea}").text
    link = track_link(app, idea)
    assert "Let us try it." in public.get(link).text
    answer = public.post(link, data=form_fields(public.get(link).text) | {"move": "told"})
    assert answer.status_code == 303
    for where in (f"/ideas/{idea}", "/decisions"):
        shown = browse().get(where).text
        for words in ("Let us try it.", "One fears mice.", "It is small."):
            assert words in shown


def track_link(app: Flask, reference: str) -> str:
    with writing(app) as session:
        thread = thread_by_reference(session, reference)
        return f"/track/{sign(TRACKING, thread.id)}"


def test_an_idea_of_a_call_is_decided_on_the_panels_pages_alone(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        _call, idea = call_under_review(session)
        reference = idea.reference
    client = browse("coordinator")
    assert reference in client.get(PAGE).text
    assert "decided_pilot" not in client.get(f"/staff/{reference}").text
    page = client.get(f"{PAGE}/{reference}/decide").text
    assert "decided now" in page


def test_panellists_say_what_they_know(app: Flask, browse: Browse) -> None:
    with writing(app) as session:
        me = person(session, "panellist").id
        add_panellist(session, "wen")
    client, page = browse("panellist"), f"/staff/reviews/knowledge/{me}"
    answer = client.post(page, data=form_fields(client.get(page).text) | {"categories": ["fire", "<no>"]})
    assert answer.status_code == 303
    assert re.search(r'value="fire" checked', client.get(page).text)
    assert "Nothing said yet" in browse("administrator").get("/staff/reviews/knowledge").text
    assert browse("wen").get(page).status_code == 404


def test_the_panel_is_given_more_time(app: Flask, browse: Browse, idea: str) -> None:
    reviewed(app, idea, "wen")
    client, page = browse("coordinator"), f"{PAGE}/{idea}"
    assert send(client, page, f"{page}/day", last_day="2020-01-01").status_code == 422
    with app.app_context():
        later = today() + 20 * DAY
    assert send(client, page, f"{page}/day", last_day=later.isoformat()).status_code == 303
    with writing(app) as session:
        assert session.scalars(select(Review)).one().last_day == later
    assert "The panel has until" in browse().get(f"/ideas/{idea}").text
