"""Staff see who was told of a submission, ring who wants it, and say how it went."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts import contacts as ways
from portal.accounts.models import Contact, ContactChannel
from portal.core.db import begin_write, db
from portal.core.worker import run_all
from portal.notifications.calls import list_untold, note_not_reached, note_told, stop_calls
from portal.notifications.models import Delivery
from portal.reports.actions import mark_fixed, start_work
from portal.threads.actions import ask, lock_thread
from portal.threads.events import Actor
from portal.threads.models import Event, Thread
from tests.factories import (
    NOW,
    Browse,
    add_person,
    count_queries,
    form_fields,
    make_idea,
    make_report,
    person,
    thread_by_reference,
)
from tests.notifications.hook_server import HookServer
from tests.notifications.mail_server import MailServer

LATER = NOW + timedelta(minutes=5)
NUMBER = "13800000021"


def officer(session: Session) -> Actor:
    return Actor(person(session, "officer"), "officer")


def make_told_by_telephone(session: Session, name: str = "grandma") -> Thread:
    """Have a report by somebody who is rung, and two things to tell them."""
    author = add_person(session, name, verified=False)
    author.email = None
    ways.note_contact(
        session, author, ContactChannel.PHONE, NUMBER, noted_by=person(session, "officer"), now=NOW
    )
    report = make_report(session, author=author)
    session.commit()
    for step in (
        lambda t: start_work(session, t, by=officer(session), now=LATER),
        lambda t: ask(session, t, "Which of the two lamps?", by=officer(session), now=LATER),
    ):
        begin_write(session)
        step(lock_thread(session, report.id))
        session.commit()
        run_all(LATER)
    return session.get_one(Thread, report.id)


def untold(session: Session, thread: Thread) -> list[str]:
    return [row.Event.kind for row in list_untold(session, thread)]


def kinds(session: Session, thread: Thread) -> list[str]:
    return list(session.scalars(select(Event.kind).where(Event.thread_id == thread.id).order_by(Event.id)))


def test_news_wait_to_be_told_by_telephone_but_not_the_receipt(session: Session) -> None:
    report = make_told_by_telephone(session)
    assert untold(session, report) == ["report.started", "thread.asked"]


def test_what_came_while_staff_were_speaking_still_waits(session: Session) -> None:
    report = make_told_by_telephone(session)
    begin_write(session)
    upto = list_untold(session, report)[0].Delivery.id
    assert note_told(session, lock_thread(session, report.id), upto, by=officer(session), now=LATER)
    assert untold(session, report) == ["thread.asked"]
    assert not note_told(session, report, upto, by=officer(session), now=LATER)
    assert kinds(session, report).count("thread.told_by_telephone") == 1


def test_who_is_not_reached_goes_on_waiting(session: Session) -> None:
    report = make_told_by_telephone(session)
    begin_write(session)
    note_not_reached(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    assert len(untold(session, report)) == 2
    assert kinds(session, report)[-1] == "thread.not_reached"


def test_who_wants_no_calls_is_rung_no_more(session: Session) -> None:
    report = make_told_by_telephone(session)
    begin_write(session)
    assert stop_calls(session, lock_thread(session, report.id), by=officer(session), now=LATER)
    assert not stop_calls(session, report, by=officer(session), now=LATER)
    session.commit()
    begin_write(session)
    mark_fixed(session, lock_thread(session, report.id), "New bulb.", by=officer(session), now=LATER)
    session.commit()
    run_all(LATER)
    assert untold(session, report) == []
    assert session.scalars(select(Delivery).where(Delivery.held_back_at.is_(None))).all() == []


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        return make_told_by_telephone(db.session()).reference


def press(client: FlaskClient, reference: str, how: str) -> str:
    """Press a button of the call as the pane offers it. Return the page that follows."""
    page = client.get(f"/staff/{reference}?lang=en").text
    part = page[page.index('aria-labelledby="call-title"') :]
    answer = client.post(f"/staff/{reference}/call", data=form_fields(part) | {"how": how})
    assert answer.status_code == 303
    return client.get(f"/staff/{reference}").text


def test_an_officer_finds_the_call_rings_and_notes_it(browse: Browse, reference: str) -> None:
    client = browse("officer")
    calls = client.get("/staff/calls?lang=en").text
    assert reference in calls
    assert "2 things to tell" in calls
    assert NUMBER not in calls
    page = client.get(f"/staff/{reference}").text
    assert f"tel:{NUMBER}" in page
    assert "reads answers on the tracking page only" not in page
    assert "Which of the two lamps?" in page
    assert "Rang the sender and did not reach them." in press(client, reference, "not_reached")
    page = press(client, reference, "told")
    assert "Told the sender by telephone." in page
    assert NUMBER not in page
    assert "•••21" in page
    assert reference not in client.get("/staff/calls").text


def test_pressing_twice_counts_once(app: Flask, browse: Browse, reference: str) -> None:
    client = browse("officer")
    page = client.get(f"/staff/{reference}?lang=en").text
    data = form_fields(page[page.index('aria-labelledby="call-title"') :])
    for how in ("not_reached", "not_reached", "told", "told", "stop", "shout", ""):
        answer = client.post(f"/staff/{reference}/call", data=data | {"how": how}, follow_redirects=True)
        assert answer.status_code == 200
    assert "Nothing was noted" in answer.text
    with app.app_context():
        thread = thread_by_reference(db.session(), reference)
        found = kinds(db.session(), thread)
        assert [found.count(k) for k in ("thread.not_reached", "thread.told_by_telephone")] == [1, 1]


@pytest.mark.parametrize("upto", ["", "-1", "x", "9" * 40])
def test_a_strange_number_notes_nothing(app: Flask, browse: Browse, reference: str, upto: str) -> None:
    client = browse("officer")
    data = form_fields(client.get(f"/staff/{reference}?lang=en").text)
    assert (
        client.post(
            f"/staff/{reference}/call", data=data | {"how": "told", "upto": upto}, follow_redirects=True
        ).status_code
        == 200
    )
    with app.app_context():
        assert len(untold(db.session(), thread_by_reference(db.session(), reference))) == 2


def test_nobody_else_learns_the_number_or_notes_a_call(browse: Browse, reference: str) -> None:
    outsider = browse("outsider")
    assert reference not in outsider.get("/staff/calls?lang=en").text
    data = form_fields(outsider.get("/account").text)
    assert outsider.get(f"/staff/{reference}/told").status_code == 404
    assert outsider.post(f"/staff/{reference}/call", data=data | {"how": "told"}).status_code == 404
    for name in ("resident", "panellist"):
        assert browse(name).get("/staff/calls").status_code == 403


def test_a_panellist_reads_an_idea_but_not_who_was_told(app: Flask, browse: Browse) -> None:
    with app.app_context():
        reference = make_idea(db.session()).reference
        db.session.commit()
        run_all(NOW)
    client = browse("panellist")
    assert "Who was told" not in client.get(f"/staff/{reference}?lang=en").text
    assert client.get(f"/staff/{reference}/told").status_code == 403
    assert "Who was told" in browse("coordinator").get(f"/staff/{reference}?lang=en").text


def test_the_pane_says_what_failed_and_why(app: Flask, browse: Browse, server: MailServer) -> None:
    server.mood = "refuses"
    with app.app_context():
        reference = make_report(db.session()).reference
        db.session.commit()
        run_all(NOW)
    client = browse("officer")
    for path in (f"/staff/{reference}?lang=en", f"/staff/{reference}/told"):
        page = client.get(path).text
        assert "Given up after 1 try" in page
        assert "550" in page
        assert "r•••@example.org" in page
        assert "resident@example.org" not in page


def test_a_mail_without_an_answer_is_explained(app: Flask, browse: Browse, server: MailServer) -> None:
    server.mood = "dies"
    with app.app_context():
        reference = make_report(db.session()).reference
        db.session.commit()
        for minutes in (0, 5, 30):
            run_all(NOW + timedelta(minutes=minutes))
    assert "It may have arrived." in browse("officer").get(f"/staff/{reference}?lang=en").text


def fill(app: Flask, reference: str, number: int) -> None:
    """Have as many more people been told of a submission by mail."""
    with app.app_context():
        session = db.session()
        event = session.scalars(
            select(Event).where(
                Event.thread_id == thread_by_reference(session, reference).id,
                Event.kind == "thread.submitted",
            )
        ).one()
        for i in range(number):
            who = add_person(session, f"n{event.id}-{i}-{id(object())}")
            session.add(
                Delivery(
                    event_id=event.id,
                    person_id=who.id,
                    channel="email",
                    about="follow.new",
                    message_id=f"<{who.id}>",
                    created_at=NOW,
                    sent_at=NOW,
                )
            )
        session.commit()


def test_all_that_was_sent_is_paged(app: Flask, browse: Browse, reference: str) -> None:
    fill(app, reference, 30)
    client = browse("coordinator")
    assert f"/staff/{reference}/told" in client.get(f"/staff/{reference}?lang=en").text
    first = client.get(f"/staff/{reference}/told?lang=en").text
    assert first.count("<tr") == 26
    older = first.partition("before=")[2].partition('"')[0].partition("&")[0]
    assert client.get(f"/staff/{reference}/told?before={older}").text.count("<tr") == 8


def test_pane_and_lists_cost_no_more_when_they_hold_more(app: Flask, browse: Browse, reference: str) -> None:
    client, costs = browse("officer"), []
    for more in (2, 15):
        fill(app, reference, more)
        with app.app_context():
            for i in range(more):
                make_told_by_telephone(db.session(), f"grandma{more}-{i}")
        paths = (f"/staff/{reference}", f"/staff/{reference}/told", "/staff/calls")
        counted = []
        for path in paths:
            client.get(path)
            with count_queries(app) as queries:
                client.get(path)
            counted.append(len(queries))
        costs.append(counted)
    assert all(more <= few for few, more in zip(*costs, strict=True))


def test_calls_are_paged(app: Flask, browse: Browse) -> None:
    with app.app_context():
        for i in range(27):
            make_told_by_telephone(db.session(), f"grandma{i}")
    client = browse("coordinator")
    first = client.get("/staff/calls?lang=en").text
    assert first.count("2 things to tell") == 25
    after = first.partition("after=")[2].partition('"')[0].partition("&")[0]
    assert client.get(f"/staff/calls?after={after}").text.count("2 things to tell") == 2


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ("state=given_up", {"b"}),
        ("state=waiting", {"c"}),
        ("state=sent", {"a"}),
        ("state=held", {"d"}),
        ("channel=sms", set()),
        ("channel=email", {"a", "b", "c", "d"}),
        ("state=given_up&channel=email", {"b"}),
        ("state=nonsense", {"a", "b", "c", "d"}),
    ],
)
def test_administrators_choose_what_they_see(
    app: Flask, browse: Browse, server: MailServer, wish: str, shown: set[str]
) -> None:
    for name, mood in (("a", "takes"), ("b", "refuses"), ("c", "busy"), ("d", "busy")):
        server.mood = mood
        with app.app_context():
            make_report(db.session(), author=add_person(db.session(), name))
            db.session.commit()
            run_all(NOW)
    with app.app_context():
        begin_write(db.session())
        held = Delivery.person_id == person(db.session(), "d").id
        db.session.execute(update(Delivery).where(held).values(held_back_at=NOW))
        db.session.commit()
    page = browse("administrator").get(f"/staff/mail?{wish}&lang=en").text
    assert {name for name in "abcd" if f"{name}•••@example.org" in page} == shown


def test_all_that_was_given_up_is_tried_again(app: Flask, browse: Browse, server: MailServer) -> None:
    server.mood = "refuses"
    with app.app_context():
        for _report in range(2):
            make_report(db.session())
        db.session.commit()
        run_all(NOW)
    server.mood = "takes"
    client = browse("administrator")
    page = client.get("/staff/mail?lang=en").text
    assert "Try all again" in page
    answer = client.post("/staff/mail/again", data=form_fields(page), follow_redirects=True)
    assert "2 messages are tried again now." in answer.text
    with app.app_context():
        run_all(NOW + timedelta(days=400))
    assert len(server.taken) == 2


def test_ways_by_hook_are_offered_in_the_filter_only_with_a_hook(
    browse: Browse, hook: HookServer, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    client = browse("administrator")
    assert "SMS" in client.get("/staff/mail?lang=en").text
    settings = app.extensions["linli_settings"].model_copy(update={"hook_url": ""})
    monkeypatch.setitem(app.extensions, "linli_settings", settings)
    assert "SMS" not in client.get("/staff/mail").text


def note(client: FlaskClient, reference: str, **fields: str) -> TestResponse:
    """Fill in the form for a telephone on the page of who was told."""
    page = client.get(f"/staff/{reference}/told?lang=en").text
    sent = form_fields(page) | {"number": "138 0000 0021", "agreed": "y"} | fields
    return client.post(f"/staff/{reference}/telephone", data={k: v for k, v in sent.items() if v})


@pytest.fixture
def unreachable(app: Flask) -> str:
    """A report whose sender left no way to reach them."""
    with app.app_context():
        author = add_person(db.session(), "grandpa", verified=False)
        author.email = None
        reference = make_report(db.session(), author=author).reference
        db.session.commit()
        return reference


def begin(app: Flask, reference: str) -> None:
    with app.app_context():
        session = db.session()
        begin_write(session)
        thread = lock_thread(session, thread_by_reference(session, reference).id)
        start_work(session, thread, by=officer(session), now=LATER)
        session.commit()
        run_all(LATER)


@pytest.mark.parametrize("who", ["officer", "coordinator"])
def test_staff_note_a_telephone_later_and_then_ring_it(
    app: Flask, browse: Browse, unreachable: str, who: str
) -> None:
    client = browse(who)
    assert f'href="/staff/{unreachable}/told"' in client.get(f"/staff/{unreachable}?lang=en").text
    for _twice in range(2):
        assert note(client, unreachable).location == f"/staff/{unreachable}/told"
    page = client.get(f"/staff/{unreachable}").text
    assert page.count("Noted the sender’s telephone number, as they agreed.") == 1
    assert NUMBER not in page, "shown when there is something to tell"
    begin(app, unreachable)
    assert unreachable in client.get("/staff/calls").text
    page = client.get(f"/staff/{unreachable}").text
    assert f"tel:{NUMBER}" in page
    assert "nobody has rung it yet" not in page


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("number", "ring me", "Please write the number in digits"),
        ("number", "", "Please write the number."),
        ("agreed", "", "Please ask the sender first"),
    ],
)
def test_a_number_is_noted_only_in_digits_and_with_consent(
    browse: Browse, unreachable: str, field: str, value: str, problem: str
) -> None:
    client = browse("officer")
    answer = note(client, unreachable, **{"number": "138 0000 002x"} | {field: value})
    assert answer.status_code == 422
    assert problem in answer.text
    if field == "agreed":
        assert "138 0000 002x" in answer.text
    assert "Noted the sender’s telephone number" not in client.get(f"/staff/{unreachable}").text


def test_a_number_is_noted_by_who_works_the_matter_alone(
    app: Flask, browse: Browse, unreachable: str
) -> None:
    with app.app_context():
        idea = make_idea(db.session()).reference
        db.session.commit()
    sent = {"number": NUMBER, "agreed": "y"}
    for name, reference, status in (("outsider", unreachable, 404), ("panellist", idea, 403)):
        client = browse(name)
        data = form_fields(client.get("/account?lang=en").text) | sent
        assert client.post(f"/staff/{reference}/telephone", data=data).status_code == status
    with app.app_context():
        assert db.session.scalars(select(Contact)).first() is None


def test_no_number_is_noted_of_who_is_removed(app: Flask, browse: Browse, unreachable: str) -> None:
    client = browse("officer")
    data = form_fields(client.get(f"/staff/{unreachable}/told?lang=en").text)
    with app.app_context():
        thread_by_reference(db.session(), unreachable).author.erased_at = NOW
        db.session.commit()
    assert "Note a telephone number" not in client.get(f"/staff/{unreachable}/told").text
    sent = data | {"number": NUMBER, "agreed": "y"}
    assert client.post(f"/staff/{unreachable}/telephone", data=sent).status_code == 409


def test_a_number_that_somebody_wrote_themselves_is_proven_by_the_first_call(
    app: Flask, browse: Browse
) -> None:
    with app.app_context():
        session = db.session()
        reference = make_report(session).reference
        ways.add_telephone(session, person(session, "resident"), NUMBER, now=NOW)
        session.commit()
    begin(app, reference)
    client = browse("officer")
    page = client.get(f"/staff/{reference}?lang=en").text
    assert "nobody has rung it yet" in page
    assert "Wrong number, or no more calls" in page
    press(client, reference, "not_reached")
    with app.app_context():
        assert db.session.scalars(select(Contact)).one().confirmed_at is None
    press(client, reference, "told")
    with app.app_context():
        assert db.session.scalars(select(Contact)).one().confirmed_at
