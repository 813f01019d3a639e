"""Two at once: one wins, the other is told."""

from threading import Barrier, Thread

from flask import Flask
from flask.testing import FlaskClient

from portal.cases.queries import list_tasks
from portal.core.db import db
from tests.cases.scenes import add_cast, call, department_id, make_joint
from tests.factories import Browse, make_report, thread_by_reference
from tests.triage.moving import look_up, post


def at_once(clients: list[FlaskClient], reference: str, deeds: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Send each client's deed at the same moment, all having seen the same. Return what each was told."""
    seen = look_up(clients[0], reference, lambda thread: thread.last_sequence)
    barrier, codes = Barrier(len(clients)), {}

    def run(n: int) -> None:
        name, fields = deeds[n]
        barrier.wait(timeout=30)
        answer = post(clients[n], f"/staff/{reference}/case/{name}", {"seen": str(seen), **fields})
        codes[n] = answer.status_code

    runners = [Thread(target=run, args=(n,)) for n in range(len(clients))]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=60)
    return [codes[n] for n in range(len(clients))]


def test_two_coordinators_decide_once(app: Flask, browse: Browse) -> None:
    with app.app_context():
        add_cast(db.session())
        report = make_report(db.session())
        call(db.session(), report)
        reference, lead = report.reference, str(report.department_id)
        labour = department_id(db.session(), "labour")
        db.session.commit()
    yes = {"lead": lead, f"what_{labour}": "Check.", f"shown_{labour}": "Checks.", f"days_{labour}": "2"}
    deeds = [("agree", yes), ("decline", {"reason": "No need."})]
    codes = at_once([browse("coordinator"), browse("warden")], reference, deeds)
    assert sorted(codes) == [303, 409]


def test_two_of_a_department_take_a_task_once(app: Flask, browse: Browse) -> None:
    with app.app_context():
        add_cast(db.session())
        report = make_report(db.session())
        number, reference = make_joint(db.session(), report).id, report.reference
        db.session.commit()
    deeds = [
        ("accept-task", {"number": str(number)}),
        ("refuse-task", {"number": str(number), "reason": "Not us."}),
    ]
    codes = at_once([browse("helper"), browse("helper")], reference, deeds)
    assert sorted(codes) == [303, 409]
    with app.app_context():
        found = thread_by_reference(db.session(), reference)
        assert len(list_tasks(db.session(), found.id)) == 1
