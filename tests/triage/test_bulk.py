"""One move made in many submissions, and taken back."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import RoleName
from portal.core import clock
from portal.core.db import db
from portal.core.outbox import Job, run_next
from portal.notifications.models import Delivery
from portal.routing.models import RoutingDecision
from portal.threads.actions import note
from portal.threads.additions import Photo, PhotoState
from portal.threads.events import TOPIC, Actor, find_broken_event
from portal.threads.models import Event, Level, Statement, Status, Visibility, Vote
from portal.threads.votes import cast_vote
from portal.triage.bulk import MOST, UNDO, state_of
from portal.triage.models import BulkAction
from tests.factories import (
    NOW,
    Browse,
    add_person,
    count_queries,
    make_idea,
    make_report,
    make_undecided,
    person,
    thread_by_reference,
)
from tests.triage.moving import post

SOON = NOW + timedelta(hours=2)


@pytest.fixture
def references(app: Flask) -> list[str]:
    """Three reports of the officer's department."""
    with app.app_context():
        made = [make_report(db.session(), f"Lamp {n} is dark").reference for n in range(3)]
        db.session.commit()
        return made


def ask(
    client: FlaskClient, verb: str, references: Iterable[str], at: datetime = SOON, **more: str
) -> TestResponse:
    with clock.frozen(at):
        given = {"verb": verb, "pick": list(references), "queue": "queue", "lang": "en", **more}
        return client.get("/staff/bulk", query_string=given)


def do(
    client: FlaskClient, verb: str, references: Iterable[str], at: datetime = SOON, **fields: str
) -> TestResponse:
    """Look at the preview, then send its form as it came, filled with these."""
    page = ask(client, verb, references, at).text
    picks = re.findall(r'name="pick" value="([^"]+)"', page)
    return send(client, verb, picks, at, **fields)


def send(
    client: FlaskClient, verb: str, picks: list[str], at: datetime = SOON, **fields: str
) -> TestResponse:
    with clock.frozen(at):
        return post(client, f"/staff/bulk?verb={verb}&queue=queue&lang=en", {"pick": picks, **fields})


def undo(client: FlaskClient, answer: TestResponse, at: datetime) -> TestResponse:
    number = re.findall(r"/staff/bulk/(\d+)", answer.location)[0]
    with clock.frozen(at):
        return post(client, f"/staff/bulk/{number}/undo?queue=queue&lang=en", {})


def read(app: Flask, reference: str) -> dict[str, Any]:
    with app.app_context():
        return state_of(thread_by_reference(db.session(), reference))


def events(app: Flask, reference: str) -> list[str]:
    with app.app_context():
        thread = thread_by_reference(db.session(), reference)
        found = select(Event).where(Event.thread_id == thread.id).order_by(Event.sequence)
        assert find_broken_event(db.session(), f"thread:{thread.id}") is None
        return [event.kind for event in db.session.scalars(found)]


def work(app: Flask, at: datetime) -> None:
    with app.app_context(), clock.frozen(at):
        while run_next(db.session(), at):
            pass


def told(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Delivery.about).where(Delivery.about.startswith("report."))))


