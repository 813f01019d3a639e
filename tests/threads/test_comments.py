"""Comments below a public submission."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person
from portal.communities.directory import raise_version
from portal.communities.preferences import put_preference
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job
from portal.threads.actions import hide_words, withdraw
from portal.threads.additions import Comment, CommentFlag
from portal.threads.comments import (
    add_comment,
    flag_comment,
    hide_comment,
    list_comments,
    show_comment,
    take_back_comment,
)
from portal.threads.events import TOPIC, Actor, resident
from portal.threads.models import Event, EventVisibility, Thread
from portal.triage import comments as comments_desk
from tests import factories

NOW = clock.now()


def coordinator(session: Session) -> Actor:
    return Actor(factories.person(session, "coordinator"), "coordinator")


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
    events = select(Event).where(Event.thread_id == report.id).order_by(Event.sequence)
    last = session.scalars(events).all()[-1]
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


def told_of(session: Session, thread: Thread) -> list[str]:
    """Return the kinds of events that the worker is to tell of."""
    jobs = session.scalars(select(Job).where(Job.topic == TOPIC)).all()
    numbers = [j.payload["sequence"] for j in jobs if j.payload["thread_id"] == thread.id]
    events = select(Event.kind).where(Event.thread_id == thread.id, Event.sequence.in_(numbers))
    return list(session.scalars(events.order_by(Event.sequence)))


def test_showing_again_restores_the_count_and_tells_nobody_anew(session: Session, report: Thread) -> None:
    comment = say(session, report, "resident", "The caretaker is a fool.")
    hide_comment(session, report, comment, "It insults somebody.", by=coordinator(session), now=NOW)
    show_comment(session, report, comment, by=coordinator(session), now=NOW)
    assert report.comments_total == 1
    assert told_of(session, report).count("comment.added") == 1
    last = session.scalars(select(Event).where(Event.thread_id == report.id).order_by(Event.sequence)).all()[
        -1
    ]
    assert (last.kind, last.visibility) == ("comment.shown_again", EventVisibility.STAFF)
    with pytest.raises(Conflict):
        show_comment(session, report, comment, by=coordinator(session), now=NOW)


def test_what_waited_and_was_hidden_is_told_when_it_is_first_shown(session: Session, report: Thread) -> None:
    stranger = new_person(session, NOW)
    session.flush()
    known = factories.directory(session)
    comment = add_comment(session, report, stranger, "Me too.", name_shown=False, directory=known, now=NOW)
    hide_comment(session, report, comment, "Not clear.", by=coordinator(session), now=NOW)
    assert report.comments_total == 0
    show_comment(session, report, comment, by=coordinator(session), now=NOW)
    assert report.comments_total == 1
    assert told_of(session, report).count("comment.added") == 1


def test_what_is_taken_back_leaves_a_gap_and_nothing_is_mailed(session: Session, report: Thread) -> None:
    comment = say(session, report, "resident", "I was wrong.")
    flag_comment(session, comment, factories.person(session, "neighbour"), "Rude", now=NOW)
    before = told_of(session, report)
    for _time in range(2):
        by = resident(comment.person)
        take_back_comment(session, report, comment, by=by, now=NOW)
    assert shown(session, report) == [""]
    assert report.comments_total == 0
    assert told_of(session, report) == before
    kinds = session.scalars(select(Event.kind).where(Event.thread_id == report.id)).all()
    assert kinds.count("comment.added") == kinds.count("comment.taken_back") == 1
    assert session.scalars(select(CommentFlag)).one().settled_at
    for move in (show_comment, hide_comment):
        words = ("Why",) if move is hide_comment else ()
        with pytest.raises(Conflict):
            move(session, report, comment, *words, by=coordinator(session), now=NOW)  # type: ignore[operator]


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


def hide(browse: factories.Browse, number: int, reason: str) -> None:
    staff = browse("coordinator")
    token = factories.form_fields(staff.get("/account").text)
    answer = staff.post(f"/staff/comments/{number}/hide", data=token | {"reason": reason})
    assert answer.status_code == 303


def page_of(browser: FlaskClient, reference: str) -> str:
    return browser.get(f"/reports/{reference}?lang=en").text


def test_the_author_alone_still_sees_what_is_hidden_and_why(
    app: Flask, browse: factories.Browse, reference: str
) -> None:
    signed_in, same_browser = browse("resident"), app.test_client()
    post_comment(signed_in, reference, "Buy my lamps!")
    post_comment(same_browser, reference, "Buy my bulbs!")
    assert "Only you see this until staff have looked at it." in page_of(same_browser, reference)
    hide(browse, 1, "An advert for lamps")
    hide(browse, 2, "An advert for bulbs")
    for browser, words in ((signed_in, "lamps"), (same_browser, "bulbs")):
        page = page_of(browser, reference)
        assert f"Buy my {words}!" in page
        assert f"The reason: An advert for {words}" in page
    for other in (browse("neighbour"), app.test_client()):
        page = page_of(other, reference)
        assert "Buy my" not in page
        assert "An advert" not in page


def test_staff_find_what_is_hidden_with_reason_and_name_and_show_it_again(
    app: Flask, browse: factories.Browse, reference: str
) -> None:
    post_comment(browse("resident"), reference, "Buy my lamps!")
    hide(browse, 1, "An advert")
    with app.app_context():
        name = factories.person(db.session(), "coordinator").name
    staff = browse("coordinator")
    assert 'href="/staff/comments/hidden"' in staff.get("/staff/comments?lang=en").text
    desk = staff.get("/staff/comments/hidden").text
    assert "Buy my lamps!" in desk
    assert "The reason: An advert" in desk
    assert f"by {name}." in desk
    assert "Buy my lamps!" not in browse("outsider").get("/staff/comments/hidden").text
    answer = staff.post("/staff/comments/1/show", data=factories.form_fields(desk))
    assert answer.location == "/staff/comments/hidden"
    assert "Buy my lamps!" not in staff.get("/staff/comments/hidden").text
    assert "Buy my lamps!" in page_of(browse("neighbour"), reference)
    assert staff.post("/staff/comments/1/show", data=factories.form_fields(desk)).status_code == 409


def test_hidden_comments_come_in_pages_with_the_same_number_of_queries(
    app: Flask, browse: factories.Browse, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comments_desk, "PAGE", 2)
    staff, costs = browse("coordinator"), []
    for n in range(1, 4):
        post_comment(browse("resident"), reference, f"Advert {n}")
        hide(browse, n, "An advert")
        staff.get("/staff/comments/hidden")
        with factories.count_queries(app) as queries:
            page = staff.get("/staff/comments/hidden?lang=en").text
        costs.append(len(queries))
    assert len(set(costs)) == 1
    assert ["Advert 1" in page, "Advert 3" in page] == [False, True]
    assert "Advert 1" in staff.get("/staff/comments/hidden?before=2").text


def test_people_take_back_their_own_comments_and_nobody_elses(
    app: Flask, browse: factories.Browse, reference: str
) -> None:
    mine, same_browser, neighbour = browse("resident"), app.test_client(), browse("neighbour")
    post_comment(mine, reference, "Quagga words")
    post_comment(same_browser, reference, "Okapi words")
    assert "/comments/1/take-back" in page_of(mine, reference)
    assert "/comments/2/take-back" in page_of(same_browser, reference)
    for other in (neighbour, app.test_client(), same_browser):
        page = page_of(other, reference)
        assert "/comments/1/take-back" not in page
        refused = other.post("/comments/1/take-back", data=factories.form_fields(page))
        assert refused.status_code == 404
    for browser, number in ((mine, 1), (mine, 1), (same_browser, 2)):
        token = factories.form_fields(page_of(browser, reference))
        answer = browser.post(f"/comments/{number}/take-back", data=token)
        assert answer.location == f"/reports/{reference}#comments"
    page = page_of(neighbour, reference)
    assert page.count("Taken back by its author.") == 1, "what was never shown leaves no gap"
    assert "Quagga" not in page
    assert neighbour.get("/comments/1/report").status_code == 404
    desk = browse("coordinator").get("/staff/comments").text
    assert "words" not in desk.partition("<h1")[2].partition("</main>")[0]
    file = ZipFile(BytesIO(mine.get("/account/data/file").data)).read("data.json").decode()
    assert json.loads(file)["comments"] == []
    assert mine.post("/comments/99/take-back", data=token).status_code in (400, 404)


@pytest.mark.parametrize("kind", ["report", "idea"])
def test_where_comments_are_switched_off_the_form_is_gone_and_posting_refused(
    app: Flask, browse: factories.Browse, reference: str, kind: str
) -> None:
    with app.app_context():
        idea = factories.make_idea(db.session(), author=factories.person(db.session(), "neighbour")).reference
        db.session.commit()
    browser = browse("resident")
    post_comment(browser, reference, "Said before")
    fields = factories.form_fields(page_of(browser, reference))
    with app.app_context():
        put_preference(db.session(), f"comments_on_{kind}s", False)
        raise_version(db.session())
        db.session.commit()
    for address, named in ((f"/reports/{reference}", reference), (f"/ideas/{idea}", idea)):
        is_off = (kind == "idea") == address.startswith("/ideas")
        page = browser.get(address).text
        assert ('name="comment"' in page) is not is_off
        answer = browser.post(f"/comments/on/{named}", data=fields | {"comment": "Said after"})
        assert answer.status_code == (409 if is_off else 303)
        assert ("Said after" in browser.get(address).text) is not is_off
    assert "Said before" in page_of(browser, reference), "what was said stays"
