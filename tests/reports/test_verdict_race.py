"""Answers at the same moment: a no is never lost, and whoever comes too late is told."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core import clock
from portal.core.db import begin_write, db
from portal.reports.actions import mark_fixed
from portal.reports.jobs import settle_silent
from portal.reports.rules import SILENT_AFTER
from portal.threads.events import Actor, find_broken_event
from portal.threads.models import Status
from portal.threads.queries import list_events
from portal.threads.votes import cast_vote
from tests.factories import Browse, make_report, person, thread_by_reference
from tests.triage.moving import post


def fixed_report(app: Flask, ago: timedelta = timedelta(0)) -> str:
    """Make a report of the resident, which the neighbour is affected by, fixed so long ago."""
    with app.app_context():
        session, now = db.session(), clock.now() - ago
        report = make_report(session, now=now)
        cast_vote(session, report, person(session, "neighbour"), now=now)
        officer = Actor(person(session, "officer"), "officer")
        mark_fixed(session, report, "A new bulb.", by=officer, now=now)
        session.commit()
        return report.reference


def at_once(*deeds: Callable[[], int]) -> list[int]:
    """Do all at the same moment; return what each was told, in order."""
    barrier = Barrier(len(deeds))
    told: dict[int, int] = {}

    def run(number: int) -> None:
        barrier.wait(timeout=30)
        told[number] = deeds[number]()

    runners = [Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=60)
    return [told[number] for number in range(len(deeds))]


def answering(client: FlaskClient, reference: str, answer: str) -> Callable[[], int]:
    fields = {"answer": answer, "why": "It is dark again." if answer == "no" else ""}
    return lambda: post(client, f"/reports/{reference}/verdict", fields).status_code


def check_reopened_once(app: Flask, reference: str) -> None:
    with app.app_context():
        session = db.session()
        report = thread_by_reference(session, reference)
        kinds = [event.kind for event in list_events(session, report.id, "staff")]
        assert report.status == Status.REOPENED
        assert kinds.count("report.reopened") == 1
        assert find_broken_event(session, f"thread:{report.id}") is None


@pytest.mark.parametrize("who", ["resident", "neighbour"])
def test_a_yes_of_the_sender_and_a_no_at_once_leave_it_open_again(
    app: Flask, browse: Browse, who: str
) -> None:
    """The no may be of the sender, in another tab, or of somebody affected whom we know."""
    reference = fixed_report(app)
    yes, no = at_once(
        answering(browse("resident"), reference, "yes"), answering(browse(who), reference, "no")
    )
    with app.app_context():
        status = thread_by_reference(db.session(), reference).status
    if who == "neighbour" and yes == 303 and no == 409:  # the sender was first: it is their report
        assert status == Status.CONFIRMED
        return
    assert no == 303
    assert yes in (303, 409)
    check_reopened_once(app, reference)


def test_the_same_no_sent_twice_at_once_opens_it_once(app: Flask, browse: Browse) -> None:
    reference = fixed_report(app)
    codes = at_once(*(answering(browse("resident"), reference, "no") for _tab in range(2)))
    assert 303 in codes
    check_reopened_once(app, reference)


def test_a_no_counts_though_silence_is_just_being_noted(app: Flask, browse: Browse) -> None:
    reference = fixed_report(app, ago=SILENT_AFTER)

    def settle() -> int:
        with app.app_context():
            begin_write(db.session())
            settle_silent(db.session(), {}, clock.now())
            db.session.commit()
        return 303

    _settled, no = at_once(settle, answering(browse("resident"), reference, "no"))
    assert no == 303
    check_reopened_once(app, reference)
