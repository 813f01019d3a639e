"""Who may see a photo when, and at which address."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job
from portal.core.storage import get_store
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.threads.actions import hide_words, show_words, withdraw
from portal.threads.additions import PhotoState
from portal.threads.events import SYSTEM, Actor, find_broken_event, resident
from portal.threads.gallery import PASS
from portal.threads.models import Statement, Thread
from portal.threads.photo_work import black_out_photo, hide_photo, show_photo
from portal.threads.photos import (
    MOST_OF_A_PERSON,
    add_photos,
    count_room,
    file_name,
    list_photos_for_sender,
    list_public_photos,
    show_photos_of,
)
from portal.threads.queries import list_events
from tests import photos
from tests.factories import NOW, add_person, count_queries, make_idea, make_report, make_undecided, person
from tests.photos import add, keep

SOON = NOW + timedelta(hours=1)


@pytest.fixture
def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def unverified_report(session: Session) -> Thread:
    return make_report(session, author=add_person(session, "passer-by", verified=False))


def test_a_verified_person_s_photo_is_shown_at_once(session: Session) -> None:
    report = make_report(session)
    photo = add(session, report)
    assert photo.state == PhotoState.SHOWN
    assert report.photos_total == 1
    assert list_public_photos(session, report) == [photo]


def test_of_others_photos_wait_for_the_first_look_with_their_words(session: Session, officer: Actor) -> None:
    report = unverified_report(session)
    photo = add(session, report)
    assert (photo.state, report.photos_total) == (PhotoState.FIRST_LOOK, 0)
    show_words(session, report, by=officer, now=SOON)
    assert (photo.state, report.photos_total) == (PhotoState.SHOWN, 1)
    later = add(session, report, mark=1)
    assert later.state == PhotoState.FIRST_LOOK
    show_photo(session, report, later, by=officer, now=SOON)
    assert report.photos_total == 2


def test_nobody_s_look_shows_nothing_of_somebody_else(session: Session) -> None:
    """Words shown because their author was verified don't take a stranger's photo along."""
    report = unverified_report(session)
    own, strange = (
        add(session, report),
        add(session, report, person=add_person(session, "stranger", verified=False), mark=1),
    )
    show_words(session, report, by=SYSTEM, now=SOON)
    assert (own.state, strange.state) == (PhotoState.SHOWN, PhotoState.FIRST_LOOK)


def test_who_is_verified_later_has_their_photos_shown(session: Session) -> None:
    report, stranger = make_report(session), add_person(session, "stranger", verified=False)
    photo = add(session, report, person=stranger)
    assert report.photos_total == 0
    show_photos_of(session, stranger, SOON)
    assert photo.state == PhotoState.SHOWN
    assert report.photos_total == 1


def test_the_same_file_is_added_once(session: Session) -> None:
    report = make_report(session)
    add(session, report)
    again = add_photos(session, report, [keep()], person=report.author, by=resident(report.author), now=SOON)
    assert not again
    assert report.photos_total == 1


def test_one_person_may_add_so_many(session: Session) -> None:
    report = make_report(session)
    many = [keep(mark) for mark in range(MOST_OF_A_PERSON + 1)]
    by = resident(report.author)
    with pytest.raises(Conflict):
        add_photos(session, report, many, person=report.author, by=by, now=NOW)
    add_photos(session, report, many[:-1], person=report.author, by=by, now=NOW)
    assert count_room(session, report, report.author) == 0
    assert count_room(session, report, person(session, "neighbour")) == MOST_OF_A_PERSON


def test_a_hidden_photo_leaves_the_public_and_its_sender_is_told_why(
    session: Session, officer: Actor
) -> None:
    report = make_report(session)
    photo = add(session, report)
    with pytest.raises(Invalid):
        hide_photo(session, report, photo, "", by=officer, now=SOON)
    for _again in range(2):
        hide_photo(session, report, photo, "It shows a child.", by=officer, now=SOON)
    assert report.photos_total == 0
    assert not list_public_photos(session, report)
    assert list_photos_for_sender(session, report) == [photo]
    told = [s.text for s in session.scalars(select(Statement).where(Statement.thread_id == report.id))]
    assert told.count("It shows a child.") == 1
    assert "thread.photo_hidden" in [e.kind for e in list_events(session, report.id, "sender")]
    assert "thread.photo_hidden" not in [e.kind for e in list_events(session, report.id, "public")]


def test_blacked_out_the_original_is_gone(session: Session, officer: Actor) -> None:
    report = make_report(session)
    photo = add(session, report)
    before, after = photo.key, keep(1)
    black_out_photo(session, report, photo, before, after, by=officer, now=SOON)
    session.commit()
    assert photo.key == after.key
    run_all(SOON)
    for size in ("large", "small"):
        assert get_store().get(file_name(before, size)) is None
        assert get_store().get(file_name(after.key, size))
    with pytest.raises(Conflict):
        black_out_photo(session, report, photo, before, keep(2), by=officer, now=SOON)


def test_events_hold_numbers_only_and_their_chain_is_whole(session: Session, officer: Actor) -> None:
    report = unverified_report(session)
    photo = add(session, report)
    show_photo(session, report, photo, by=officer, now=SOON)
    black_out_photo(session, report, photo, photo.key, keep(1), by=officer, now=SOON)
    session.flush()
    events = [e for e in list_events(session, report.id, "staff") if "photo" in e.kind]
    assert len(events) == 3
    assert all(e.data == {"photos": [photo.id]} for e in events)
    assert find_broken_event(session, f"thread:{report.id}") is None


def test_files_and_rows_are_removed_again_and_again_without_harm(session: Session) -> None:
    kept = keep()
    photos_job = {"key": kept.key}
    for _again in range(2):
        session.add(Job(topic="photos.remove_files", payload=photos_job, created_at=NOW, run_at=NOW))
    session.commit()
    run_all(SOON)
    assert get_store().get(file_name(kept.key, "large")) is None
    assert (
        session.scalars(select(Job).where(Job.topic == "photos.remove_files", Job.done_at.is_(None))).all()
        == []
    )


# Addresses


def seen(client: FlaskClient, key: str, size: str = "large", **arguments: str) -> int:
    return client.get(f"/photos/{key}/{size}", query_string=arguments).status_code


def test_anyone_may_see_what_is_shown_of_what_is_public(session: Session, client: FlaskClient) -> None:
    photo = add(session, make_report(session))
    session.commit()
    for size in ("large", "small"):
        answer = client.get(f"/photos/{photo.key}/{size}")
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert answer.data.startswith(b"\xff\xd8")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert seen(client, photo.key, "huge") == 404
    assert seen(client, "0" * 32) == 404
    assert seen(client, "..%2f..%2fsecret_key") == 404
    assert seen(client, "%00") == 404


def test_a_browser_asks_again_and_is_told_when_it_is_hidden(
    session: Session, client: FlaskClient, officer: Actor
) -> None:
    report = make_report(session)
    photo = add(session, report)
    session.commit()
    address = f"/photos/{photo.key}/large"
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    again = client.get(address, headers=tag)
    assert again.status_code == 304
    assert not again.data
    hide_photo(session, report, photo, "A child.", by=officer, now=SOON)
    session.commit()
    assert client.get(address, headers=tag).status_code == 404


@pytest.mark.parametrize("way", ["waits", "hidden", "withdrawn", "private", "undecided"])
def test_what_is_not_public_has_no_address(
    session: Session, client: FlaskClient, officer: Actor, way: str
) -> None:
    thread = {
        "waits": unverified_report,
        "private": lambda s: make_report(s, private=True),
        "undecided": make_undecided,
    }.get(way, make_report)(session)
    photo = add(session, thread)
    if way == "hidden":
        hide_words(session, thread, "A child.", by=officer, now=SOON)
    if way == "withdrawn":
        withdraw(session, thread, by=resident(thread.author), now=SOON)
    session.commit()
    assert seen(client, photo.key) == 404


def test_a_pass_shows_one_picture_for_a_day(session: Session, client: FlaskClient) -> None:
    report = make_report(session, private=True)
    photo, other = add(session, report), add(session, report, mark=1)
    session.commit()
    token = sign(PASS, photo.key)
    answer = client.get(f"/photos/{photo.key}/small", query_string={"token": token})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert seen(client, other.key, token=token) == 404
    assert seen(client, photo.key, token=sign("track", photo.key)) == 404
    assert seen(client, photo.key, token="forged") == 404


# Pages


def test_the_page_and_the_list_show_it(session: Session, client: FlaskClient) -> None:
    report, idea = make_report(session), make_idea(session)
    shown, second = add(session, report), add(session, report, mark=1)
    add(session, idea, mark=2)
    session.commit()
    page = client.get(f"/reports/{report.reference}?lang=en").text
    assert page.index(shown.key) < page.index(second.key)
    assert 'alt="A dark lamp"' in page
    listed = client.get("/reports").text
    assert shown.key in listed
    assert second.key not in listed
    assert shown.key in client.get("/").text
    assert client.get("/ideas").text.count("entry__picture") == 1


def test_numbers_in_the_words_for_a_picture_are_covered(session: Session, client: FlaskClient) -> None:
    report = make_report(session)
    kept = photos.keep(alt="Ring 13912345678")
    add_photos(session, report, [kept], person=report.author, by=resident(report.author), now=NOW)
    session.commit()
    for address in (f"/reports/{report.reference}", "/reports"):
        page = client.get(address).text
        assert kept.key in page
        assert "13912345678" not in page


def test_before_the_first_look_no_page_shows_it(session: Session, client: FlaskClient) -> None:
    report = unverified_report(session)
    add(session, report)
    strange = add(session, report, person=person(session, "neighbour"), mark=1)
    session.commit()
    assert strange.state == PhotoState.SHOWN
    for address in (f"/reports/{report.reference}", "/reports", "/"):
        assert "/photos/" not in client.get(address).text


def test_a_list_costs_the_same_however_many_photos_it_shows(app: Flask, client: FlaskClient) -> None:
    def cost() -> int:
        with count_queries(app) as statements:
            assert client.get("/reports").status_code == 200
        return len(statements)

    with app.app_context():
        for _number in range(6):
            make_report(db.session())
        db.session.commit()
        db.session.remove()
    cost()  # the directory is read once
    none = cost()
    with app.app_context():
        for number, thread in enumerate(db.session.scalars(select(Thread))):
            add(db.session(), thread, mark=number)
        db.session.commit()
        db.session.remove()
    assert cost() == none + 1


def test_a_kept_picture_has_both_sizes(session: Session) -> None:
    kept = keep()
    assert all(get_store().get(file_name(kept.key, size)) for size in ("large", "small"))
