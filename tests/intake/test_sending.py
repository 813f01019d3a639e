"""The last step: sent once, whatever happens, and the page that says so."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.core import clock
from portal.core.dates import day
from portal.core.db import db
from portal.core.i18n import in_language
from portal.core.tokens import digest
from portal.intake import check
from portal.intake.models import Draft
from portal.routing.actions import newest_decision
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from portal.threads.models import Kind, Statement, Status, Visibility
from portal.triage.actions import sort_as_idea
from tests import factories
from tests.factories import NOW
from tests.intake.walking import GAS, WORDS, Walk, count_threads, newest_thread


def reference_on(page: str) -> str:
    found = re.search(r'class="sent__reference">([\d-]+)<', page)
    assert found
    return found[1]


def tracking_address_on(page: str) -> str:
    found = re.search(r'class="track-link" href="http://localhost(/track/[^"]+)"', page)
    assert found
    return found[1]


def test_a_report_is_sent_and_confirmed(client: FlaskClient) -> None:
    walk = Walk(client)
    assert walk.send().location == "/report/sent"
    thread = newest_thread(client)
    page = walk.sent_page()
    assert reference_on(page) == thread.reference
    assert thread.kind == Kind.REPORT
    assert thread.language == "en"
    assert client.get(tracking_address_on(page)).status_code == 200
    with client.application.app_context():
        assert db.session.scalars(select(Statement.text)).all() == [WORDS]
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_confirmation_survives_a_reload(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send()
    first, again = walk.sent_page(), walk.sent_page()
    assert reference_on(first) == reference_on(again)
    assert tracking_address_on(first) == tracking_address_on(again)


def test_nobody_else_sees_the_confirmation(client: FlaskClient, browse: factories.Browse) -> None:
    Walk(client).send()
    assert browse().get("/report/sent").location == "/report/words"


def test_only_a_digest_of_the_tracking_link_is_kept(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send()
    token = tracking_address_on(walk.sent_page()).rsplit("/", 1)[1]
    assert newest_thread(client).tracking_digest == digest(token)


def test_an_idea_goes_to_the_innovation_queue(client: FlaskClient) -> None:
    walk = Walk(client, "propose")
    walk.send("We could plant a shared herb garden in the empty bed beside the gate.")
    assert newest_thread(client).kind == Kind.IDEA
    assert "It went to: The innovation queue" in walk.sent_page()


@pytest.mark.usefixtures("no_model")
def test_not_sure_stays_for_a_person_to_sort(client: FlaskClient) -> None:
    walk = Walk(client, "tell")
    walk.send()
    thread = newest_thread(client)
    assert thread.kind == Kind.UNDECIDED
    assert thread.needs_sorting
    assert "A person will sort it" in walk.sent_page()


@pytest.mark.usefixtures("sure_of_lamps")
def test_not_sure_is_sorted_at_once_where_the_words_are_clear(client: FlaskClient) -> None:
    Walk(client, "tell").send()
    thread = newest_thread(client)
    assert thread.kind == Kind.REPORT
    assert thread.status == Status.WITH_DEPARTMENT


@pytest.mark.usefixtures("sure_of_lamps")
def test_where_it_went_and_why_is_said(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send()
    thread, page = newest_thread(client), walk.sent_page()
    with client.application.app_context(), in_language("en"):
        directory = factories.directory(db.session())
        assert f"It went to: {directory.departments[thread.department_id or 0].name}" in page
        days = directory.category_codes["roads-paving"].answer_days
        assert f"within {days} days, by {day(thread.due_at)}" in page
    assert "because of these words of yours:" in page
    chips = '<li class="weight-3">lamp</li><li class="weight-2">dark</li><li class="weight-1">week</li></ul>'
    assert chips in page


@pytest.mark.usefixtures("unsure_of_lamps")
def test_an_idea_without_category_has_no_words_as_its_reason(client: FlaskClient) -> None:
    walk = Walk(client, "propose")
    walk.send()
    page = walk.sent_page()
    assert "Every idea goes to the innovation queue" in page
    assert "these words of yours" not in page


@pytest.mark.usefixtures("no_model")
def test_a_person_who_sorted_it_is_named_as_the_reason(client: FlaskClient) -> None:
    walk = Walk(client, "tell")
    walk.send()
    with client.application.app_context():
        session = db.session()
        coordinator = factories.person(session, "coordinator")
        thread = lock_thread(session, newest_thread(client).id)
        sort_as_idea(session, thread, None, by=Actor(coordinator, "coordinator"), now=NOW)
        session.commit()
    assert "A person read it and sorted it." in walk.sent_page()


@pytest.mark.usefixtures("no_model")
def test_without_a_model_it_goes_to_the_desk(client: FlaskClient) -> None:
    walk = Walk(client)
    assert walk.send().location == "/report/sent"
    thread = newest_thread(client)
    assert thread.needs_sorting
    assert reference_on(walk.sent_page()) == thread.reference
    with client.application.app_context():
        decision = newest_decision(db.session(), thread.id)
        assert decision is not None
        assert decision.decided_by == "nobody"


@pytest.mark.usefixtures("no_model")
def test_danger_is_known_without_a_model(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send(GAS)
    assert newest_thread(client).is_urgent
    assert 'href="tel:119"' in walk.sent_page()


def test_a_private_report_is_counted_and_nothing_else(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send(private="y")
    thread = newest_thread(client)
    assert thread.visibility == Visibility.PRIVATE
    assert client.get(f"/reports/{thread.reference}").status_code == 404
    start = client.get("/").text
    assert '<span class="stat__number">1</span><span class="stat__label">submission this month' in start
    assert thread.reference not in client.get("/reports").text
    assert "lamp" not in start


def test_words_of_the_unverified_wait_for_a_first_look(client: FlaskClient) -> None:
    Walk(client).send()
    assert newest_thread(client).visibility == Visibility.FIRST_LOOK
    start = client.get("/").text
    assert "Waiting for a first look" in start
    assert "stumble" not in start


def test_a_verified_account_is_the_author(browse: factories.Browse) -> None:
    client = browse("resident")
    Walk(client).send(how="account", name_shown="y")
    thread = newest_thread(client)
    assert thread.author.name == "resident"
    assert thread.visibility == Visibility.PUBLIC
    assert thread.author_name_shown


def test_a_name_is_shown_only_with_an_account(browse: factories.Browse) -> None:
    client = browse("resident")
    Walk(client).send(how="anonymous", name_shown="y")
    thread = newest_thread(client)
    assert not thread.author_name_shown
    assert thread.author.name == ""
    assert thread.author.email is None


def test_an_address_never_leads_to_an_account(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send(how="email", email="Resident@Example.org")
    author = newest_thread(client).author
    assert author.email == "resident@example.org"
    assert author.email_confirmed_at is None
    assert author.name == ""
    page = walk.sent_page()
    assert "we send a mail to resident@example.org" in page
    assert "confirm that the address is yours" in page


def test_the_anonymous_are_new_each_time(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send()
    first = newest_thread(client).author_id
    walk.send("Another matter: the door of the bin room does not close.")
    assert newest_thread(client).author_id != first


def test_a_named_place_tells_the_community(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    walk.where("yunhe", spot="liu-1-gate", address="  left \n side ")
    walk.who()
    client.post(walk.at("check"), data=factories.form_fields(walk.open("check")))
    thread = newest_thread(client)
    with client.application.app_context():
        places = factories.directory(db.session()).place_codes
    assert thread.place_id == places["liu-1"].id
    assert thread.spot_id == places["liu-1-gate"].id
    assert thread.address == "left side"


def test_a_double_click_is_one_submission(client: FlaskClient) -> None:
    walk = Walk(client)
    fields = factories.form_fields(walk.to_check())
    kept = client.get_cookie("linli_drafts")
    assert client.post("/report/check", data=fields).location == "/report/sent"
    first = walk.sent_page()
    assert kept
    client.set_cookie("linli_drafts", kept.value)  # the second click went out with the first one's cookie
    assert client.post("/report/check", data=fields).location == "/report/sent"
    assert count_threads(client) == 1
    assert reference_on(walk.sent_page()) == reference_on(first)
    assert tracking_address_on(walk.sent_page()) == tracking_address_on(first)


@pytest.mark.parametrize("step", ["words", "where", "who", "check"])
def test_sent_again_after_going_back_is_one_submission(client: FlaskClient, step: str) -> None:
    walk = Walk(client)
    walk.to_check()
    old = factories.form_fields(walk.open(step)) | {"text": WORDS, "place": "liu-1", "how": "anonymous"}
    client.post("/report/check", data=factories.form_fields(walk.open("check")))
    assert client.post(walk.at(step), data=old).location == "/report/sent"
    assert count_threads(client) == 1


def test_going_back_after_sending_shows_what_was_sent(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send()
    for step in ("where", "who", "check"):
        assert client.get(walk.at(step)).location == "/report/sent"


def test_a_new_draft_begins_once_the_old_was_sent(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send()
    assert WORDS not in walk.open("words")
    walk.send("Another matter: the door of the bin room does not close.")
    assert count_threads(client) == 2


def test_the_same_words_sent_by_two_people_are_two_submissions(
    client: FlaskClient, browse: factories.Browse
) -> None:
    Walk(client).send()
    Walk(browse()).send()
    assert count_threads(client) == 2


def test_two_clicks_at_the_very_same_time_are_one_submission(app: Flask, client: FlaskClient) -> None:
    walk = Walk(client)
    fields = factories.form_fields(walk.to_check())
    barrier = Barrier(2)

    def click(_number: int) -> str | None:
        browser = app.test_client()
        for name in ("linli_drafts", "linli_session", "linli_language"):
            kept = client.get_cookie(name)
            assert kept
            browser.set_cookie(name, kept.value)
        barrier.wait()
        assert browser.post("/report/check", data=fields).location == "/report/sent"
        return reference_on(browser.get("/report/sent").text)

    with ThreadPoolExecutor(2) as pool:
        references = list(pool.map(click, range(2)))
    assert len(set(references)) == 1
    assert count_threads(client) == 1


def test_what_was_changed_in_another_window_is_shown_first(client: FlaskClient) -> None:
    walk = Walk(client)
    old = factories.form_fields(walk.to_check())
    walk.words("Now about something else: the bench.")
    assert client.post("/report/check", data=old).location == "/report/check"
    page = walk.open("check")
    assert "changed in another window" in page
    assert "Now about something else" in page
    assert count_threads(client) == 0


def test_nothing_is_sent_before_everything_is_answered(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words()
    fields = factories.form_fields(walk.open("where"))
    assert client.post("/report/check", data=fields).location == "/report/where"
    assert count_threads(client) == 0


def test_sending_without_a_draft_leads_to_the_words(client: FlaskClient) -> None:
    fields = factories.form_fields(Walk(client).open("words"))
    assert client.post("/report/check", data=fields).location == "/report/words"
    assert count_threads(client) == 0


def test_a_broken_database_write_leaves_the_draft_and_no_half_submission(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk(client)
    fields = factories.form_fields(walk.to_check())

    def break_off(*_args: object, **_values: object) -> None:
        raise RuntimeError("lost power")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with monkeypatch.context() as broken:
        broken.setattr("portal.threads.actions.record_event", break_off)
        assert client.post("/report/check", data=fields).status_code == 500
    assert count_threads(client) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Statement)) == 0
    assert client.post("/report/check", data=fields).location == "/report/sent"
    assert count_threads(client) == 1


def test_a_browser_that_sends_too_often_must_wait_and_loses_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, browse: factories.Browse
) -> None:
    monkeypatch.setattr(check, "SENT_BY_A_BROWSER", 2)
    with clock.frozen(NOW):
        walk = Walk(client)
        walk.send()
        walk.send()
        answer = walk.send("The third matter within an hour.")
        assert answer.status_code == 429
        assert "The third matter within an hour." in answer.text
        assert "What you wrote is kept." in answer.text
        assert Walk(browse()).send().status_code == 303  # others at the same address still can
    with clock.frozen(NOW + timedelta(hours=2)):
        assert "The third matter" in walk.open("check")
        fields = factories.form_fields(walk.open("check"))
        assert client.post("/report/check", data=fields).location == "/report/sent"


def test_an_address_that_sends_far_too_often_must_wait(
    browse: factories.Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "SENT_FROM_AN_ADDRESS", 1)
    assert Walk(browse()).send().status_code == 303
    assert Walk(browse()).send().status_code == 429


def test_an_urgent_submission_keeps_the_numbers_in_sight(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.send(GAS)
    assert newest_thread(client).is_urgent
    assert 'href="tel:119"' in walk.sent_page()
