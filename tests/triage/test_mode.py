"""Normal and emergency mode: who switches it, whom it reaches, what is promised then."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.administration.audit_telling import tell_records
from portal.communities.models import Emergency
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.threads.models import Event, Pace
from portal.triage.mode import begin_emergency, emergencies_for, end_emergency, switched_by
from tests.factories import NOW, Browse, directory, form_fields, make_report, person
from tests.triage.moving import coordinator

WHY = "The canal is over its banks at the weir."


def switch(session: Session, code: str = "liu") -> int:
    place = directory(session).place_codes[code].id
    begin_emergency(session, place, WHY, by=coordinator(session), now=NOW)
    return place


def test_what_comes_in_emergency_mode_has_its_times_and_keeps_them(session: Session) -> None:
    before = make_report(session)
    street = switch(session)
    during = make_report(session)
    elsewhere = make_report(session, place_id=directory(session).place_codes["qiao-1"].id)
    end_emergency(session, street, "The water has gone.", by=coordinator(session), now=NOW)
    after = make_report(session)
    hours = directory(session).category_codes["roads-paving"].emergency_answer_hours
    assert [t.pace for t in (before, during, elsewhere, after)] == [
        Pace.NORMAL,
        Pace.EMERGENCY,
        Pace.NORMAL,
        Pace.NORMAL,
    ]
    assert during.due_at == NOW + timedelta(hours=hours)
    assert during.due_at < before.due_at == after.due_at


def test_it_is_switched_once_with_a_reason_and_kept_on_record(session: Session) -> None:
    street = switch(session)
    with pytest.raises(Conflict):
        switch(session)
    with pytest.raises(Invalid):
        end_emergency(session, street, "", by=coordinator(session), now=NOW)
    end_emergency(session, street, "Dry again.", by=coordinator(session), now=NOW)
    with pytest.raises(Conflict):
        end_emergency(session, street, "Dry again.", by=coordinator(session), now=NOW)
    kinds = list(session.scalars(select(Event.kind).where(Event.kind.like("emergency.%")).order_by(Event.id)))
    assert kinds == ["emergency.began", "emergency.ended"]


def test_officers_are_told_of_it_where_they_work_and_switch_nothing(session: Session) -> None:
    switch(session, "liu-1")
    names = ("officer", "coordinator", "outsider", "resident")
    told = {name: bool(emergencies_for(person(session, name), directory(session))) for name in names}
    assert told == {"officer": True, "coordinator": True, "outsider": False, "resident": False}
    may = {name: bool(switched_by(person(session, name), directory(session))) for name in names}
    assert may == {"officer": False, "coordinator": True, "outsider": False, "resident": False}


def test_it_is_switched_on_and_off_on_its_page_and_everybody_reads_why(
    app: Flask, client: FlaskClient, browse: Browse
) -> None:
    boss = browse("coordinator")
    fields = form_fields(boss.get("/staff/mode").text)
    wrong = boss.post("/staff/mode", data=fields | {"place": "liu", "reason": " "})
    assert wrong.status_code == 422
    assert boss.post("/staff/mode", data=fields | {"place": "liu", "reason": WHY}).status_code == 303
    assert WHY in client.get("/?place=liu-1").text
    assert WHY not in client.get("/?place=qiao-1").text
    assert WHY in browse("officer").get("/staff").text
    again = boss.post("/staff/mode", data=fields | {"place": "liu", "reason": "Kept words."})
    assert again.status_code == 422
    assert "Kept words." in again.text
    assert boss.post("/staff/mode/liu/end", data=fields | {"reason": ""}).status_code == 422
    assert boss.post("/staff/mode/liu/end", data=fields | {"reason": "Dry."}).status_code == 303
    assert boss.post("/staff/mode/nowhere/end", data=fields | {"reason": "Dry."}).status_code == 404
    assert WHY not in client.get("/?place=liu-1").text
    with app.app_context():
        assert directory(db.session()).place_codes["liu"].emergency_since is None
    assert "Dry." in browse("administrator").get("/staff/admin/audit").text


def test_what_was_said_stands_in_no_event_but_is_told_to_who_reads_the_record(session: Session) -> None:
    street = switch(session)
    end_emergency(session, street, "Wei's cellar is dry again.", by=coordinator(session), now=NOW)
    events = session.scalars(select(Event).where(Event.kind.like("emergency.%")).order_by(Event.id)).all()
    assert not any("cellar" in str(event.data) or "reason" in str(event.data) for event in events)
    entries = tell_records(session, events, directory(session))
    assert [[change.after for change in entry.changes] for entry in entries][1] == [
        "Wei's cellar is dry again."
    ]
    assert entries[0].changes[0].after


def test_a_time_that_began_before_such_rows_were_kept_ends_with_one(session: Session) -> None:
    street = switch(session)
    session.execute(delete(Emergency))
    end_emergency(session, street, "Dry again.", by=coordinator(session), now=NOW)
    assert session.scalars(select(Emergency.end_reason)).all() == ["Dry again."]
