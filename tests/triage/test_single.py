"""A single move, undone within ten minutes: it stands as before, and nobody was told anything false."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.db import db
from portal.core.outbox import Job
from portal.notifications.models import Delivery
from portal.threads.actions import note
from portal.threads.events import TOPIC, Actor
from portal.threads.models import Level, Statement, Status
from portal.triage.bulk import UNDO
from portal.triage.models import BulkAction
from portal.triage.single import UNDOABLE
from tests.factories import Browse, make_report, person, thread_by_reference
from tests.triage.moving import FILLED, SOON, make_ready, post, post_move
from tests.triage.test_bulk import do, events, read, told, work

LATER = SOON + timedelta(hours=1)


def move(client: FlaskClient, reference: str, verb: str, **fields: str) -> TestResponse:
    with clock.frozen(LATER):
        return post_move(client, reference, verb, **fields)


def undo(client: FlaskClient, reference: str, after: timedelta = timedelta(minutes=9)) -> TestResponse:
    """Press the button that the page offers, so long after the move."""
    with clock.frozen(LATER + min(after, timedelta(minutes=9))):
        page = client.get(f"/staff/{reference}?lang=en").text
    address = re.findall(r'action="(/staff/bulk/\d+/undo[^"]*)"', page)[0]
    with clock.frozen(LATER + after):
        return post(client, address.replace("&amp;", "&"), {})


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        made = make_report(db.session(), "The lamp is dark").reference
        db.session.commit()
        return made


@pytest.mark.parametrize("verb", sorted(UNDOABLE))
def test_each_move_can_be_undone_and_leaves_what_was(app: Flask, browse: Browse, verb: str) -> None:
    with app.app_context():
        made = make_ready(db.session(), verb).reference
        fields = dict(FILLED[verb])
        if verb == "give":
            fields["person"] = str(person(db.session(), "officer").id)
        db.session.commit()
    before, client = read(app, made), browse("coordinator")
    work(app, SOON)
    known = len(told(app))
    assert move(client, made, verb, **fields).status_code == 303
    assert read(app, made) != before or verb in ("note", "reply")
    assert undo(client, made).location.startswith(f"/staff/{made}")
    assert read(app, made) == before
    assert events(app, made)[-1] == "thread.taken_back"
    work(app, LATER + 2 * UNDO)
    assert len(told(app)) == known, "nobody is told of what was taken back"


def test_people_hear_of_a_move_once_it_can_no_longer_be_undone(
    app: Flask, browse: Browse, reference: str
) -> None:
    move(browse("officer"), reference, "no-action", reason="Private ground.")
    work(app, LATER + UNDO - timedelta(seconds=1))
    assert told(app) == []
    work(app, LATER + UNDO)
    assert told(app) == ["report.no_action"]


def test_what_cannot_be_undone_is_told_at_once_and_what_waited_before_it(
    app: Flask, browse: Browse, reference: str
) -> None:
    client = browse("officer")
    move(client, reference, "reply", reply="We are on our way.")
    move(client, reference, "fix", done="A new bulb.")
    with app.app_context():
        waiting = select(Job).where(Job.topic == TOPIC, Job.run_at > LATER)
        assert db.session.scalars(waiting).all() == []
    work(app, LATER)
    with app.app_context():
        about = db.session.scalars(select(Delivery.about).order_by(Delivery.id)).all()
    assert [a for a in about if a in ("thread.replied", "report.fixed")] == ["thread.replied", "report.fixed"]


def test_words_taken_back_are_for_staff_alone(app: Flask, browse: Browse, reference: str) -> None:
    client = browse("officer")
    move(client, reference, "reply", reply="We are on our way.")
    assert "on our way" in browse("neighbour").get(f"/reports/{reference}").text
    undo(client, reference)
    assert "on our way" not in browse("neighbour").get(f"/reports/{reference}").text
    with app.app_context():
        assert Level.TAKEN_BACK in db.session.scalars(select(Statement.level)).all()


def test_after_ten_minutes_it_stays(app: Flask, browse: Browse, reference: str) -> None:
    client = browse("officer")
    move(client, reference, "start")
    assert undo(client, reference, UNDO).status_code == 409
    assert read(app, reference)["status"] == Status.IN_PROGRESS
    with clock.frozen(LATER + UNDO):
        assert "/undo" not in client.get(f"/staff/{reference}").text


def test_where_something_happened_since_it_stays_and_says_so(
    app: Flask, browse: Browse, reference: str
) -> None:
    client = browse("officer")
    move(client, reference, "start")
    with app.app_context():
        thread = thread_by_reference(db.session(), reference)
        by = Actor(person(db.session(), "coordinator"), "coordinator")
        note(db.session(), thread, "Mine.", by=by, now=LATER)
        db.session.commit()
    undo(client, reference)
    assert read(app, reference)["status"] == Status.IN_PROGRESS
    assert "can’t be undone" in client.get(f"/staff/{reference}?lang=en").text


def test_nobody_undoes_what_another_did(app: Flask, browse: Browse, reference: str) -> None:
    move(browse("officer"), reference, "start")
    with app.app_context():
        number = db.session.scalars(select(BulkAction.id)).one()
    with clock.frozen(LATER):
        assert post(browse("coordinator"), f"/staff/bulk/{number}/undo", {}).status_code == 404
    assert read(app, reference)["status"] == Status.IN_PROGRESS


def test_a_script_is_told_of_the_way_back(app: Flask, browse: Browse, reference: str) -> None:
    client = browse("officer")
    with app.app_context():
        seen = thread_by_reference(db.session(), reference).last_sequence
    with clock.frozen(LATER), client.session_transaction() as cookies:
        cookies["csrf_token"] = "0" * 40
    client.environ_base["HTTP_X_PANE"] = "1"
    with clock.frozen(LATER):
        answer = post_move(client, reference, "start", seen=seen)
    assert 'data-key="z"' in answer.text
    assert f"Your last move was in {reference}." in answer.text


def test_many_are_asked_and_hidden_at_once_and_given_back(app: Flask, browse: Browse) -> None:
    with app.app_context():
        references = [make_report(db.session(), f"Lamp {n} is dark").reference for n in range(2)]
        db.session.commit()
    before = [read(app, each) for each in references]
    for verb, fields in (("ask", {"question": "Which?"}), ("hide", {"reason": "It names a child."})):
        answer = do(browse("officer"), verb, references, LATER, **fields)
        assert answer.status_code == 303
        assert all(read(app, each) != was for each, was in zip(references, before, strict=True))
        with clock.frozen(LATER):
            post(browse("officer"), answer.location.replace("?", "/undo?"), {})
        assert [read(app, each) for each in references] == before
    work(app, LATER + 2 * UNDO)
    assert told(app) == []


def test_many_are_joined_with_one_of_them_and_taken_apart(app: Flask, browse: Browse) -> None:
    with app.app_context():
        references = [make_report(db.session(), f"Lamp {n} is dark").reference for n in range(3)]
        db.session.commit()
    before = [read(app, each) for each in references]
    client = browse("officer")
    assert "Which one goes on for all of them?" in do(client, "merge", references, LATER).text
    answer = do(client, "merge", references, LATER, other=references[0])
    statuses = [read(app, each)["status"] for each in references]
    assert statuses == [Status.WITH_DEPARTMENT, Status.DUPLICATE, Status.DUPLICATE]
    with clock.frozen(LATER):
        post(client, answer.location.replace("?", "/undo?"), {})
    assert [read(app, each) for each in references] == before
    work(app, LATER + 2 * UNDO)
    with app.app_context():
        about = db.session.scalars(select(Delivery.about)).all()
    assert not {"thread.merged", "thread.unmerged"} & set(about)
