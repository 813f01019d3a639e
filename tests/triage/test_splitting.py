"""A message that says several things: each goes on by itself, in the sender's words."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.intake.queries import TRACKING
from portal.threads.actions import note
from portal.threads.events import Actor, find_broken_event
from portal.threads.models import Kind, Level, Statement, Status, Thread, Visibility
from portal.threads.queries import original_words
from portal.threads.votes import cast_vote
from portal.triage.splitting import Part, list_parts, split_thread, undo_split
from tests.factories import NOW, Browse, directory, make_report, make_undecided, person, thread_by_reference
from tests.triage.moving import look_up, post

WORDS = "The lamp is dark, call 13812345678. And the wages of the guards are late. Plant herbs!"


@pytest.fixture
def by(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def split(session: Session, thread: Thread, by: Actor) -> list[Thread]:
    known = directory(session)
    parts = [
        Part("The wages of the guards are late", known.category_codes["wages"]),
        Part("Plant herbs!", None),
    ]
    made = split_thread(session, thread, parts, known, by=by, now=NOW)
    session.commit()
    return made


def test_each_part_has_all_the_words_and_goes_where_it_belongs(session: Session, by: Actor) -> None:
    whole = make_report(session, WORDS)
    cast_vote(session, whole, person(session, "neighbour"), now=NOW)
    wages, herbs = split(session, whole, by)
    assert (wages.kind, wages.status, herbs.kind) == (Kind.REPORT, Status.WITH_DEPARTMENT, Kind.IDEA)
    assert wages.department_id != whole.department_id
    for part in (wages, herbs):
        assert original_words(session, part.id) == WORDS
        assert (part.author, part.place_id) == (whole.author, whole.place_id)
        assert part.votes_total == 0
        assert find_broken_event(session, f"thread:{part.id}") is None
    assert wages.title == "The wages of the guards are late"
    assert whole.votes_total == 1
    assert whole.status == Status.WITH_DEPARTMENT


def test_the_words_of_a_part_are_derived_from_the_whole(session: Session, by: Actor) -> None:
    whole = make_report(session, WORDS)
    part = split(session, whole, by)[0]
    words = select(Statement).where(Statement.thread_id == part.id, Statement.level == Level.ORIGINAL)
    source = session.scalars(words).one().derived_from
    assert source is not None
    assert source.thread_id == whole.id
    masked = select(Statement.text).where(Statement.thread_id == part.id, Statement.level == Level.MASKED)
    assert "13812345678" not in session.scalars(masked).one()


def test_parts_are_as_public_as_the_whole(session: Session, by: Actor) -> None:
    for whole in (make_report(session, WORDS, private=True), make_undecided(session, WORDS)):
        assert {part.visibility for part in split(session, whole, by)} == {whole.visibility}
    assert whole.visibility == Visibility.PUBLIC


def test_put_together_again_while_nothing_has_happened(session: Session, by: Actor) -> None:
    whole = make_report(session, WORDS)
    parts = split(session, whole, by)
    undo_split(session, whole, by=by, now=NOW)
    assert list_parts(session, whole.id) == []
    assert {part.status for part in parts} == {Status.DUPLICATE}
    assert (whole.status, whole.votes_total) == (Status.WITH_DEPARTMENT, 0)


def test_not_once_something_has_happened_to_a_part(session: Session, by: Actor) -> None:
    whole = make_report(session, WORDS)
    part = split(session, whole, by)[1]
    note(session, part, "Nice.", by=by, now=NOW)
    with pytest.raises(Conflict):
        undo_split(session, whole, by=by, now=NOW)
    assert len(list_parts(session, whole.id)) == 2


# ---------- Pages ----------


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        made = make_report(db.session(), WORDS, now=clock.now()).reference
        db.session.commit()
    return made


def fill(browse: Browse, reference: str, seen: int | None = None, **typed: str):  # type: ignore[no-untyped-def]
    client = browse("coordinator")
    if seen is None:
        seen = look_up(client, reference, lambda t: t.last_sequence)
    return post(client, f"/staff/{reference}/split?lang=en", {"seen": str(seen), **typed})


TWO = {"about_1": "Late wages", "target_1": "wages", "about_3": "Plant herbs!", "target_3": "idea"}


def test_a_coordinator_splits_and_the_sender_gets_one_mail(
    app: Flask, browse: Browse, reference: str
) -> None:
    assert WORDS in browse("coordinator").get(f"/staff/{reference}/split").text
    assert fill(browse, reference, **TWO).status_code == 303
    page = browse("coordinator").get(f"/staff/{reference}?lang=en").text
    assert "2 parts go on by themselves" in page
    assert "Late wages" in page
    with app.app_context():
        for _round in range(2):
            run_all(clock.now())
        number = thread_by_reference(db.session(), reference).id
        track = browse().get(f"/track/{sign(TRACKING, number)}?lang=en").text
    assert "Late wages" in track
    assert "Plant herbs!" in track
    mails = [f.read_bytes().decode() for f in (app.extensions["linli_settings"].var_dir / "mail").glob("*")]
    about_it = [m for m in mails if "goes on as several" in m]
    assert len(about_it) == 1
    assert about_it[0].count("/track/") == 3
    assert len(mails) == 2  # the receipt of the whole, and this


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Please say what the first part is about."),
        ({"about_1": "Late wages"}, "Please choose where this part belongs."),
        ({"target_2": "wages"}, "Please say what this part is about."),
        ({"about_1": "x" * 201, "target_1": "wages"}, "at most 200"),
        ({"about_1": "Late wages", "target_1": "rubbish"}, "Not a valid choice"),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_is_kept(
    browse: Browse, reference: str, typed: dict[str, str], problem: str
) -> None:
    answer = fill(browse, reference, **typed)
    assert answer.status_code == 422
    assert problem in answer.text
    if about := typed.get("about_1"):
        assert f'value="{about}"' in answer.text


def test_who_reads_an_older_state_is_told_and_keeps_what_they_typed(browse: Browse, reference: str) -> None:
    answer = fill(browse, reference, seen=1, **TWO)
    assert answer.status_code == 409
    assert "Late wages" in answer.text
    assert "Someone else changed this" in answer.text


def test_a_double_click_splits_once(browse: Browse, reference: str) -> None:
    seen = look_up(browse("coordinator"), reference, lambda t: t.last_sequence)
    assert [fill(browse, reference, seen=seen, **TWO).status_code for _twice in range(2)] == [303, 409]


def test_put_together_again_on_the_page(browse: Browse, reference: str) -> None:
    fill(browse, reference, **TWO)
    client = browse("coordinator")
    seen = look_up(client, reference, lambda t: t.last_sequence)
    assert post(client, f"/staff/{reference}/split/undo", {"seen": str(seen)}).status_code == 303
    assert "parts-title" not in client.get(f"/staff/{reference}").text


def test_only_who_says_where_things_go(browse: Browse, reference: str) -> None:
    assert browse("officer").get(f"/staff/{reference}/split").status_code == 403
    assert "split it" not in browse("officer").get(f"/staff/{reference}?lang=en").text
