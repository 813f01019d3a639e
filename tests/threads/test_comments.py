"""Comments below a public submission."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person
from portal.communities.directory import raise_version
from portal.communities.preferences import put_preference
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.threads.actions import hide_words, withdraw
from portal.threads.additions import Comment, CommentFlag
from portal.threads.comments import (
    add_comment,
    flag_comment,
    hide_comment,
    list_comments,
    show_comment,
)
from portal.threads.events import Actor, resident
from portal.threads.models import Event, EventVisibility, Thread
from tests import factories

NOW = clock.now()


@pytest.fixture
def report(session: Session) -> Thread:
    return factories.make_report(
        session, "The lamp by the gate is dark.", author=factories.person(session, "neighbour")
    )


def say(session: Session, thread: Thread, who: str, text: str, *, name_shown: bool = False) -> Comment:
    return add_comment(
        session,
        thread,
        factories.person(session, who),
        text,
        name_shown=name_shown,
        directory=factories.directory(session),
        now=NOW,
    )


def shown(session: Session, thread: Thread) -> list[str]:
    return [c.text for c in list_comments(session, thread).comments]


def test_a_verified_persons_comment_is_public_at_once_and_counted(session: Session, report: Thread) -> None:
    say(session, report, "resident", "It is dark at the bus stop as well.")
    assert shown(session, report) == ["It is dark at the bus stop as well."]
    assert report.comments_total == 1


def test_a_strangers_comment_waits_until_staff_show_it(session: Session, report: Thread) -> None:
    stranger = new_person(session, NOW)
    session.flush()
    known = factories.directory(session)
    comment = add_comment(session, report, stranger, "Me too.", name_shown=False, directory=known, now=NOW)
    assert shown(session, report) == []
    assert report.comments_total == 0
    last = session.scalars(select(Event).where(Event.thread_id == report.id)).all()[-1]
    assert last.visibility == EventVisibility.STAFF

    by = Actor(factories.person(session, "coordinator"), "coordinator")
    show_comment(session, report, comment, by=by, now=NOW)
    assert shown(session, report) == ["Me too."]
    assert report.comments_total == 1


def test_the_same_words_sent_twice_are_one_comment(session: Session, report: Thread) -> None:
    for _time in range(2):
        say(session, report, "resident", "Still dark.")
    assert shown(session, report) == ["Still dark."]
    assert report.comments_total == 1


def test_staff_who_work_the_matter_are_marked_and_others_are_not(session: Session, report: Thread) -> None:
    assert say(session, report, "officer", "We come on Friday.").role == "officer"
    assert say(session, report, "outsider", "Not my department.").role == "resident"


def test_hiding_needs_a_reason_and_takes_it_from_the_count(session: Session, report: Thread) -> None:
    comment = say(session, report, "resident", "The caretaker is a fool.")
    by = Actor(factories.person(session, "coordinator"), "coordinator")
    with pytest.raises(Invalid):
        hide_comment(session, report, comment, "", by=by, now=NOW)
    hide_comment(session, report, comment, "It insults somebody.", by=by, now=NOW)
    assert shown(session, report) == []
    assert report.comments_total == 0
    with pytest.raises(Conflict):
        hide_comment(session, report, comment, "Again.", by=by, now=NOW)


def test_a_person_is_heard_once_against_a_comment(session: Session, report: Thread) -> None:
    comment = say(session, report, "resident", "Buy my lamps!")
    for _time in range(2):
        flag_comment(session, comment, factories.person(session, "neighbour"), "Advert", now=NOW)
    assert len(session.scalars(select(CommentFlag)).all()) == 1


def test_nothing_is_said_below_what_is_hidden_or_withdrawn(session: Session, report: Thread) -> None:
    idea = factories.make_idea(session, "Plant herbs.", author=factories.person(session, "neighbour"))
    hide_words(session, report, "Names somebody.", by=Actor(None, "coordinator"), now=NOW)
    withdraw(session, idea, by=resident(idea.author), now=NOW)
    for thread in (report, idea):
        with pytest.raises(Conflict):
            say(session, thread, "resident", "Hello?")


def test_comments_can_be_switched_off_for_a_kind(session: Session, report: Thread) -> None:
    put_preference(session, "comments_on_reports", False)
    raise_version(session)
    with pytest.raises(Conflict):
        say(session, report, "resident", "Hello?")


def test_long_talk_is_read_in_pages(session: Session, report: Thread) -> None:
    for n in range(30):
        say(session, report, "resident", f"Word {n}")
    last = list_comments(session, report)
    assert [c.text for c in last.comments][-1] == "Word 29"
    assert len(last.comments) == 25
    first = list_comments(session, report, last.earlier)
    assert [c.text for c in first.comments] == [f"Word {n}" for n in range(5)]
    assert first.earlier is None


# ---------- Pages ----------


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        author = factories.person(db.session(), "neighbour")
        made = factories.make_report(db.session(), "The lamp by the gate is dark.", author=author)
        db.session.commit()
        return made.reference


def post_comment(browser, reference: str, text: str):  # type: ignore[no-untyped-def]
    page = browser.get(f"/reports/{reference}?lang=en")
    fields = factories.form_fields(page.text)
    return browser.post(f"/comments/on/{reference}", data={**fields, "comment": text})


def test_a_resident_comments_on_the_public_page(browse: factories.Browse, reference: str) -> None:
    browser = browse("resident")
    assert post_comment(browser, reference, "Ring 13812345678, it is dark.").status_code == 303
    page = browser.get(f"/reports/{reference}?lang=en").text
    assert "it is dark." in page
    assert "13812345678" not in page


def test_an_empty_comment_is_refused_and_a_long_one_is_kept(browse: factories.Browse, reference: str) -> None:
    browser = browse("resident")
    assert post_comment(browser, reference, "   ").status_code == 422
    answer = post_comment(browser, reference, "dark " * 500)
    assert answer.status_code == 422
    assert "dark dark dark" in answer.text
    assert "at most 2,000 characters" in answer.text


def test_a_reported_comment_comes_to_the_desk_and_is_hidden(browse: factories.Browse, reference: str) -> None:
    post_comment(browse("resident"), reference, "Buy my lamps!")
    neighbour = browse("neighbour")
    page = neighbour.get("/comments/1/report?lang=en")
    fields = factories.form_fields(page.text)
    assert neighbour.post("/comments/1/report", data={**fields, "why": "An advert"}).status_code == 303

    staff = browse("coordinator")
    desk = staff.get("/staff/comments?lang=en")
    assert "Buy my lamps!" in desk.text
    assert "An advert" in desk.text
    token = factories.form_fields(desk.text)
    assert staff.post("/staff/comments/1/hide", data={**token, "reason": ""}).status_code == 303
    assert "Buy my lamps!" in staff.get(f"/reports/{reference}").text
    assert staff.post("/staff/comments/1/hide", data={**token, "reason": "An advert"}).status_code == 303
    assert "Buy my lamps!" not in staff.get(f"/reports/{reference}").text
    assert browse("resident").get("/comments/1/report").status_code == 404
    assert "Buy my lamps!" not in staff.get("/staff/comments").text


def test_an_officer_of_another_department_neither_sees_nor_hides_it(
    browse: factories.Browse, reference: str
) -> None:
    stranger = browse(None)
    post_comment(stranger, reference, "Quagga words")
    outsider = browse("outsider")
    assert "Quagga" not in outsider.get("/staff/comments").text
    token = factories.form_fields(outsider.get("/account").text)
    assert outsider.post("/staff/comments/1/show", data=token).status_code == 404


def test_comments_take_the_same_number_of_queries_however_many(
    app: Flask, browse: factories.Browse, reference: str
) -> None:
    browser = browse("resident")
    post_comment(browser, reference, "First")
    browser.get(f"/reports/{reference}")
    with factories.count_queries(app) as few:
        browser.get(f"/reports/{reference}")
    for n in range(5):
        post_comment(browser, reference, f"Word {n}")
    with factories.count_queries(app) as many:
        browser.get(f"/reports/{reference}")
    assert len(few) == len(many)
