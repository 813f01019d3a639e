"""Two officers join or part the same two at once: one is first, the other is told, nothing is lost."""

from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import db
from portal.threads.events import find_broken_event
from portal.threads.models import Status
from portal.threads.trees import list_links_below
from portal.threads.votes import cast_vote
from tests.factories import NOW, Browse, add_person, make_report, person, thread_by_reference
from tests.triage.moving import look_up, post_move


@pytest.fixture
def three(app: Flask) -> list[str]:
    """Three reports on one lamp, each with a vote of its own and one of somebody who voted for all."""
    with app.app_context():
        session = db.session()
        everywhere = add_person(session, "everywhere")
        reports = [make_report(session, f"Lamp {n}", author=person(session, "neighbour")) for n in range(3)]
        for n, report in enumerate(reports):
            for voter in (everywhere, add_person(session, f"voter{n}")):
                cast_vote(session, report, voter, now=NOW)
        session.commit()
        return [report.reference for report in reports]


def at_once(moves: list[tuple[FlaskClient, str, str, dict[str, str]]]) -> list[int]:
    """Let each make its move at the same moment, as one who knows how things stand now."""
    barrier, answers = Barrier(len(moves)), {}
    known = [look_up(client, reference, lambda t: t.last_sequence) for client, reference, *_ in moves]

    def run(n: int) -> None:
        client, reference, verb, fields = moves[n]
        barrier.wait(timeout=30)
        answers[n] = post_move(client, reference, verb, seen=known[n], **fields).status_code

    threads = [Thread(target=run, args=(n,)) for n in range(len(moves))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers[n] for n in range(len(moves)))


def test_each_into_the_other(app: Flask, browse: Browse, three: list[str]) -> None:
    first, second, _third = three
    one, other = browse("officer"), browse("coordinator")
    codes = at_once([(one, first, "merge", {"other": second}), (other, second, "merge", {"other": first})])
    assert codes == [303, 409]
    with app.app_context():
        session = db.session()
        both = [thread_by_reference(session, reference) for reference in (first, second)]
        assert sorted(t.status == Status.DUPLICATE for t in both) == [False, True]
        survivor = next(t for t in both if t.status != Status.DUPLICATE)
        assert survivor.votes_total == 3
        assert len(list_links_below(session, survivor.id)) == 1


def test_a_ring_of_three_never_closes(app: Flask, browse: Browse, three: list[str]) -> None:
    pairs = zip(three, [*three[1:], three[0]], strict=True)
    codes = at_once([(browse("officer"), a, "merge", {"other": b}) for a, b in pairs])
    assert set(codes) <= {303, 409, 422}
    with app.app_context():
        session = db.session()
        threads = [thread_by_reference(session, reference) for reference in three]
        open_ones = [t for t in threads if t.status != Status.DUPLICATE]
        assert len(open_ones) == 3 - codes.count(303)
        assert len(open_ones) >= 1
        for thread in threads:
            assert find_broken_event(session, f"thread:{thread.id}") is None


def test_taken_apart_twice_is_done_once(app: Flask, browse: Browse, three: list[str]) -> None:
    first, second, _third = three
    post_move(browse("officer"), first, "merge", other=second)
    clients = [browse("officer"), browse("coordinator")]
    assert at_once([(client, first, "part", {"x": ""}) for client in clients]) == [303, 409]
    with app.app_context():
        for reference in (first, second):
            assert thread_by_reference(db.session(), reference).votes_total == 2


def test_taken_apart_while_what_goes_on_is_joined_further(
    app: Flask, browse: Browse, three: list[str]
) -> None:
    first, second, third = three
    post_move(browse("officer"), first, "merge", other=second)
    codes = at_once(
        [
            (browse("officer"), first, "part", {"x": ""}),
            (browse("coordinator"), second, "merge", {"other": third}),
        ]
    )
    assert 303 in codes
    assert set(codes) <= {303, 409, 422}
    with app.app_context():
        session = db.session()
        threads = [thread_by_reference(session, reference) for reference in three]
        joined = {t.reference for t in threads if t.status == Status.DUPLICATE}
        assert joined <= {first, second}
        whole = {r: thread_by_reference(session, r).votes_total for r in three}
        assert whole[first] == 2 or first in joined
