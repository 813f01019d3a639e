"""What staff take down for somebody, and the sheet that person takes home."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import Contact, Person, RoleName
from portal.communities.models import Place, PlaceKind
from portal.core.db import db
from portal.intake.access import taking_role
from portal.threads.additions import Photo
from portal.threads.models import Event, Visibility
from tests import factories
from tests.factories import Browse, add_role, count_queries, make_report, person
from tests.intake.walking import count_threads, newest_thread
from tests.pictures import jpeg

WORDS = "The railing on the stairs of block 7 is loose, says the lady from the third floor."
FORM = {
    "kind": "report",
    "channel": "phone",
    "text": WORDS,
    "place": "liu-1",
    "spot": "",
    "address": "block 7",
    "language": "zh-Hant",
}
PAGE = "/staff/enter?lang=en"


def enter(client: FlaskClient, **fields: Any) -> TestResponse:
    hidden = factories.form_fields(client.get(PAGE).text)
    return client.post("/staff/enter", data=hidden | FORM | fields)


def events_of(app: Flask, kind: str) -> list[Event]:
    with app.app_context():
        return list(db.session.scalars(select(Event).where(Event.kind == kind)).all())


def test_what_came_by_telephone_is_taken_down(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    answer = enter(client, name="Old Mrs Quan", phone="138 0013 8000", consent="y")
    thread = newest_thread(client)
    assert answer.location == f"/staff/{thread.reference}/taken"
    assert (thread.channel, thread.language, thread.address) == ("phone", "zh-Hant", "block 7")
    assert (thread.author.name, thread.author.email) == ("Old Mrs Quan", None)
    assert not thread.author_name_shown
    with app.app_context():
        coordinator = person(db.session(), "coordinator")
        contact = db.session.scalars(select(Contact)).one()
        assert contact.person_id == thread.author_id != coordinator.id
        assert contact.noted_by_id == coordinator.id
        (event,) = db.session.scalars(select(Event).where(Event.kind == "thread.submitted"))
        assert (event.actor_id, event.actor_role) == (coordinator.id, "coordinator")
        assert event.data == {"channel": "phone"}


def test_the_timeline_says_how_it_came_without_a_name(browse: Browse) -> None:
    client = browse("officer")
    enter(client, name="Old Mrs Quan", consent="y", channel="walk_in")
    thread = newest_thread(client)
    page = browse().get(f"/reports/{thread.reference}?lang=en").text
    assert "Taken down at the office for a resident." in page
    assert "Department" in page
    assert "Quan" not in page
    assert WORDS in page, "staff have read it: it needs no first look"


def test_a_private_one_stays_private(browse: Browse) -> None:
    client = browse("coordinator")
    enter(client, private="y")
    assert newest_thread(client).visibility == Visibility.PRIVATE


def test_those_who_share_a_telephone_are_two_people(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    for text in (WORDS, "The drain in front of block 3 is blocked."):
        enter(client, text=text, phone="138 0013 8000", consent="y")
    with app.app_context():
        people = db.session.scalars(select(Contact.person_id)).all()
        assert len(set(people)) == 2


def test_who_leaves_nothing_is_a_person_too(browse: Browse) -> None:
    client = browse("coordinator")
    enter(client, channel="paper")
    author = newest_thread(client).author
    assert (author.name, author.email) == ("", None)


def test_a_known_address_leads_to_no_account(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    enter(client, email="resident@example.org", consent="y")
    with app.app_context():
        assert newest_thread(client).author_id != person(db.session(), "resident").id


def test_what_is_kept_of_a_person_needs_their_consent(client: FlaskClient, browse: Browse) -> None:
    client = browse("coordinator")
    answer = enter(client, name="Old Mrs Quan", phone="138 0013 8000")
    assert answer.status_code == 422
    assert "Please ask whether we may keep this" in answer.text
    for typed in ("Old Mrs Quan", "138 0013 8000", WORDS, "block 7"):
        assert typed in answer.text
    assert re.search(r'value="liu-1" selected', answer.text)
    assert count_threads(client) == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("text", "😀", "Please write in words"),
        ("phone", "ask the neighbour", "Please write the number in digits"),
        ("email", "lin at home", "Please write the address as in"),
        ("place", "qiao-1", "Please choose a community"),
        ("place", "", "Please choose a community"),
        ("channel", "web", "Not a valid choice"),
        ("kind", "rumour", "Not a valid choice"),
        ("language", "fr", "Not a valid choice"),
        ("key", "", "Please load the page again"),
    ],
)
def test_bad_input_is_shown_again(browse: Browse, field: str, value: str, message: str) -> None:
    client = browse("officer")
    answer = enter(client, consent="y", **{field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert "block 7" in answer.text
    assert count_threads(client) == 0


def test_a_double_click_is_one(browse: Browse) -> None:
    client = browse("coordinator")
    fields = factories.form_fields(client.get(PAGE).text) | FORM
    first = client.post("/staff/enter", data=fields)
    assert client.post("/staff/enter", data=fields).location == first.location
    assert count_threads(client) == 1


def test_going_back_and_writing_the_next_one_loses_nothing(browse: Browse) -> None:
    client = browse("coordinator")
    fields = factories.form_fields(client.get(PAGE).text) | FORM
    first = client.post("/staff/enter", data=fields)
    second = client.post("/staff/enter", data=fields | {"text": "Another matter: the bin room smells."})
    assert second.location != first.location
    assert count_threads(client) == 2


def test_photos_are_kept_through_an_error(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    answer = enter(client, text="", photos=(BytesIO(jpeg()), "railing.jpg"))
    assert answer.status_code == 422
    assert "1 photo is kept." in answer.text
    hidden = factories.form_fields(answer.text)
    answer = client.post("/staff/enter", data=hidden | FORM | {"alt": "A loose railing"})
    assert answer.status_code == 303
    with app.app_context():
        photo = db.session.scalars(select(Photo)).one()
        assert (photo.thread_id, photo.alt) == (newest_thread(client).id, "A loose railing")
        assert photo.person_id == newest_thread(client).author_id


def test_going_back_to_an_error_after_sending_carries_no_photo_twice(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    hidden = factories.form_fields(enter(client, text="", photos=(BytesIO(jpeg()), "railing.jpg")).text)
    first = client.post("/staff/enter", data=hidden | FORM)
    second = client.post("/staff/enter", data=hidden | FORM | {"text": f"{WORDS} And the lamp is dark."})
    assert (second.status_code, count_threads(client)) == (303, 2)
    with app.app_context():
        photo = db.session.scalars(select(Photo)).one()
        assert factories.thread_by_reference(db.session(), first.location.split("/")[2]).id == photo.thread_id


def test_a_file_that_is_no_photo_is_named(browse: Browse) -> None:
    client = browse("coordinator")
    answer = enter(client, photos=(BytesIO(b"no picture"), "list.jpg"))
    assert answer.status_code == 422
    assert "list.jpg" in answer.text
    assert WORDS in answer.text


def test_forged_photos_are_not_taken(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    assert enter(client, kept="forged").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Photo)).all() == []


def test_the_page_says_where_it_went_and_offers_the_next(browse: Browse) -> None:
    client = browse("coordinator")
    enter(client, channel="walk_in")
    thread = newest_thread(client)
    page = client.get(f"/staff/{thread.reference}/taken?lang=en").text
    assert thread.reference in page
    assert 'href="/staff/enter?place=liu-1&amp;channel=walk_in"' in page
    assert f'href="/staff/{thread.reference}"' in page
    following = client.get("/staff/enter?place=liu-1&channel=walk_in").text
    assert re.search(r'value="walk_in" checked', following)
    assert re.search(r'value="liu-1" selected', following)


def print_slip(client: FlaskClient, reference: str, language: str = "en") -> TestResponse:
    hidden = factories.form_fields(client.get(f"/staff/{reference}/taken").text)
    return client.post(f"/staff/{reference}/slip", data=hidden | {"language": language})


def test_the_sheet_to_take_home_holds_the_way_back_and_no_more(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    enter(client, name="Old Mrs Quan", phone="138 0013 8000", consent="y")
    thread = newest_thread(client)
    answer = print_slip(client, thread.reference)
    assert answer.headers["Cache-Control"] == "no-store"
    assert thread.reference in answer.text
    assert 'class="qr"' in answer.text
    assert "119" in answer.text
    for personal in ("Quan", "138", WORDS, "block 7"):
        assert personal not in answer.text
    link = re.search(r"http://127\.0\.0\.1:8000(/track/[^<\s]+)", answer.text)
    assert link
    assert WORDS in browse().get(link.group(1)).text
    assert link.group(1) not in client.get(f"/staff/{thread.reference}/taken").text


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-Hans", 'lang="zh-Hans" data-paper'), ("zh-Hant", 'lang="zh-Hant" data-paper')],
)
def test_it_is_printed_in_the_language_of_the_person(browse: Browse, language: str, words: str) -> None:
    client = browse("coordinator")
    enter(client)
    reference = newest_thread(client).reference
    assert f'lang="{language}" data-paper' in print_slip(client, reference, language).text
    assert 'lang="en"' in client.get(f"/staff/{reference}/taken").text, "staff keep their own"


def test_that_it_was_printed_is_recorded_once_in_a_row(app: Flask, browse: Browse) -> None:
    client = browse("coordinator")
    enter(client)
    reference = newest_thread(client).reference
    print_slip(client, reference)
    print_slip(client, reference, "zh-Hans")
    (event,) = events_of(app, "thread.slip_printed")
    assert event.visibility == "staff"
    assert print_slip(client, reference, "fr").status_code == 422
    assert client.get(f"/staff/{reference}/slip").location == f"/staff/{reference}/taken"


def test_the_private_link_of_others_is_nobodys_to_print(app: Flask, browse: Browse) -> None:
    with app.app_context():
        sent = make_report(db.session()).reference
        db.session.commit()
    assert browse("coordinator").get(f"/staff/{sent}/taken").status_code == 404, "sent by the web"
    enter(browse("coordinator"))
    taken = newest_thread(browse()).reference
    assert browse("officer").get(f"/staff/{taken}/taken").status_code == 404, "a colleague took it down"
    enter(browse("officer"), text="Something else altogether.")
    of_officer = newest_thread(browse()).reference
    assert browse("officer").get(f"/staff/{of_officer}/taken").status_code == 200
    assert browse("coordinator").get(f"/staff/{of_officer}/taken").status_code == 200


def test_a_role_is_for_its_place_and_what_is_below(session: Session) -> None:
    places = factories.directory(session).place_codes
    officer = person(session, "officer")
    assert taking_role(officer, places["liu-1"]) == RoleName.OFFICER
    assert taking_role(officer, places["qiao-1"]) is None
    assert taking_role(officer, places["yunhe"]) is None, "a part of the district is not the whole"
    assert taking_role(person(session, "coordinator"), places["yunhe"]) == RoleName.COORDINATOR
    assert taking_role(person(session, "panellist"), places["liu-1"]) is None
    officer.is_blocked = True
    assert taking_role(officer, places["liu-1"]) is None


def test_a_grid_worker_takes_down_for_the_community(session: Session) -> None:
    community = session.scalars(select(Place).where(Place.code == "liu-1")).one()
    grid = factories._place(session, "liu-1-a", PlaceKind.GRID, community, "一格", "Grid A")
    worker = Person(name="grid", created_at=factories.NOW)
    session.add(worker)
    session.flush()
    add_role(session, worker, RoleName.COORDINATOR, grid, None)
    session.refresh(worker)
    places = factories.directory(session).place_codes
    assert taking_role(worker, places["liu-1"]) == RoleName.COORDINATOR
    assert taking_role(worker, places["liu-2"]) is None


def test_the_page_costs_the_same_whatever_there_is(app: Flask, browse: Browse) -> None:
    client, costs = browse("coordinator"), []
    for _round in range(2):
        for number in range(3):
            enter(client, text=f"Matter {number} of round {_round}", name="Quan", consent="y")
        client.get(PAGE)
        with count_queries(app) as queries:
            client.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_staff_see_how_it_came_and_who_told_it(browse: Browse) -> None:
    client = browse("coordinator")
    enter(client, name="Old Mrs Quan", consent="y")
    thread = newest_thread(client)
    page = client.get(f"/staff/{thread.reference}?lang=en").text
    assert "By telephone" in page
    assert "Quan" in page
    lists = "/staff/desk" if thread.needs_sorting else "/staff/queue"
    assert "By telephone" in client.get(f"{lists}?lang=en").text
