"""My data, deleting an account, and what goes with time."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password
from portal.communities.directory import raise_version
from portal.communities.models import Category
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.privacy.erasure import erase_person, find_due, remove_personal_parts
from portal.privacy.jobs import RETENTION
from portal.privacy.rules import ends_before
from portal.threads.actions import speak, withdraw
from portal.threads.comments import add_comment
from portal.threads.events import find_broken_event, resident
from portal.threads.models import EventVisibility, Level, Statement, Thread
from portal.threads.votes import cast_vote
from tests import factories

PASSWORD = "a long enough password"
TEXT = "Ring me on 13812345678, the lamp by the gate is dark."


@pytest.fixture
def report(session: Session) -> Thread:
    return factories.make_report(session, TEXT, author=factories.person(session, "resident"))


def tell_staff_too(session: Session, thread: Thread, name: str, text: str) -> None:
    """Let a neighbour say that they have this too."""
    by, told = resident(factories.person(session, name)), EventVisibility.STAFF
    speak(session, thread, Level.JOINED, "thread.joined", text, by=by, now=clock.now(), visibility=told)


def ended(session: Session, thread: Thread) -> Thread:
    withdraw(session, thread, by=resident(thread.author), now=clock.now())
    return thread


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 5, 31), 3, (2026, 2, 28)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2028, 2, 29), 12, (2027, 2, 28)),
        ((2026, 3, 10), 36, (2023, 3, 10)),
    ],
)
def test_months_are_counted_by_the_calendar(
    now: tuple[int, int, int], months: int, then: tuple[int, int, int]
) -> None:
    assert ends_before(datetime(*now, tzinfo=UTC), months) == datetime(*then, tzinfo=UTC)


def test_who_is_deleted_leaves_a_gap_and_their_words(session: Session, report: Thread) -> None:
    me, known, now = report.author, factories.directory(session), clock.now()
    me.name = "Wei Lan"
    add_comment(session, report, me, "Still dark.", name_shown=True, directory=known, now=now)
    cast_vote(session, report, me, now=now)
    votes = report.votes_verified
    erase_person(session, me, now=now)
    session.expire_all()
    assert (me.email, me.name, me.password_hash) == (None, "", None)
    assert me.erased_at
    assert session.scalar(select(Statement.text).where(Statement.level == Level.ORIGINAL)) == TEXT
    assert report.votes_verified == votes
    assert find_broken_event(session, f"thread:{report.id}") is None


def test_staff_are_not_deleted_while_they_work_here(session: Session) -> None:
    with pytest.raises(Conflict):
        erase_person(session, factories.person(session, "officer"), now=clock.now())


def pass_night(session: Session, now: datetime) -> None:
    enqueue(session, RETENTION, {}, now=now)
    session.commit()
    run_all(now)
    session.expire_all()


def test_time_takes_the_personal_parts_of_what_has_ended(session: Session, report: Thread) -> None:
    open_one = factories.make_report(session, "The weir leaks.", author=report.author)
    ended(session, report)
    session.commit()
    pass_night(session, clock.now())
    assert report.author.email  # it is too early

    later = clock.now() + timedelta(days=37 * 31)
    pass_night(session, later)
    assert report.author.erased_at
    assert report.author.email is None
    words = session.scalars(select(Statement.text).where(Statement.thread_id == report.id)).all()
    assert not any("13812345678" in text for text in words)
    assert any("the lamp by the gate" in text for text in words)
    assert open_one.author.email
    assert find_broken_event(session, f"thread:{report.id}") is None
    assert find_due(session, factories.directory(session), later) == []


def test_a_category_has_a_time_of_its_own(session: Session, report: Thread) -> None:
    ended(session, report)
    session.get_one(Category, report.category_id).keep_months = 2
    raise_version(session)
    known = factories.directory(session)
    assert find_due(session, known, clock.now() + timedelta(days=40)) == []
    assert find_due(session, known, clock.now() + timedelta(days=80)) == [report.id]


def test_time_takes_the_names_of_those_who_joined(session: Session, report: Thread) -> None:
    tell_staff_too(session, report, "neighbour", "Ours too, ring 13912345678.")
    ended(session, report)
    remove_personal_parts(session, report.id, now=clock.now() + timedelta(days=2000))
    joined = session.scalars(select(Statement).where(Statement.level == Level.JOINED)).one()
    assert joined.author_id == report.author_id
    assert "13912345678" not in joined.text


def test_done_twice_it_changes_nothing_more(session: Session, report: Thread) -> None:
    ended(session, report)
    later = clock.now() + timedelta(days=2000)
    remove_personal_parts(session, report.id, now=later)
    assert report.id not in find_due(session, factories.directory(session), later + timedelta(days=2000))


# ---------- Pages ----------


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        me = factories.person(db.session(), "resident")
        set_password(db.session(), me, PASSWORD)
        made = factories.make_report(db.session(), TEXT, author=me)
        other = factories.person(db.session(), "neighbour")
        factories.make_report(db.session(), "Quagga at the weir.", author=other, private=True)
        theirs = factories.make_report(db.session(), "The kerb is loose.", author=other)
        tell_staff_too(db.session(), theirs, "resident", "I stumbled over it.")
        db.session.commit()
        return made.reference


def test_the_file_holds_what_is_mine_and_nothing_else(browse: factories.Browse, reference: str) -> None:
    answer = browse("resident").get("/account/data/file?lang=en")
    text = ZipFile(BytesIO(answer.data)).read("data.json").decode()
    data = json.loads(text)
    assert [s["reference"] for s in data["submissions"]] == [reference]
    assert TEXT in [w["text"] for w in data["submissions"][0]["words"]]
    assert [j["text"] for j in data["joined"]] == ["I stumbled over it."]
    assert data["person"]["email"] == "resident@example.org"
    assert "Quagga" not in text


def test_deleting_needs_the_password_and_signs_out(browse: factories.Browse, reference: str) -> None:
    browser = browse("resident")
    token = factories.form_fields(browser.get("/account/data?lang=en").text)
    wrong = browser.post("/account/data/delete?lang=en", data={**token, "password": "not this one"})
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    token = factories.form_fields(wrong.text)
    assert browser.post("/account/data/delete", data={**token, "password": PASSWORD}).status_code == 303
    assert browser.get("/account").status_code == 302
    assert "lamp by the gate" in browser.get(f"/reports/{reference}").text
