"""The pages: through the forms, as each person sees them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.cases.queries import list_tasks
from portal.core.db import db
from portal.threads.models import Thread
from tests.cases.scenes import add_cast, department_id, make_joint
from tests.factories import Browse, make_report, thread_by_reference
from tests.triage.moving import look_up, post


@pytest.fixture
def reference(app: Flask) -> str:
    """A report with the department of construction in Willow First Lane."""
    with app.app_context():
        add_cast(db.session())
        found = make_report(db.session()).reference
        db.session.commit()
    return found


def number_of(app: Flask, code: str) -> str:
    with app.app_context():
        return str(department_id(db.session(), code))


def send(
    client: FlaskClient, reference: str, name: str, number: object = "", **fields: object
) -> TestResponse:
    seen = look_up(client, reference, lambda thread: thread.last_sequence)
    fields = {"number": str(number), "seen": str(seen)} | fields
    return post(client, f"/staff/{reference}/case/{name}?lang=en", fields)


def see(client: FlaskClient, reference: str) -> str:
    page = client.get(f"/staff/{reference}/case?lang=en")
    assert page.status_code == 200
    return page.text


def begin(app: Flask, reference: str) -> int:
    """Make it a joint case, as if the coordinator had agreed. Return its task's number."""
    with app.app_context():
        task = make_joint(db.session(), thread_by_reference(db.session(), reference)).id
        db.session.commit()
    return task


def test_the_whole_way_of_a_joint_case(app: Flask, browse: Browse, reference: str) -> None:
    labour = number_of(app, "labour")
    officer, boss, helper = browse("officer"), browse("coordinator"), browse("helper")
    assert helper.get(f"/staff/{reference}/case").status_code == 404
    assert send(officer, reference, "call", departments=[labour], reason="Wages are owed.").status_code == 303
    assert "Joint cases to decide" in boss.get("/staff?lang=en").text
    fields = {f"what_{labour}": "Check.", f"shown_{labour}": "Looks at the wages.", f"days_{labour}": "2"}
    lead = number_of(app, "construction")
    assert send(boss, reference, "agree", lead=lead, **fields).status_code == 303
    assert "Tasks in joint cases" in helper.get("/staff/between?lang=en").text
    with app.app_context():
        task = list_tasks(db.session(), thread_by_reference(db.session(), reference).id)[0].id
    assert send(helper, reference, "accept-task", task).status_code == 303
    assert send(helper, reference, "finish-task", task, result="Paid in full.").status_code == 303
    page = see(officer, reference)
    assert "Paid in full." in page
    public = browse().get(f"/reports/{reference}?lang=en").text
    assert "Looks at the wages." in public
    assert "Paid in full." not in public
    assert "Check." not in public


def test_what_was_typed_stays_where_something_is_missing(app: Flask, browse: Browse, reference: str) -> None:
    answer = send(browse("officer"), reference, "call", reason="Wages are owed.")
    assert answer.status_code == 422
    assert "Wages are owed." in answer.text
    assert "Please choose at least one other department." in answer.text


def test_a_task_is_told_to_staff_and_to_the_public(app: Flask, browse: Browse, reference: str) -> None:
    labour, environment = (number_of(app, code) for code in ("labour", "environment"))
    lead, boss = number_of(app, "construction"), browse("coordinator")
    send(browse("officer"), reference, "call", departments=[labour, environment], reason="Both are needed.")
    half = {f"what_{labour}": "Check the contracts."}
    answer = send(boss, reference, "agree", lead=lead, **half)
    assert answer.status_code == 422
    assert f'href="#agree-shown_{labour}">Please fill this in too' in answer.text
    assert "Check the contracts." in answer.text
    whole = half | {f"shown_{labour}": "Looks at the wages."}
    assert send(boss, reference, "agree", lead=lead, **whole).status_code == 303  # the other gets no task


def test_who_comes_too_late_is_told_and_loses_nothing(app: Flask, browse: Browse, reference: str) -> None:
    task = begin(app, reference)
    helper = browse("helper")
    with app.app_context():
        seen = thread_by_reference(db.session(), reference).last_sequence
    assert send(helper, reference, "accept-task", task).status_code == 303
    late = send(helper, reference, "finish-task", task, result="Half of it.", seen=str(seen))
    assert late.status_code == 409
    assert "Half of it." in late.text
    assert "Someone else changed this" in late.text


