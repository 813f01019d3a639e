"""Photos added to a draft: kept through errors, seen by its browser alone, sent with the words."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.core.outbox import Job
from portal.core.storage import StoreFailed
from portal.intake.models import DraftPhoto
from portal.threads import receiving
from portal.threads.additions import Photo, PhotoState
from tests import factories
from tests.intake.walking import GAS, Walk, newest_thread
from tests.pictures import draw, encode, jpeg, post_files

MB = 1024 * 1024


def add(walk: Walk, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    """Choose files at the photo step and send its form."""
    hidden = factories.form_fields(walk.open("photos"))
    return post_files(walk.client, walk.at("photos"), hidden | fields, files)


def rows(client: FlaskClient, table: Any = DraftPhoto) -> list[Any]:
    with client.application.app_context():
        found = list(db.session.scalars(select(table).order_by(table.id)))
        db.session.expunge_all()
        return found


@pytest.fixture
def walk(client: FlaskClient) -> Walk:
    """A browser that has written its words."""
    walk = Walk(client)
    walk.words()
    return walk


def test_a_photo_is_added_and_asked_about(walk: Walk) -> None:
    assert "up to 10 MB each" in walk.open("photos")
    assert add(walk, ("lamp.jpg", jpeg())).location == "/report/photos"
    page = walk.open("photos")
    assert "What can be seen in photo 1?" in page
    assert "There is room for 4 photos" in page


def test_it_can_be_passed_by(walk: Walk) -> None:
    assert add(walk).location == "/report/where"
    assert walk.open("where")


def test_what_can_be_seen_is_kept_and_stands_on_the_check_page(walk: Walk) -> None:
    add(walk, ("lamp.jpg", jpeg()))
    key = rows(walk.client)[0].key
    assert add(walk, **{f"alt_{key}": "A dark lamp"}).location == "/report/where"
    walk.where()
    walk.who()
    assert 'alt="A dark lamp"' in walk.open("check")


def test_files_chosen_with_next_are_added_first(walk: Walk) -> None:
    walk.where()
    walk.who()
    assert add(walk, ("lamp.jpg", jpeg())).location == "/report/photos"
    assert add(walk).location == "/report/check"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_each_kind_is_taken(walk: Walk, kind: str) -> None:
    add(walk, ("a.bin", encode(draw(), kind)))
    assert len(rows(walk.client)) == 1


def test_the_same_file_twice_is_one(walk: Walk) -> None:
    add(walk, ("a.jpg", jpeg()), ("b.jpg", jpeg()))
    add(walk, ("c.jpg", jpeg()))
    assert len(rows(walk.client)) == 1


def test_what_is_wrong_is_said_of_each_file_and_the_others_are_kept(walk: Walk) -> None:
    add(walk, ("first.jpg", jpeg()))
    first = rows(walk.client)[0].key
    answer = add(
        walk,
        ("broken.jpg", jpeg(mark=1)[:1000]),
        ("letter<b>.jpg", b"%PDF-1.7"),
        ("good.png", encode(draw(mark=2), "PNG")),
        **{f"alt_{first}": "x" * 201},
    )
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert "“broken.jpg” can&#39;t be used" in answer.text
    assert "letter&lt;b&gt;.jpg" in answer.text
    assert "x" * 201 in answer.text
    assert "Please use at most 200 characters." in answer.text
    assert len(rows(walk.client)) == 2
    assert rows(walk.client)[0].alt == ""


def test_ten_megabytes_and_five_photos_are_the_limit(walk: Walk) -> None:
    large = jpeg() + bytes(10 * MB)
    assert "“large.jpg” is larger than 10 MB" in add(walk, ("large.jpg", large)).text
    many = [(f"{n}.jpg", jpeg(mark=n)) for n in range(6)]
    answer = add(walk, *many)
    assert answer.status_code == 422
    assert "There is no room for “5.jpg”." in answer.text
    assert len(rows(walk.client)) == 5
    assert 'type="file"' not in walk.open("photos")


def test_too_much_at_once_loses_nothing(walk: Walk) -> None:
    add(walk, ("a.jpg", jpeg()))
    answer = add(walk, *[(f"{n}.jpg", bytes(9 * MB)) for n in range(7)])
    assert answer.location == "/report/photos"
    page = walk.open("photos")
    assert "That was too much at once." in page
    assert "What can be seen in photo 1?" in page


def test_other_forms_stay_small(walk: Walk) -> None:
    assert walk.words("x" * 1_100_000).status_code == 413


def test_a_photo_is_taken_out_with_its_files(walk: Walk) -> None:
    add(walk, ("a.jpg", jpeg()), ("b.jpg", jpeg(mark=1)))
    first, second = rows(walk.client)
    typed = {f"alt_{second.key}": "The other"}
    assert add(walk, remove=first.key, **typed).location == "/report/photos"
    assert [(p.key, p.alt) for p in rows(walk.client)] == [(second.key, "The other")]
    assert first.key in [job.payload.get("key") for job in rows(walk.client, Job)]
    add(walk, remove="0" * 32)
    assert len(rows(walk.client)) == 1


def test_only_the_browser_that_writes_it_sees_a_draft_s_photo(walk: Walk, app: Flask) -> None:
    add(walk, ("a.jpg", jpeg()))
    address = f"/report/photos/{rows(walk.client)[0].key}/large"
    seen = walk.client.get(address)
    assert seen.mimetype == "image/jpeg"
    assert "no-store" in seen.headers["Cache-Control"]
    assert app.test_client().get(address).status_code == 404
    assert app.test_client().get(address.removeprefix("/report")).status_code == 404
    assert walk.client.get(address.replace("report", "propose")).status_code == 404


def test_photos_are_sent_with_the_words(walk: Walk) -> None:
    add(walk, ("a.jpg", jpeg()))
    key = rows(walk.client)[0].key
    add(walk, **{f"alt_{key}": "A dark lamp"})
    walk.send(email="", how="anonymous")
    thread = newest_thread(walk.client)
    (photo,) = rows(walk.client, Photo)
    assert (photo.thread_id, photo.key, photo.alt) == (thread.id, key, "A dark lamp")
    assert photo.person_id == thread.author_id
    assert photo.state == PhotoState.FIRST_LOOK
    assert not rows(walk.client)


def test_a_photo_added_in_another_window_is_shown_before_it_is_sent(walk: Walk) -> None:
    page = walk.to_check()
    add(walk, ("a.jpg", jpeg()))
    answer = walk.client.post(walk.at("check"), data=factories.form_fields(page))
    assert answer.location == "/report/check"
    assert not rows(walk.client, Photo)


def test_what_is_thrown_away_takes_its_photos_along(walk: Walk) -> None:
    add(walk, ("a.jpg", jpeg()))
    key = rows(walk.client)[0].key
    walk.client.post("/report/discard", data=factories.form_fields(walk.open("words")))
    assert not rows(walk.client)
    assert key in [job.payload.get("key") for job in rows(walk.client, Job)]


def test_without_room_for_it_the_report_goes_without(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def put(self, name: str, content: bytes) -> None:
            raise StoreFailed

    monkeypatch.setitem(walk.client.application.extensions, "linli_store", Full())
    answer = add(walk, ("a.jpg", jpeg()))
    assert answer.status_code == 422
    assert "Photos can&#39;t be kept at the moment. You can go on without them." in answer.text
    assert not rows(walk.client)
    assert walk.send().location == "/report/sent"


def test_uploads_are_limited(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "UPLOADS_OF_ONE", 2)
    for n in range(2):
        add(walk, ("a.jpg", jpeg(mark=n)))
    answer = add(walk, ("a.jpg", jpeg(mark=3)))
    assert answer.status_code == 429
    assert "That was tried too often." in answer.text
    assert len(rows(walk.client)) == 2


def test_danger_is_told_here_too(client: FlaskClient) -> None:
    walk = Walk(client)
    walk.words(GAS)
    assert 'href="tel:119"' in walk.open("photos")


def test_the_page_costs_the_same_whatever_it_holds(walk: Walk) -> None:
    def cost() -> int:
        with factories.count_queries(walk.client.application) as statements:
            assert re.search("photos", walk.open("photos"))
        return len(statements)

    none = cost()
    add(walk, *[(f"{n}.jpg", jpeg(mark=n)) for n in range(5)])
    assert cost() == none
