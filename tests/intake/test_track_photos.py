"""Photos that the sender adds later, from the tracking link."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.db import db
from portal.core.storage import get_store
from portal.core.worker import run_all
from portal.threads import receiving
from portal.threads.actions import withdraw
from portal.threads.additions import Photo, PhotoState
from portal.threads.events import resident
from portal.threads.models import Thread
from portal.threads.photo_work import show_photo
from portal.threads.photos import MOST_OF_A_PERSON, key_of_file
from portal.threads.queries import list_events
from tests.factories import NOW, add_person, count_queries, form_fields, make_report, person
from tests.photos import add as put
from tests.pictures import jpeg, post_files

LINK = "/track/secret"


@pytest.fixture
def report(session: Session) -> Thread:
    report = make_report(session, token="secret", author=add_person(session, "passer-by", verified=False))
    session.commit()
    return report


def add(client: FlaskClient, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    hidden = form_fields(client.get(f"{LINK}/photos?lang=en").text)
    return post_files(client, f"{LINK}/photos", hidden | fields, files)


def photos_now(session: Session) -> list[Photo]:
    session.rollback()
    return list(session.scalars(select(Photo).order_by(Photo.id)))


def test_the_sender_adds_photos_and_says_what_they_show(
    session: Session, client: FlaskClient, report: Thread
) -> None:
    assert f'href="{LINK}/photos"' in client.get(f"{LINK}?lang=en").text
    assert add(client, ("a.jpg", jpeg())).location == f"{LINK}/photos"
    (photo,) = photos_now(session)
    assert (photo.thread_id, photo.person_id, photo.state) == (
        report.id,
        report.author_id,
        PhotoState.FIRST_LOOK,
    )
    assert add(client, **{f"alt_{photo.key}": "The lamp again"}).location == LINK
    page = client.get(f"{LINK}?lang=en").text
    assert 'alt="The lamp again"' in page
    assert "Waits for a first look" in page
    assert "Added photos." in page
    (address,) = re.findall(r'src="(/photos/[^"]+)"', page)
    assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert client.get(address.partition("?")[0]).status_code == 404


def test_the_same_file_again_adds_nothing(session: Session, client: FlaskClient, report: Thread) -> None:
    for _again in range(2):
        add(client, ("a.jpg", jpeg()))
    assert len(photos_now(session)) == 1


def test_what_cannot_be_used_is_named_and_typed_words_stay(
    session: Session, client: FlaskClient, report: Thread
) -> None:
    put(session, report)
    session.commit()
    (photo,) = photos_now(session)
    answer = add(client, ("letter.pdf", b"%PDF"), **{f"alt_{photo.key}": "x" * 201})
    assert answer.status_code == 422
    assert "“letter.pdf” can&#39;t be used" in answer.text
    assert "x" * 201 in answer.text
    assert photos_now(session)[0].alt == "A dark lamp"


def test_words_that_staff_have_looked_at_stay(session: Session, client: FlaskClient, report: Thread) -> None:
    photo = put(session, report)
    show_photo(session, report, photo, by=resident(None), now=NOW)
    session.commit()
    add(client, **{f"alt_{photo.key}": "Something else"})
    assert photos_now(session)[0].alt == "A dark lamp"


def test_there_is_an_end_to_it(
    session: Session, client: FlaskClient, report: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mark in range(MOST_OF_A_PERSON - 1):
        put(session, report, mark=mark)
    session.commit()
    answer = add(client, ("a.jpg", jpeg(mark=10)), ("b.jpg", jpeg(mark=11)))
    assert answer.status_code == 422
    assert "There is no room for “b.jpg”." in answer.text
    assert len(photos_now(session)) == MOST_OF_A_PERSON
    monkeypatch.setattr(receiving, "UPLOADS_OF_ONE", 1)
    assert add(client, ("c.jpg", jpeg(mark=12))).status_code == 429


def test_too_much_at_once_leads_back(client: FlaskClient, report: Thread) -> None:
    answer = add(client, *[(f"{n}.jpg", bytes(9_000_000)) for n in range(7)])
    assert answer.location == f"{LINK}/photos"
    assert "That was too much at once." in client.get(answer.location).text


def test_what_has_ended_takes_no_photos(session: Session, client: FlaskClient, report: Thread) -> None:
    fields = form_fields(client.get(f"{LINK}/photos").text)
    withdraw(session, session.get_one(Thread, report.id), by=resident(None), now=NOW)
    session.commit()
    assert client.get(f"{LINK}/photos").location == LINK
    assert f'href="{LINK}/photos"' not in client.get(LINK).text
    assert post_files(client, f"{LINK}/photos", fields, (("a.jpg", jpeg()),)).location == LINK
    assert not photos_now(session)


def test_the_page_costs_the_same_whatever_it_holds(app: Flask, client: FlaskClient, report: Thread) -> None:
    def cost() -> int:
        with count_queries(app) as statements:
            assert client.get(f"{LINK}/photos").status_code == 200
        return len(statements)

    cost()
    none = cost()
    with app.app_context():
        thread = db.session.get_one(Thread, report.id)
        for mark in range(5):
            put(db.session(), thread, mark=mark)
        db.session.commit()
    assert cost() == none


def take_back(client: FlaskClient, key: str) -> TestResponse:
    return add(client, remove=key)


def test_the_sender_takes_a_photo_back_for_good(
    session: Session, client: FlaskClient, report: Thread
) -> None:
    kept, gone = put(session, report, mark=1), put(session, report, mark=2)
    show_photo(session, report, gone, by=resident(None), now=NOW)
    session.commit()
    for _twice in range(2):
        assert take_back(client, gone.key).location == f"{LINK}/photos"
    assert photos_now(session) == [kept]
    assert session.get_one(Thread, report.id).photos_total == 0
    assert client.get(f"{LINK}?lang=en").text.count("Took back a photo.") == 1
    seen_by_staff = [e.kind for e in list_events(session, report.id, "staff")]
    assert seen_by_staff.count("thread.photo_taken_back") == 1
    run_all(clock.now())
    left = {key_of_file(name) for name in get_store().list_older(NOW + timedelta(days=9999))}
    assert left == {kept.key}
    assert client.get(f"/photos/{gone.key}/large").status_code == 404


def test_nobody_takes_back_what_others_added_or_what_has_ended(
    session: Session, client: FlaskClient, report: Thread
) -> None:
    others = put(session, report, person=person(session, "neighbour"), mark=1)
    mine = put(session, report, mark=2)
    session.commit()
    page = client.get(f"{LINK}/photos?lang=en").text
    assert f'value="{mine.key}"' in page
    assert others.key not in page
    take_back(client, others.key)
    take_back(client, "nonsense")
    assert len(photos_now(session)) == 2
    fields = form_fields(client.get(f"{LINK}/photos").text)
    withdraw(session, session.get_one(Thread, report.id), by=resident(None), now=NOW)
    session.commit()
    assert post_files(client, f"{LINK}/photos", fields | {"remove": mine.key}, ()).location == LINK
    assert len(photos_now(session)) == 2
