"""Fixed needs evidence: a few words, or a photo."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.threads.additions import Photo, PhotoState
from portal.threads.models import Status, Visibility
from tests.factories import Browse, form_fields, make_report
from tests.photos import add
from tests.pictures import jpeg, post_files
from tests.triage.moving import look_up, post_move


def made(app: Flask) -> str:
    with app.app_context():
        report = make_report(db.session())
        db.session.commit()
        return report.reference


def send(
    client: FlaskClient, reference: str, *files: tuple[str, bytes], seen: int | None = None, **fields: str
) -> TestResponse:
    known = look_up(client, reference, lambda thread: thread.last_sequence) if seen is None else seen
    token = form_fields(client.get("/follow").text)["csrf_token"]
    hidden = {"csrf_token": token, "seen": str(known)}
    return post_files(client, f"/staff/{reference}/fix?lang=en", hidden | fields, files)


def photos(client: FlaskClient) -> list[Photo]:
    with client.application.app_context():
        found = list(db.session.scalars(select(Photo).order_by(Photo.id)))
        db.session.expunge_all()
        return found


def status(client: FlaskClient, reference: str) -> Status:
    return look_up(client, reference, lambda thread: thread.status)  # type: ignore[no-any-return]


def test_neither_words_nor_a_photo_is_no_evidence(app: Flask, browse: Browse) -> None:
    reference, officer = made(app), browse("officer")
    for words in ("", "Done."):
        refused = post_move(officer, reference, "fix", done=words)
        assert refused.status_code == 422
        assert "in a few words" in refused.text
    assert status(officer, reference) == Status.WITH_DEPARTMENT


def test_a_photo_is_evidence_and_stands_with_what_was_done(app: Flask, browse: Browse) -> None:
    reference, officer = made(app), browse("officer")
    assert send(officer, reference, ("a.jpg", jpeg()), done="", shows="The lamp is lit").status_code == 303
    (photo,) = photos(officer)
    assert (photo.round, photo.state, photo.alt) == (1, PhotoState.SHOWN, "The lamp is lit")
    page = browse().get(f"/reports/{reference}?lang=en").text
    assert "What was done" in page
    assert page.count(f"/photos/{photo.key}/small") == 1
    assert "Taken after the work" in page


def test_a_photo_of_the_sender_is_no_evidence_of_the_repair(app: Flask, browse: Browse) -> None:
    reference, officer = made(app), browse("officer")
    send(officer, reference, ("a.jpg", jpeg()))
    post_move(officer, reference, "reopen", reason="It went dark again.")
    refused = send(officer, reference, ("a.jpg", jpeg()))
    assert refused.status_code == 422
    assert status(officer, reference) == Status.REOPENED


def test_a_photo_chosen_is_kept_when_somebody_else_was_first(app: Flask, browse: Browse) -> None:
    reference, officer = made(app), browse("officer")
    told = send(officer, reference, ("a.jpg", jpeg()), seen=1, done="A new bulb.")
    assert told.status_code == 409
    assert "A new bulb." in told.text
    assert "1 photo that you chose is kept." in told.text
    kept = told.text.partition('name="kept"')[2].partition('value="')[2].partition('"')[0]
    assert send(officer, reference, kept=kept).status_code == 303
    assert [photo.round for photo in photos(officer)] == [1]


def test_a_forged_list_of_kept_photos_is_none(app: Flask, browse: Browse) -> None:
    reference, officer = made(app), browse("officer")
    assert send(officer, reference, kept="forged").status_code == 422
    assert photos(officer) == []


def test_what_is_no_picture_is_told_and_nothing_is_marked(app: Flask, browse: Browse) -> None:
    reference, officer = made(app), browse("officer")
    refused = send(officer, reference, ("a.jpg", b"no picture"), done="A new bulb.")
    assert refused.status_code == 422
    assert "a.jpg" in refused.text
    assert "A new bulb." in refused.text
    assert status(officer, reference) == Status.WITH_DEPARTMENT


def test_the_sender_s_photos_stay_where_they_were(app: Flask, browse: Browse) -> None:
    with app.app_context():
        report = make_report(db.session())
        before = add(db.session(), report, mark=3).key
        db.session.commit()
        reference = report.reference
    officer = browse("officer")
    send(officer, reference, ("a.jpg", jpeg()), done="")
    page = browse().get(f"/reports/{reference}?lang=en").text
    assert page.index(f"/photos/{before}/small") < page.index("What was done")


def test_the_photo_of_a_private_report_is_shown_to_nobody_else(app: Flask, browse: Browse) -> None:
    with app.app_context():
        report = make_report(db.session(), private=True)
        db.session.commit()
        reference = report.reference
    officer = browse("officer")
    send(officer, reference, ("a.jpg", jpeg()))
    (photo,) = photos(officer)
    assert look_up(officer, reference, lambda thread: thread.visibility) == Visibility.PRIVATE
    assert browse().get(f"/photos/{photo.key}/small").status_code == 404


def test_an_officer_of_elsewhere_can_mark_nothing(app: Flask, browse: Browse) -> None:
    reference = made(app)
    outsider = browse("outsider")
    assert send(outsider, reference, ("a.jpg", jpeg()), seen=2).status_code == 404
    assert photos(outsider) == []
