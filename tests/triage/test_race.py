"""Two officers at once: one is first, the other is told, nothing is overwritten."""

from threading import Barrier, Thread

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.threads.events import find_broken_event
from portal.threads.queries import list_events
from tests.factories import Browse, make_report
from tests.triage.moving import look_up, post, post_move


def at_once(
    clients: list[FlaskClient], reference: str, seen: int, moves: list[dict[str, str]]
) -> list[TestResponse]:
    """Let each client make its move at the same moment, in threads of their own."""
    barrier, answers = Barrier(len(clients)), {}

    def run(n: int) -> None:
        fields = dict(moves[n])
        verb = fields.pop("verb")
        barrier.wait(timeout=30)
        answers[n] = post_move(clients[n], reference, verb, seen=seen, **fields)

    threads = [Thread(target=run, args=(n,)) for n in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[n] for n in range(len(clients))]


def test_one_is_first_and_the_others_are_told(app: Flask, browse: Browse) -> None:
    with app.app_context():
        report = make_report(db.session())
        db.session.commit()
        reference, number, seen = report.reference, report.id, report.last_sequence
    moves = [
        {"verb": "fix", "done": "I put in a new bulb"},
        {"verb": "not-ours", "reason": "I say it is the railway's"},
        {"verb": "sort", "category": "wages", "reason": "I say it is about pay"},
        {"verb": "no-action", "reason": "I say nothing is wrong"},
    ]
    clients = [browse(name) for name in ("officer", "coordinator", "coordinator", "coordinator")]
    answers = at_once(clients, reference, seen, moves)
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(303) == 1, codes
    for answer, move in zip(answers, moves, strict=True):
        if answer.status_code != 303:
            # 404: the winner sent it where this officer may not read it.
            assert answer.status_code in (404, 409)
            assert (move.get("done") or move["reason"]).replace("'", "&#39;") in answer.text
    with app.app_context():
        events = list_events(db.session(), number, "staff")
        assert len(events) == seen + 1
        assert find_broken_event(db.session(), f"thread:{number}") is None


def test_two_who_change_many_at_once_neither_wait_for_ever_nor_overwrite(app: Flask, browse: Browse) -> None:
    with app.app_context():
        made = [make_report(db.session(), f"Lamp {n}") for n in range(6)]
        db.session.commit()
        picks = [f"{thread.reference}.{thread.last_sequence}" for thread in made]
        numbers, seen = [thread.id for thread in made], made[0].last_sequence
    barrier, codes = Barrier(2), {}

    def run(n: int, client: FlaskClient, chosen: list[str]) -> None:
        barrier.wait(timeout=30)
        fields = {"pick": chosen, "reason": f"I am number {n}"}
        codes[n] = post(client, "/staff/bulk?verb=no-action&queue=queue", fields).status_code

    sent = [(0, browse("officer"), picks), (1, browse("coordinator"), picks[::-1])]
    threads = [Thread(target=run, args=each) for each in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(codes.values()) == [303, 409]
    with app.app_context():
        for number in numbers:
            assert len(list_events(db.session(), number, "staff")) == seen + 1
            assert find_broken_event(db.session(), f"thread:{number}") is None


def test_a_double_click_is_one_move(app: Flask, browse: Browse) -> None:
    with app.app_context():
        report = make_report(db.session())
        db.session.commit()
        reference, seen = report.reference, report.last_sequence
    client = browse("officer")
    answers = at_once([client, browse("officer")], reference, seen, [{"verb": "note", "note": "Once."}] * 2)
    assert sorted(a.status_code for a in answers) == [303, 409]
    assert look_up(client, reference, lambda t: t.last_sequence) == seen + 1