def test_minutes_and_decisions_are_kept(app: Flask, browse: Browse, reference: str) -> None:
    begin(app, reference)
    helper, labour = browse("helper"), number_of(app, "labour")
    kept = send(
        helper, reference, "minutes", held_on="2026-01-05", departments=[labour], text="We met at the gate."
    )
    assert kept.status_code == 303
    owner = f"department:{labour}"
    decided = send(helper, reference, "decision", text="Close the road.", owner=owner, due_on="2027-02-01")
    assert decided.status_code == 303
    page = see(helper, reference)
    assert "We met at the gate." in page
    assert "Close the road." in page
    assert (
        send(helper, reference, "minutes", held_on="2999-01-05", departments=[labour], text="x").status_code
        == 422
    )
    found = re.search(r'name="number" value="(\d+)"', page.split("case/finish-decision")[1])
    assert found is not None
    assert send(helper, reference, "finish-decision", found[1]).status_code == 303
    assert "Not done yet" not in see(helper, reference)


def test_a_department_is_asked_and_takes_it(app: Flask, browse: Browse, reference: str) -> None:
    labour = number_of(app, "labour")
    officer, helper = browse("officer"), browse("helper")
    assert send(officer, reference, "offer", department=labour, reason="It is about pay.").status_code == 303
    assert "Is it yours?" in helper.get("/staff?lang=en").text
    public = browse().get(f"/reports/{reference}?lang=en").text
    assert "Being decided who does it" in public
    assert "It is about pay." not in public
    number = re.search(r'name="number" value="(\d+)"', see(helper, reference).split("case/take-offer")[1])
    assert number is not None
    assert send(helper, reference, "take-offer", number[1]).status_code == 303
    assert officer.get(f"/staff/{reference}").status_code == 404
    assert helper.get(f"/staff/{reference}").status_code == 200


def test_a_matter_goes_up_and_its_answer_comes_back(app: Flask, browse: Browse, reference: str) -> None:
    warden, boss = browse("warden"), browse("coordinator")
    with app.app_context():
        from tests.factories import directory

        district = str(directory(db.session()).place_codes["yunhe"].id)
    sent = send(
        warden, reference, "refer", place=district, restatement="The road is the district’s. Who pays?"
    )
    assert sent.status_code == 303
    page = see(boss, reference)
    assert "Who pays?" in page
    assert "The lamp by the south gate" in page
    number = re.search(r'name="number" value="(\d+)"', page.split("case/answer")[1])
    assert number is not None
    assert send(warden, reference, "answer", number[1], answer="We do.").status_code == 403
    assert send(boss, reference, "answer", number[1], answer="We do.", public="y").status_code == 303
    assert "We do." in see(warden, reference)
    public = browse().get(f"/reports/{reference}?lang=en").text
    assert "We do." in public
    assert "Who pays?" not in public


def test_files_are_for_readers_alone(app: Flask, browse: Browse, reference: str) -> None:
    from io import BytesIO

    begin(app, reference)
    helper = browse("helper")
    address = f"/staff/{reference}/case/files"
    kept = post(helper, address, {"file": (BytesIO(b"%PDF-1.7 words"), "plan.pdf")})
    assert kept.status_code == 303
    wrong = post(helper, address, {"file": (BytesIO(b"MZ<script>"), "plan.exe")})
    assert wrong.status_code == 422
    nothing = post(helper, address, {})
    assert nothing.status_code == 422
    link = re.search(rf'href="({address}/\d+)"', see(helper, reference))
    assert link is not None
    got = helper.get(link[1])
    assert got.data == b"%PDF-1.7 words"
    assert got.headers["Content-Disposition"].startswith("attachment")
    for name in ("third", "helper elsewhere", "stranger", "panellist"):
        assert browse(name).get(link[1]).status_code == 404, name


def test_the_page_costs_the_same_however_much_there_is(app: Flask, browse: Browse, reference: str) -> None:
    from tests.factories import count_queries

    begin(app, reference)
    client = browse("coordinator")
    see(client, reference)
    with count_queries(app) as first:
        see(client, reference)
    labour = number_of(app, "environment")
    for text in ("One.", "Two.", "Three."):
        send(client, reference, "task", department=labour, what=text, shown=text, days="2")
    with count_queries(app) as second:
        see(client, reference)
    assert len(second) == len(first)


def test_an_idea_has_no_joint_case(app: Flask, browse: Browse) -> None:
    from tests.factories import make_idea

    with app.app_context():
        idea: Thread = make_idea(db.session())
        found = idea.reference
        db.session.commit()
    assert browse("coordinator").get(f"/staff/{found}/case").status_code == 404
