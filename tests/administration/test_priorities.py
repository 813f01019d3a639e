"""The page of what a priority is made of."""

from flask import Flask

from portal.core import clock
from portal.core.db import db
from portal.core.worker import run_all
from portal.threads.models import Thread
from tests.factories import Browse, directory, form_fields, make_report
from tests.triage.moving import post

ADDRESS = "/staff/admin/priority?lang=en"
PLAIN = {"risk": "50", "affected": "20", "age": "20", "recurrence": "10", "unverified": "50"}


def keep(app: Flask) -> int:
    with app.app_context():
        make_report(db.session(), "A fire in the stairwell!", title="Fire")
        report = make_report(db.session(), title="Lamp")
        db.session.commit()
        return report.id


def test_other_weights_count_for_all_that_is_open(app: Flask, browse: Browse) -> None:
    number, client = keep(app), browse("administrator")
    seen = form_fields(client.get(ADDRESS).text)["seen"]
    assert post(client, ADDRESS, PLAIN | {"risk": "0", "seen": seen}).status_code == 303
    with app.app_context():
        run_all(clock.now())
        assert directory(db.session()).preferences.priority_risk == 0
        assert db.session.get_one(Thread, number).recurrences == 0
        before = db.session.get_one(Thread, number).priority
    seen = form_fields(client.get(ADDRESS).text)["seen"]
    assert post(client, ADDRESS, PLAIN | {"seen": seen}).status_code == 303
    with app.app_context():
        run_all(clock.now())
        assert db.session.get_one(Thread, number).priority != before


def test_the_preview_shows_what_would_come_first_and_saves_nothing(app: Flask, browse: Browse) -> None:
    keep(app)
    client = browse("administrator")
    answer = post(client, ADDRESS, PLAIN | {"risk": "0", "affected": "90", "preview": "1"})
    assert answer.status_code == 200
    assert "The first ten would be" in answer.text
    assert answer.text.index("1. Fire") < answer.text.index("2. Lamp")
    with app.app_context():
        assert directory(db.session()).preferences.priority_risk == 50


def test_wrong_numbers_are_told(app: Flask, browse: Browse) -> None:
    client = browse("administrator")
    for wrong in ({"risk": "101"}, {"age": "-1"}, {"affected": "many"}, {"recurrence": ""}):
        answer = post(client, ADDRESS, PLAIN | wrong)
        assert answer.status_code == 422
        assert "Please write a number from 0 to 100." in answer.text or "Not a valid" in answer.text
    nothing = dict.fromkeys(PLAIN, "0")
    assert "At least one of the four must count." in post(client, ADDRESS, nothing).text


def test_what_somebody_else_changed_meanwhile_is_not_lost(app: Flask, browse: Browse) -> None:
    first, second = browse("administrator"), browse("administrator")
    seen = form_fields(first.get(ADDRESS).text)["seen"]
    assert post(second, ADDRESS, PLAIN | {"age": "30", "seen": seen}).status_code == 303
    answer = post(first, ADDRESS, PLAIN | {"age": "40", "seen": seen})
    assert answer.status_code == 409
    assert 'value="40"' in answer.text
