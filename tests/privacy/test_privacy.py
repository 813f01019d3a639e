"""My data, and deleting an account."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import link_browser, set_password
from portal.accounts.links import confirm_token, find_to_confirm, find_to_reset, reset_token
from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.outbox import Job
from portal.core.tokens import sign
from portal.core.worker import run_all
from portal.ideas.asked import SUPPORTS
from portal.intake.models import Draft
from portal.notifications.actions import SEND_TOPIC, deliver_account_mail
from portal.notifications.models import EMAIL, Delivery
from portal.privacy.erasure import erase_person
from portal.reports.verdicts import ASKED
from portal.threads.actions import speak
from portal.threads.additions import CommentFlag, Follower, NotSame
from portal.threads.comments import add_comment, flag_comment
from portal.threads.events import find_broken_event, resident
from portal.threads.followers import follow_thread
from portal.threads.models import EventVisibility, Level, Statement, Thread, Vote
from portal.threads.not_same import remember_not_same
from portal.threads.votes import cast_vote
from tests import factories
from tests.ideas.together_scene import show_together
from tests.threads.publishing import writing

PASSWORD = "a long enough password"
TEXT = "Ring me on 13812345678, the lamp by the gate is dark."


@pytest.fixture
def report(session: Session) -> Thread:
    return factories.make_report(session, TEXT, author=factories.person(session, "resident"))


def tell_staff_too(session: Session, thread: Thread, name: str, text: str) -> None:
    """Let a neighbour say that they have this too."""
    by, told = resident(factories.person(session, name)), EventVisibility.STAFF
    speak(session, thread, Level.JOINED, "thread.joined", text, by=by, now=clock.now(), visibility=told)


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


def test_what_was_for_them_alone_goes_at_once(session: Session, report: Thread) -> None:
    me, known, now = report.author, factories.directory(session), clock.now()
    other = factories.make_report(session, "The weir leaks.", author=factories.person(session, "neighbour"))
    comment = add_comment(
        session,
        other,
        factories.person(session, "neighbour"),
        "So?",
        name_shown=False,
        directory=known,
        now=now,
    )
    flag_comment(session, comment, me, "He knows 13812345678", now=now)
    remember_not_same(session, report, [other.id], by=resident(me), now=now)
    follow_thread(session, other, me, now=now)
    session.commit()
    run_all(now)
    assert session.scalars(select(Delivery).where(Delivery.person_id == me.id)).all()
    erase_person(session, me, now=now)
    assert session.scalars(select(Delivery).where(Delivery.person_id == me.id)).all() == []
    assert session.scalars(select(Follower)).all() == []
    assert session.scalars(select(NotSame.person_id)).all() == [None]
    assert "13812345678" not in session.scalars(select(CommentFlag.why)).one()


def test_no_link_of_a_mail_brings_the_person_back(session: Session, report: Thread) -> None:
    confirm, reset = confirm_token(report.author), reset_token(report.author)
    assert find_to_confirm(session, confirm)
    assert find_to_reset(session, reset)
    erase_person(session, report.author, now=clock.now())
    assert find_to_confirm(session, confirm) is None
    assert find_to_reset(session, reset) is None


def test_a_mail_that_waited_is_not_sent_any_more(session: Session, report: Thread) -> None:
    now = clock.now()
    deliver_account_mail(session, report.author, "confirm", "k", channel=EMAIL, host="example.org", now=now)
    erase_person(session, report.author, now=now)
    session.commit()
    run_all(now)
    sending = select(Job).where(Job.topic == SEND_TOPIC)
    assert {(job.attempts, job.last_error) for job in session.scalars(sending)} == {(1, None)}


def test_staff_are_not_deleted_while_they_work_here(session: Session) -> None:
    with pytest.raises(Conflict):
        erase_person(session, factories.person(session, "officer"), now=clock.now())


# ---------- Pages ----------


def test_the_link_of_a_mail_is_nobodys_any_more(app: Flask, client: FlaskClient) -> None:
    names: dict[str, str] = {}
    with writing(app) as session:
        show_together(session, names, "Shade by the wall.")
        fixed = factories.make_report(session, TEXT)
        supporter = factories.person(session, "resident")
        idea = session.scalars(select(Thread).where(Thread.reference == names["asked"])).one()
        links = [
            "/combine/" + names["combine"],
            "/carry/" + names["carry"],
            "/supported/" + sign(SUPPORTS, [idea.id, supporter.id]),
            "/fixed/" + sign(ASKED, [fixed.id, supporter.id, 1]),
        ]
    assert [client.get(link).status_code for link in links] == [200] * 4
    with writing(app) as session:
        for name in ("resident", "neighbour"):
            erase_person(session, factories.person(session, name), now=clock.now())
    gone = [client.get(link) for link in links]
    assert [page.status_code for page in gone] == [404] * 4
    assert {page.headers["Referrer-Policy"] for page in gone} == {"no-referrer"}


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


def test_the_browser_becomes_somebody_new_and_its_draft_goes(
    app: Flask, browse: factories.Browse, reference: str
) -> None:
    browser = browse("resident")
    with app.app_context():
        old = Person(name="", created_at=clock.now())
        db.session().add(old)
        db.session().flush()
        link_browser(db.session(), old, factories.person(db.session(), "resident"), now=clock.now())
        number = old.id
        other = factories.make_report(db.session(), "The weir leaks.").reference
        db.session.commit()
        browser.set_cookie("linli_person", sign("browser", number))
    fields = factories.form_fields(browser.get("/report/words?lang=en").text)
    browser.post("/report/words", data={**fields, "text": "Unsent: a dark stair."})
    with app.app_context():
        assert db.session.scalars(select(Draft)).one()
    token = factories.form_fields(browser.get("/account/data?lang=en").text)
    assert browser.post("/account/data/delete", data={**token, "password": PASSWORD}).status_code == 303
    page = browser.get(f"/reports/{other}?lang=en").text
    browser.post(f"/reports/{other}/vote", data=factories.form_fields(page))
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []
        voters = db.session.scalars(select(Vote.person_id)).all()
        assert len(voters) == 1
        assert number not in voters
        assert db.session.get_one(Person, voters[0]).erased_at is None


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