def test_the_preview_says_to_how_many_and_does_nothing(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    before = [read(app, reference) for reference in references]
    page = ask(browse("officer"), "no-action", references).text
    assert "This would be done to 3 submissions. Nothing is done yet." in page
    assert "Lamp 0 is dark" in page
    assert [read(app, reference) for reference in references] == before


def test_the_preview_names_what_is_left_out_and_why(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    with app.app_context():
        closed = thread_by_reference(db.session(), references[0])
        closed.status, closed.is_closed = Status.FIXED, True
        foreign = make_report(db.session(), "Wages", category="wages").reference
        db.session.commit()
    page = ask(browse("officer"), "start", [*references, foreign, "000-000-000"]).text
    assert "This would be done to 2 submissions" in page
    assert "1 is left out" in page
    assert "Its state does not permit this." in page
    assert "Wages" not in page, "what the officer may not read stays unnamed"


def test_it_is_done_to_each_as_if_it_were_made_alone(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    answer = do(browse("officer"), "no-action", references, reason="Private ground.")
    assert answer.status_code == 303
    for reference in references:
        assert read(app, reference)["status"] == Status.NO_ACTION
        assert events(app, reference)[-1] == "report.no_action"
    with clock.frozen(SOON):
        page = browse("officer").get(answer.location, headers={"Accept-Language": "en"}).text
    assert "Done to 3 submissions." in page
    assert "Undo" in page


def test_an_officer_changes_nothing_of_others_by_a_forged_form(app: Flask, browse: Browse) -> None:
    with app.app_context():
        foreign = make_report(db.session(), "Wages", category="wages").reference
        db.session.commit()
    answer = send(browse("officer"), "no-action", [f"{foreign}.2"], reason="Gone.")
    assert answer.status_code == 409
    assert read(app, foreign)["status"] == Status.WITH_DEPARTMENT
    assert "Wages" not in answer.text


def test_what_somebody_else_changed_meanwhile_is_left_out_and_named(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    client = browse("officer")
    picks = re.findall(r'name="pick" value="([^"]+)"', ask(client, "start", references).text)
    with app.app_context():
        thread = thread_by_reference(db.session(), references[1])
        note(db.session(), thread, "Mine.", by=Actor(person(db.session(), "officer"), "officer"), now=SOON)
        db.session.commit()
    answer = send(client, "start", picks)
    statuses = [read(app, reference)["status"] for reference in references]
    assert statuses == [Status.IN_PROGRESS, Status.WITH_DEPARTMENT, Status.IN_PROGRESS]
    page = client.get(answer.location).text
    assert "1 was left out" in page
    assert "Someone else changed this while you were reading it." in page


def test_bad_input_is_said_and_what_was_typed_stays(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    client = browse("coordinator")
    assert "Please fill this in." in do(client, "reply", references).text
    answer = do(client, "sort", references, reason="It is the noise they mean.")
    assert answer.status_code == 422
    assert "Please choose a category." in answer.text
    assert "It is the noise they mean." in answer.text
    answer = do(client, "sort", references, category="noise")
    assert "Please give a reason." in answer.text
    assert read(app, references[0])["status"] == Status.WITH_DEPARTMENT


def test_where_nothing_can_be_done_the_words_are_kept(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    answer = send(browse("officer"), "reply", [f"{r}.9" for r in references], reply="We are on our way.")
    assert answer.status_code == 409
    assert "We are on our way." in answer.text
    assert "Someone else changed this" in answer.text


def test_a_form_without_anything_chosen_leads_back_to_the_list(browse: Browse) -> None:
    for picks in ([], ["x"], ["1.²"], ["\0.1", f"{'9' * 10_000}.3"]):
        assert send(browse("officer"), "take", picks).location == "/staff/queue"


@pytest.mark.parametrize("chosen", [{"verb": "take", "pick": []}, {"verb": "erase", "pick": ["1"]}, {}])
def test_choosing_nothing_leads_back_to_the_list(browse: Browse, chosen: dict[str, Any]) -> None:
    client = browse("officer")
    asked = {**chosen, "queue": "queue", "whose": "mine", "lang": "en"}
    answer = client.get("/staff/bulk", query_string=asked)
    assert answer.location == "/staff/queue?whose=mine"
    assert "Choose" in client.get("/staff/queue?lang=en").text


def test_all_of_a_list_can_be_chosen_up_to_a_hundred(app: Flask, browse: Browse) -> None:
    with app.app_context():
        for n in range(30):
            make_report(db.session(), f"Lamp {n} is dark")
        make_report(db.session(), "A door")
        db.session.commit()
    client = browse("officer")
    assert "With all 30 in the list" in client.get("/staff/queue?q=lamp&lang=en").text
    page = ask(client, "take", [], all="1", q="lamp").text
    assert "This would be done to 30 submissions" in page
    assert MOST == 100


def test_a_colleague_gets_only_what_they_can_have(app: Flask, browse: Browse, references: list[str]) -> None:
    with app.app_context():
        foreign = make_report(db.session(), "Wages", category="wages").reference
        number = person(db.session(), "officer").id
        db.session.commit()
    client = browse("coordinator")
    answer = do(client, "give", [*references, foreign], person=str(number))
    assert [read(app, reference)["assignee_id"] for reference in references] == [number] * 3
    assert read(app, foreign)["assignee_id"] is None
    assert "This colleague does not work there." in client.get(answer.location).text


def test_a_panellist_may_note_and_nothing_else(app: Flask, browse: Browse) -> None:
    with app.app_context():
        idea = make_idea(db.session()).reference
        db.session.commit()
    client = browse("panellist")
    page = client.get("/staff/ideas?lang=en").text
    assert re.findall(r'<option value="([a-z-]+)">', page.partition('id="bulk-verb"')[2]) == ["note"]
    assert "This can be done to none of them." in ask(client, "no-action", [idea]).text
    assert do(client, "note", [idea], note="Seen.").status_code == 303


VERBS: dict[str, dict[str, str]] = {
    "take": {},
    "start": {},
    "reply": {"reply": "We are on our way."},
    "note": {"note": "Seen there before."},
    "sort": {"category": "noise", "reason": "It is the noise they mean."},
    "not-ours": {"reason": "The railway's: ring 12306."},
    "no-action": {"reason": "Private ground."},
}


@pytest.mark.parametrize("verb", VERBS)
def test_undoing_gives_back_exactly_what_was(
    app: Flask, browse: Browse, references: list[str], verb: str
) -> None:
    with app.app_context():
        report = thread_by_reference(db.session(), references[0])
        cast_vote(db.session(), report, person(db.session(), "neighbour"), now=NOW)
        db.session.commit()
    before = [read(app, reference) for reference in references]
    answer = do(browse("coordinator"), verb, references, **VERBS[verb])
    assert undo(browse("coordinator"), answer, SOON + UNDO - timedelta(seconds=1)).status_code == 303
    assert [read(app, reference) for reference in references] == before
    for reference in references:
        assert events(app, reference)[-1] == "thread.taken_back"
    with app.app_context():
        assert len(db.session.scalars(select(Vote)).all()) == 1
        decided = select(RoutingDecision).where(RoutingDecision.decided_by == "person")
        assert db.session.scalars(decided).all() == []
    work(app, SOON + 2 * UNDO)
    assert told(app) == [], "nobody is told of what was taken back"


def test_undoing_gives_back_what_stood_at_the_desk(app: Flask, browse: Browse) -> None:
    with app.app_context():
        made = [make_undecided(db.session()), make_report(db.session(), "At the desk", category=None)]
        references = [thread.reference for thread in made]
        db.session.commit()
    before = [read(app, reference) for reference in references]
    for verb in ("sort", "idea"):
        answer = do(browse("coordinator"), verb, references, category="noise")
        assert [read(app, reference)["needs_sorting"] for reference in references] == [False, False]
        undo(browse("coordinator"), answer, SOON + timedelta(minutes=1))
        assert [read(app, reference) for reference in references] == before


def test_undoing_hides_words_and_photos_again(app: Flask, browse: Browse) -> None:
    with app.app_context():
        session = db.session()
        report = make_report(session, author=add_person(session, "passer-by", verified=False))
        session.add(
            Photo(
                thread_id=report.id,
                key="1" * 32,
                source="x",
                width=1,
                height=1,
                state=PhotoState.FIRST_LOOK,
                created_at=NOW,
            )
        )
        reference = report.reference
        session.commit()
    answer = do(browse("officer"), "show", [reference])
    assert (read(app, reference)["visibility"], read(app, reference)["photos_total"]) == (
        Visibility.PUBLIC,
        1,
    )
    undo(browse("officer"), answer, SOON + timedelta(minutes=1))
    assert read(app, reference)["visibility"] == Visibility.FIRST_LOOK
    assert read(app, reference)["photos_total"] == 0
    with app.app_context():
        assert db.session.scalars(select(Photo.state)).all() == [PhotoState.FIRST_LOOK]
    assert "lamp" not in browse("neighbour").get("/reports").text


def test_where_something_happened_since_it_is_left_and_named(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    client = browse("officer")
    answer = do(client, "no-action", references, reason="Private ground.")
    with app.app_context():
        thread = thread_by_reference(db.session(), references[1])
        note(db.session(), thread, "Mine.", by=Actor(person(db.session(), "officer"), "officer"), now=SOON)
        db.session.commit()
    page = client.get(undo(client, answer, SOON + timedelta(minutes=2)).location).text
    statuses = [read(app, reference)["status"] for reference in references]
    assert statuses == [Status.WITH_DEPARTMENT, Status.NO_ACTION, Status.WITH_DEPARTMENT]
    assert "1 was not put back" in page
    assert references[1] not in page.split("These are as they were before")[1]
    work(app, SOON + 2 * UNDO)
    assert told(app) == ["report.no_action"], "only what stands is told"


def test_where_nothing_could_be_put_back_nothing_is_said_to_be(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    client = browse("officer")
    answer = do(client, "no-action", references[:1], reason="Private ground.")
    with app.app_context():
        thread = thread_by_reference(db.session(), references[0])
        note(db.session(), thread, "Mine.", by=Actor(person(db.session(), "officer"), "officer"), now=SOON)
        db.session.commit()
    page = client.get(undo(client, answer, SOON + timedelta(minutes=2)).location).text
    assert "1 was not put back" in page
    assert "What was done is undone" not in page
    assert "before.</" not in page


def test_words_that_were_taken_back_are_for_staff_alone(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    answer = do(browse("officer"), "reply", references[:1], reply="Quagga is coming.")
    assert "Quagga" in browse("neighbour").get(f"/reports/{references[0]}").text
    undo(browse("officer"), answer, SOON + timedelta(minutes=1))
    page = browse("neighbour").get(f"/reports/{references[0]}?lang=en").text
    assert "Quagga" not in page
    assert "Taken back: the step before was a mistake." in page
    assert references[0] not in browse("neighbour").get("/reports?q=quagga").text
    assert "Quagga" in browse("officer").get(f"/staff/{references[0]}").text
    with app.app_context():
        said = db.session.scalars(select(Statement).where(Statement.text == "Quagga is coming.")).one()
        assert said.level == Level.TAKEN_BACK


def test_mails_wait_until_the_time_for_undoing_is_over(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    do(browse("officer"), "no-action", references, reason="Private ground.")
    work(app, SOON + UNDO - timedelta(seconds=1))
    assert told(app) == []
    work(app, SOON + UNDO)
    assert told(app) == ["report.no_action"] * 3


def test_a_move_made_alone_is_told_at_once(app: Flask, session: Session) -> None:
    make_report(session)
    waiting = session.scalars(select(Job).where(Job.topic == TOPIC)).all()
    assert waiting
    assert all(job.run_at == NOW for job in waiting)


def test_after_ten_minutes_and_a_second_time_nothing_is_undone(
    app: Flask, browse: Browse, references: list[str]
) -> None:
    client = browse("officer")
    answer = do(client, "start", references)
    assert undo(client, answer, SOON + UNDO).status_code == 409
    assert read(app, references[0])["status"] == Status.IN_PROGRESS
    answer = do(client, "reply", references, reply="We come.")
    assert undo(client, answer, SOON + timedelta(minutes=1)).status_code == 303
    assert undo(client, answer, SOON + timedelta(minutes=1)).status_code == 409
    assert events(app, references[0]).count("thread.taken_back") == 1


def test_nobody_undoes_what_another_did(app: Flask, browse: Browse, references: list[str]) -> None:
    answer = do(browse("officer"), "start", references)
    assert undo(browse("coordinator"), answer, SOON).status_code == 404
    assert browse("coordinator").get(answer.location).status_code == 404


def test_the_list_leads_back_to_what_can_be_undone(browse: Browse, references: list[str]) -> None:
    client = browse("officer")
    do(client, "start", references)
    with clock.frozen(SOON + timedelta(minutes=5)):
        assert "You changed 3 at once." in client.get("/staff/queue?lang=en").text
    with clock.frozen(SOON + UNDO):
        assert "You changed 3 at once." not in client.get("/staff/queue?lang=en").text


def test_boxes_can_be_ticked_without_scripts(browse: Browse, references: list[str]) -> None:
    page = browse("officer").get("/staff/queue?lang=en").text
    boxes = re.findall(
        r'<input type="checkbox" name="pick" value="([\d-]+)" form="bulk"[^>]*?( checked)?>', page
    )
    assert [reference for reference, _ in boxes] == references
    assert not any(ticked for _, ticked in boxes)
    href = re.findall(r'<a href="([^"]+)" data-key="0"', page)[0].replace("&amp;", "&")
    assert browse("officer").get(href).text.count(" checked>") == 3


def test_a_preview_costs_the_same_whatever_the_rows(app: Flask, browse: Browse) -> None:
    with app.app_context():
        references = [make_report(db.session(), f"Lamp {n}").reference for n in range(40)]
        db.session.commit()
    costs = []
    for number in (2, 40):
        client = browse("coordinator")
        client.get("/staff")
        with count_queries(app) as queries:
            assert ask(client, "give", references[:number]).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_what_was_done_to_many_names_nobodys_words(app: Flask, browse: Browse, references: list[str]) -> None:
    do(browse("officer"), "reply", references, reply="Quagga is coming.")
    with app.app_context():
        kept = db.session.scalars(select(BulkAction)).one()
        assert "Quagga" not in str(kept.done)
        assert "Lamp" not in str(kept.done)
        assert {"thread", "role", "before", "from", "until", "photos"} == set(kept.done[0])


def test_who_has_lost_their_role_undoes_nothing(app: Flask, browse: Browse, references: list[str]) -> None:
    client = browse("officer")
    answer = do(client, "no-action", references, reason="Private ground.")
    with app.app_context():
        role = person(db.session(), "officer").roles[0]
        role.name, role.department_id = RoleName.PANELLIST, None
        db.session.commit()
    undo(client, answer, SOON)
    assert [read(app, reference)["status"] for reference in references] == [Status.NO_ACTION] * 3
