"""Following a submission by its secret link."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.core.tokens import sign
from portal.intake import tracking
from portal.intake.telling import tell_status
from portal.reports.actions import mark_fixed, start_work
from portal.threads.actions import ask, hide_words, lock_thread, note
from portal.threads.events import Actor, find_broken_event
from portal.threads.models import Event, Level, Status, Thread, Visibility
from portal.threads.queries import list_statements
from tests import factories
from tests.factories import NOW
from tests.intake.walking import GAS

WHAT = "The lamp by the south gate is dark. Ring me: 13812345678."


class Follower:
    """A browser that holds a tracking link."""

    def __init__(self, client: FlaskClient, link: str = "secret") -> None:
        self.client, self.address = client, f"/track/{link}"

    def page(self) -> str:
        return self.client.get(f"{self.address}?lang=en").text

    def do(self, move: str, **fields: str) -> TestResponse:
        hidden = factories.form_fields(self.client.get("/report/words").text)
        data = {"csrf_token": hidden["csrf_token"], "move": move} | fields
        return self.client.post(f"{self.address}?lang=en", data=data)


@pytest.fixture
def follower(client: FlaskClient) -> Follower:
    return Follower(client)


@pytest.fixture
def made(app: Flask) -> int:
    """Return the number of a report by the resident, whose link is /track/secret."""
    with app.app_context():
        thread = factories.make_report(db.session(), WHAT, key="made", token="secret")
        db.session.commit()
        return thread.id


def change(app: Flask, thread_id: int, *moves: Callable[[Session, Thread, Actor], None]) -> None:
    with app.app_context():
        session = db.session()
        officer = Actor(factories.person(session, "officer"), "officer")
        thread = lock_thread(session, thread_id)
        for move in moves:
            move(session, thread, officer)
        session.commit()


def put_question(session: Session, thread: Thread, by: Actor) -> None:
    ask(session, thread, "Which of the two lamps?", by=by, now=NOW)


def fix(session: Session, thread: Thread, by: Actor) -> None:
    start_work(session, thread, by=by, now=NOW)
    mark_fixed(session, thread, "A new lamp is in.", by=by, now=NOW)


def read(app: Flask, thread_id: int) -> tuple[Thread, list[tuple[str, str]], list[str]]:
    """Return the thread, what was said in it, and what happened."""
    with app.app_context():
        session = db.session()
        thread = session.get_one(Thread, thread_id)
        said = [(str(s.level), s.text) for s in list_statements(session, thread_id)]
        kinds = [e.kind for e in session.query(Event).filter_by(thread_id=thread_id).order_by(Event.sequence)]
        assert find_broken_event(session, f"thread:{thread_id}") is None
        session.expunge_all()
        return thread, said, kinds


@pytest.mark.usefixtures("made")
def test_the_sender_sees_their_words_exactly_and_what_became_of_it(follower: Follower) -> None:
    page = follower.page()
    assert WHAT in page
    assert "With department" in page
    assert "Willow Street › Willow First Lane" in page
    assert "Received." in page
    assert "Sent to Housing and Urban Construction" in page
    assert "Answer promised by" in page
    assert "Everything you wrote" in page


def test_the_public_page_is_linked_where_there_is_one(app: Flask, follower: Follower, made: int) -> None:
    thread, _said, _kinds = read(app, made)
    assert f'href="/reports/{thread.reference}"' in follower.page()

    def hide(session: Session, thread: Thread, by: Actor) -> None:
        hide_words(session, thread, "It names a neighbour.", by=by, now=NOW)

    change(app, made, hide)
    page = follower.page()
    assert f'href="/reports/{thread.reference}"' not in page
    assert "staff have taken it from the public pages" in page
    assert "It names a neighbour." in page


def test_what_staff_note_is_not_shown(app: Flask, follower: Follower, made: int) -> None:
    def write(session: Session, thread: Thread, by: Actor) -> None:
        note(session, thread, "He writes every week.", by=by, now=NOW)

    change(app, made, write)
    assert "every week" not in follower.page()


def test_a_signed_link_from_a_mail_opens_the_same_page(app: Flask, client: FlaskClient, made: int) -> None:
    with app.app_context():
        token = sign("track", made)
    follower = Follower(client, token)
    assert WHAT in follower.page()
    assert follower.do("more", words="It flickers now.").status_code == 303


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("token", ["nothing", "secret2", "%00", "x" * 500, "%F0%9F%98%80"])
def test_an_unknown_link_is_told_kindly(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/track/{token}?lang=en")
    assert answer.status_code == 404
    assert "We do not know this link" in answer.text
    assert WHAT not in answer.text


def test_a_link_signed_for_something_else_opens_nothing(app: Flask, client: FlaskClient, made: int) -> None:
    with app.app_context():
        tokens = [sign("confirm", made), sign("track", "1"), sign("track", [made]), sign("track", 10**9)]
        reference = db.session.get_one(Thread, made).reference
    for token in [*tokens, tokens[0][:-1], reference, str(made)]:
        assert client.get(f"/track/{token}").status_code == 404
        assert client.get(f"/track/{token}/withdraw").status_code == 404


def test_moves_by_an_unknown_link_change_nothing(app: Flask, client: FlaskClient, made: int) -> None:
    for move in ("answer", "more", "fixed", "not_fixed", "withdraw"):
        assert Follower(client, "wrong").do(move, words="x", answer="x").status_code == 404
    assert len(read(app, made)[2]) == 2


@pytest.mark.usefixtures("made")
def test_the_link_stays_secret(client: FlaskClient) -> None:
    for address in ("/track/secret", "/track/secret/withdraw", "/track/wrong"):
        headers = client.get(address).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("made")
def test_moves_work_over_tls_without_a_referrer(client: FlaskClient) -> None:
    secure = {"base_url": "https://localhost"}
    hidden = factories.form_fields(client.get("/track/secret", **secure).text)
    answer = client.post("/track/secret", data=hidden | {"words": "It flickers."}, **secure)
    assert answer.status_code == 303


def test_the_sender_adds_words(app: Flask, follower: Follower, made: int) -> None:
    assert follower.do("more", words="It flickers now.").status_code == 303
    assert follower.do("more", words="It flickers now.").status_code == 303  # a double click
    thread, said, kinds = read(app, made)
    assert said[-1] == ("added", "It flickers now.")
    assert [level for level, _text in said] == ["original", "masked", "added"]
    assert kinds[-1] == "thread.words_added"
    page = follower.page()
    assert "It flickers now." in page
    assert WHAT in page
    assert "It flickers" not in follower.client.get(f"/reports/{thread.reference}").text


@pytest.mark.parametrize("words", ["", " \x00 ", "😀😀", "x" * 20_001])
def test_words_that_cannot_be_added_are_kept_on_the_page(
    app: Flask, follower: Follower, made: int, words: str
) -> None:
    answer = follower.do("more", words=words)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert words.replace("\x00", "").strip() in answer.text
    assert len(read(app, made)[2]) == 2


def test_words_of_danger_added_later_bring_the_numbers(app: Flask, follower: Follower, made: int) -> None:
    assert 'href="tel:119"' not in follower.page()
    follower.do("more", words=GAS)
    assert read(app, made)[0].is_urgent
    assert 'href="tel:119"' in follower.page()


def test_the_sender_answers_a_question(app: Flask, follower: Follower, made: int) -> None:
    change(app, made, put_question)
    page = follower.page()
    assert "A question for you" in page
    assert "Which of the two lamps?" in page
    assert follower.do("answer", answer="The left one.").status_code == 303
    assert follower.do("answer", answer="The left one.").status_code == 303  # a double click
    thread, said, kinds = read(app, made)
    assert thread.status == Status.WITH_DEPARTMENT
    assert said[-1] == (Level.ANSWER, "The left one.")
    assert kinds.count("thread.answered") == 1
    assert "A question for you" not in follower.page()


def test_an_empty_answer_is_refused(app: Flask, follower: Follower, made: int) -> None:
    change(app, made, put_question)
    answer = follower.do("answer", answer=" ")
    assert answer.status_code == 422
    assert "Please write your answer in words." in answer.text
    assert "Which of the two lamps?" in answer.text
    assert read(app, made)[0].status == Status.WAITING


def test_an_answer_nobody_waits_for_any_more_is_not_lost(app: Flask, follower: Follower, made: int) -> None:
    change(app, made, put_question, fix)
    answer = follower.do("answer", answer="The left one, by the bins.")
    assert answer.status_code == 409
    assert "the matter has moved on" in answer.text
    assert "The left one, by the bins." in answer.text
    assert read(app, made)[0].status == Status.FIXED


def test_the_sender_confirms_that_it_is_fixed(app: Flask, follower: Follower, made: int) -> None:
    change(app, made, fix)
    assert "Is it truly fixed?" in follower.page()
    assert follower.do("fixed").status_code == 303
    assert follower.do("fixed").status_code == 303  # a double click
    thread, _said, kinds = read(app, made)
    assert thread.status == Status.CONFIRMED
    assert kinds.count("report.confirmed") == 1
    page = follower.page()
    assert "Is it truly fixed?" not in page
    assert "Add words" not in page


@pytest.mark.parametrize("why", ["It went dark again after an hour.", ""])
def test_the_sender_says_that_it_is_not_fixed(app: Flask, follower: Follower, made: int, why: str) -> None:
    change(app, made, fix)
    assert follower.do("not_fixed", why=why).status_code == 303
    assert follower.do("not_fixed", why=why).status_code == 303  # a double click
    thread, _said, kinds = read(app, made)
    assert thread.status == Status.REOPENED
    assert thread.department_id is not None
    assert kinds.count("report.reopened") == 1
    assert why in follower.page()
    public = follower.client.get(f"/reports/{thread.reference}").text
    assert not why or why not in public


def test_a_confirmed_report_can_come_back(app: Flask, follower: Follower, made: int) -> None:
    change(app, made, fix)
    follower.do("fixed")
    assert "It isn’t fixed after all" in follower.page()
    assert follower.do("not_fixed", why="It came back.").status_code == 303
    assert read(app, made)[0].status == Status.REOPENED


@pytest.mark.parametrize("move", ["fixed", "not_fixed", "answer", "forged", ""])
def test_moves_the_state_does_not_permit_are_refused(
    app: Flask, follower: Follower, made: int, move: str
) -> None:
    answer = follower.do(move, answer="The left one.")
    assert answer.status_code == 409
    assert 'class="flash flash--error"' in answer.text
    assert len(read(app, made)[2]) == 2


def test_the_sender_withdraws_after_being_asked_once_more(app: Flask, follower: Follower, made: int) -> None:
    assert 'href="/track/secret/withdraw"' in follower.page()
    asked = follower.client.get("/track/secret/withdraw?lang=en").text
    assert "Withdraw it?" in asked
    assert read(app, made)[0].status == Status.WITH_DEPARTMENT
    assert follower.do("withdraw").status_code == 303
    assert follower.do("withdraw").status_code == 303  # a double click
    thread, _said, kinds = read(app, made)
    assert thread.status == Status.WITHDRAWN
    assert thread.visibility == Visibility.HIDDEN
    assert kinds.count("thread.withdrawn") == 1
    page = follower.page()
    assert "you withdrew it" in page
    assert "Add words" not in page
    assert follower.client.get("/track/secret/withdraw").location == "/track/secret"
    assert follower.client.get(f"/reports/{thread.reference}").status_code == 404


def test_what_is_fixed_can_no_longer_be_withdrawn(app: Flask, follower: Follower, made: int) -> None:
    change(app, made, fix)
    assert follower.do("withdraw").status_code == 409
    assert read(app, made)[0].status == Status.FIXED


def test_too_many_moves_must_wait_and_lose_nothing(
    app: Flask, follower: Follower, made: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "MOVES_OF_A_LINK", 1)
    assert follower.do("more", words="First.").status_code == 303
    answer = follower.do("more", words="Second, with care.")
    assert answer.status_code == 429
    assert "Second, with care." in answer.text
    assert read(app, made)[1][-1] == ("added", "First.")


def test_an_expired_form_keeps_the_answer(app: Flask, client: FlaskClient, made: int) -> None:
    change(app, made, put_question)
    data = {"csrf_token": "old", "move": "answer", "answer": "The left one."}
    answer = client.post("/track/secret?lang=en", data=data)
    assert answer.status_code == 400
    assert "The left one." in answer.text
    assert 'href="/track/secret"' in answer.text
    assert read(app, made)[0].status == Status.WAITING


def test_the_page_costs_the_same_queries_however_much_was_said(
    app: Flask, follower: Follower, made: int
) -> None:
    with app.app_context():
        engine = db.engine
    statements: list[str] = []

    def note_query(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    def count() -> int:
        statements.clear()
        event.listen(engine, "before_cursor_execute", note_query)
        follower.page()
        event.remove(engine, "before_cursor_execute", note_query)
        return len(statements)

    follower.page()
    few = count()
    for number in range(5):
        follower.do("more", words=f"And number {number}.")
    assert count() == few
    assert few <= 10  # one of them looks for what was split off


def test_a_private_report_says_that_nobody_sees_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.make_report(db.session(), private=True, token="private")
        db.session.commit()
    page = Follower(client, "private").page()
    assert "Nothing. Only staff can read it" in page
    assert "The public page" not in page


def test_why_it_went_there_is_left_out_where_it_went_nowhere(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.make_report(db.session(), category=None, token="desk")
        db.session.commit()
    follower = Follower(client, "desk")
    assert "Why it went there" in follower.page()
    follower.do("withdraw")
    assert "Why it went there" not in follower.page()


def test_an_idea_and_an_unsorted_one_can_be_followed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.make_idea(db.session(), token="idea")
        factories.make_undecided(db.session(), token="unsure", title="Is this anything?")
        db.session.commit()
    idea = Follower(client, "idea").page()
    assert "Your idea" in idea
    assert "The innovation queue" in idea
    unsure = Follower(client, "unsure").page()
    assert "Is this anything?" in unsure
    assert "The sorting desk" in unsure
    assert "Nothing until a person has sorted it." in unsure


def test_each_status_is_told_in_a_sentence(app: Flask) -> None:
    with app.app_context():
        told = [tell_status(status) for status in Status]
    assert len(set(told)) == len(Status)
