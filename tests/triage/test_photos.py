"""The page on which staff look at one photo."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core.db import db
from portal.core.outbox import Job
from portal.core.pictures import grid_of
from portal.core.storage import StoreFailed
from portal.threads.additions import Photo, PhotoState
from tests.factories import Browse, add_person, make_idea, make_report, person
from tests.photos import add
from tests.pictures import opened
from tests.triage.moving import post, post_move


@pytest.fixture
def page(app: Flask) -> str:
    """The address of a waiting photo of an unverified person's report."""
    with app.app_context():
        author = add_person(db.session(), "passer-by", verified=False)
        report = make_report(db.session(), author=author)
        photo = add(db.session(), report)
        db.session.commit()
        return f"/staff/{report.reference}/photos/{photo.id}"


def photo_now(client: FlaskClient) -> Photo:
    with client.application.app_context():
        photo = db.session.scalars(select(Photo)).one()
        db.session.expunge_all()
        return photo


def test_the_pane_shows_photos_whatever_their_state(browse: Browse, page: str) -> None:
    pane = browse("officer").get(page.partition("/photos")[0] + "?lang=en").text
    assert f'src="{page}/small"' in pane
    assert "Waits for a first look" in pane
    assert "Show words and photos to everybody" in pane
    assert f'action="{page}/show' in pane


def test_waiting_photos_are_found_in_the_queue(browse: Browse, app: Flask) -> None:
    with app.app_context():
        report = make_report(db.session())
        add(db.session(), report, person=add_person(db.session(), "passer-by", verified=False))
        make_report(db.session(), "Nothing waits here.")
        db.session.commit()
        reference = report.reference
    listed = browse("officer").get("/staff/queue?whose=first-look").text
    assert reference in listed
    assert "Nothing waits here" not in listed


def test_staff_see_the_file_and_nobody_keeps_it(browse: Browse, page: str) -> None:
    answer = browse("officer").get(f"{page}/large")
    assert opened(answer.data).format == "JPEG"
    assert "no-store" in answer.headers["Cache-Control"]


def test_showing_the_words_shows_the_photo(browse: Browse, page: str) -> None:
    officer = browse("officer")
    post_move(officer, page.split("/")[2], "show")
    assert photo_now(officer).state == PhotoState.SHOWN


def test_a_photo_is_shown_and_hidden_with_a_reason(browse: Browse, page: str) -> None:
    officer = browse("officer")
    assert post(officer, f"{page}/show", {}).location == page.partition("/photos")[0]
    assert photo_now(officer).state == PhotoState.SHOWN
    refused = post(officer, f"{page}/hide?lang=en", {"reason": " "})
    assert refused.status_code == 422
    assert "Please fill this in." in refused.text
    assert "<title>Error:" in refused.text
    assert post(officer, f"{page}/hide", {"reason": "It shows a child."}).status_code == 303
    assert photo_now(officer).state == PhotoState.HIDDEN
    assert "It shows a child." in officer.get(page.partition("/photos")[0]).text


def test_marked_boxes_become_black_and_the_picture_before_is_gone(browse: Browse, page: str) -> None:
    officer, before = browse("officer"), photo_now(browse())
    assert officer.get(page).text.count('type="checkbox"') == 16 * 12
    fields = {"before": before.key, "cell": ["0-0", "1-0", "99-99", "x"]}
    assert post(officer, f"{page}/black-out", fields).location == page
    after = photo_now(officer)
    assert after.key != before.key
    assert after.state == before.state
    black = opened(officer.get(f"{page}/large").data)
    cell = black.width // grid_of(*black.size)[0]
    assert max(black.getpixel((cell + 5, 5))) < 10
    assert max(black.getpixel((cell * 2 + 8, 5))) > 200
    with officer.application.app_context():
        removed = db.session.scalars(select(Job.payload).where(Job.topic == "photos.remove_files")).all()
    assert removed == [{"key": before.key}]


def test_what_was_not_marked_or_has_changed_is_said(browse: Browse, page: str) -> None:
    officer, key = browse("officer"), photo_now(browse()).key
    nothing = post(officer, f"{page}/black-out?lang=en", {"before": key})
    assert nothing.status_code == 422
    assert "Please mark what should be black." in nothing.text
    changed = post(officer, f"{page}/black-out?lang=en", {"before": "0" * 32, "cell": "3-2"})
    assert changed.status_code == 409
    assert "Someone else changed this" in changed.text
    assert 'value="3-2" aria-label="Row 3, column 4" checked' in changed.text
    assert photo_now(officer).key == key


@pytest.mark.parametrize("fails", ["put", "get"])
def test_without_room_or_storage_nothing_is_lost(
    browse: Browse, page: str, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    officer, key = browse("officer"), photo_now(browse()).key

    def full(*_arguments: object) -> None:
        raise StoreFailed

    monkeypatch.setattr(officer.application.extensions["linli_store"], fails, full)
    refused = post(officer, f"{page}/black-out?lang=en", {"before": key, "cell": "3-2"})
    assert refused.status_code == 422
    assert "Photos can&#39;t be kept at the moment" in refused.text
    assert photo_now(officer).key == key


def test_a_reader_sees_it_and_changes_nothing(browse: Browse, app: Flask) -> None:
    with app.app_context():
        idea = make_idea(db.session())
        photo = add(db.session(), idea, person=person(db.session(), "resident"))
        db.session.commit()
        page = f"/staff/{idea.reference}/photos/{photo.id}"
    panellist = browse("panellist")
    answer = panellist.get(page)
    assert answer.status_code == 200
    assert "<form" not in answer.text.partition("<main")[2].partition("</main")[0]
    for verb in ("show", "hide", "black-out"):
        assert post(panellist, f"{page}/{verb}", {"reason": "No."}).status_code == 403


def test_others_and_odd_numbers_find_nothing(browse: Browse, page: str) -> None:
    assert browse("outsider").get(page).status_code == 404
    assert browse("outsider").get(f"{page}/large").status_code == 404
    for number in ("0", "x", "9" * 40, "%00"):
        assert browse("officer").get(page.rpartition("/")[0] + f"/{number}").status_code == 404
