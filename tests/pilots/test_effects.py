"""Effects of pilots: told once, looked at before others read them, and a severe harm calls a review."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job
from portal.pilots.concerned import TELL_TOPIC
from portal.pilots.effects import Effect, EffectState, Severity
from portal.pilots.effects_actions import Noticed, answer_effect, hide_effect, show_effect, tell_effect
from portal.pilots.effects_queries import list_shown, list_waiting
from portal.pilots.gates import Gate, GateKind
from portal.pilots.gates_queries import list_public_gates
from portal.pilots.models import Pilot, PilotState
from portal.threads.followers import is_following
from portal.threads.models import Event, EventVisibility, Thread
from tests.factories import NOW, add_person, directory, person
from tests.pilots.piloting import coordinator, make_plan, make_running

HARM = Noticed(is_wanted=False, severity=Severity.SEVERE, text="A child fell on the wet paint.")
GOOD = Noticed(is_wanted=True, severity=Severity.NOTABLE, text="Cars stop.", touched="the school")


def tell(session: Session, thread: Thread, pilot: Pilot, noticed: Noticed = GOOD, **given: Any) -> Effect:
    values: dict[str, Any] = {"person": person(session, "neighbour"), "key": "a", "follow": False} | given
    return tell_effect(session, thread, pilot, noticed, **values, directory=directory(session), now=NOW)


def events(session: Session, thread: Thread) -> list[tuple[str, str]]:
    found = select(Event).where(Event.thread_id == thread.id).order_by(Event.sequence)
    return [(e.kind, e.visibility) for e in session.scalars(found)]


def told(session: Session) -> set[str]:
    """Return whom the outbox is to tell, by name."""
    jobs = session.scalars(select(Job).where(Job.topic == TELL_TOPIC))
    return {session.get_one(Person, number).name for job in jobs for number in job.payload["people"]}


def test_what_somebody_verified_noticed_is_read_at_once_and_stands_there_once(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    effect = tell(session, thread, pilot, follow=True)
    assert tell(session, thread, pilot) is effect
    assert list_shown(session, pilot) == [effect]
    assert events(session, thread)[-1] == ("pilot.effect_told", EventVisibility.PUBLIC)
    assert is_following(session, thread, person(session, "neighbour"))


def test_words_of_somebody_unverified_wait_and_only_they_see_them(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    passer = add_person(session, "passer", verified=False)
    effect = tell(session, thread, pilot, person=passer)
    assert effect.state == EffectState.FIRST_LOOK
    assert list_shown(session, pilot) == list_shown(session, pilot, person(session, "resident")) == []
    assert list_shown(session, pilot, passer) == [effect]
    assert events(session, thread)[-1] == ("pilot.effect_waits", EventVisibility.STAFF)
    staff = person(session, "coordinator")
    assert [e for e, _p in list_waiting(session, staff, directory(session))] == [effect]
    show_effect(session, thread, pilot, effect, by=coordinator(session), now=NOW)
    assert list_shown(session, pilot) == [effect]
    assert list_waiting(session, staff, directory(session)) == []


def test_a_severe_harm_opens_one_review_and_tells_all_concerned(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    tell(session, thread, pilot, HARM)
    tell(session, thread, pilot, HARM, key="b")
    gates = session.scalars(select(Gate).where(Gate.kind == GateKind.EARLY)).all()
    assert len(gates) == 1
    assert told(session) == {"officer", "coordinator"}  # the officer owns it
    kinds = [kind for kind, _seen in events(session, thread)]
    assert kinds.count("pilot.harm_told") == 2


def test_a_harm_that_nobody_has_looked_at_alarms_staff_and_nobody_else(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    tell(session, thread, pilot, HARM, person=add_person(session, "passer", verified=False))
    assert told(session) == {"officer", "coordinator"}
    assert ("pilot.harm_told", EventVisibility.STAFF) in events(session, thread)
    assert ("pilot.harm_told", EventVisibility.PUBLIC) not in events(session, thread)


def test_a_crowd_of_harms_that_nobody_has_looked_at_tells_staff_once(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    jobs = select(func.count()).where(Job.topic == TELL_TOPIC)
    before = session.scalar(jobs) or 0
    for key in ("a", "b", "c"):
        passer = add_person(session, f"passer-{key}", verified=False)
        tell(session, thread, pilot, HARM, key=key, person=passer)
    assert session.scalar(jobs) == before + 1


def test_a_review_that_somebody_unseen_called_is_public_with_the_next_harm(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    tell(session, thread, pilot, HARM, person=add_person(session, "passer", verified=False))
    later = tell(session, thread, pilot, HARM, key="b", person=add_person(session, "other", verified=False))
    assert [g.gate.kind for g in list_public_gates(session, pilot)] == [GateKind.END]
    show_effect(session, thread, pilot, later, by=coordinator(session), now=NOW)
    assert GateKind.EARLY in [g.gate.kind for g in list_public_gates(session, pilot)]
    third = tell(session, thread, pilot, HARM, key="c")
    hide_effect(session, thread, pilot, third, "Said twice.", by=coordinator(session), now=NOW)
    assert GateKind.EARLY in [g.gate.kind for g in list_public_gates(session, pilot)]


def test_of_a_severe_harm_after_the_end_all_concerned_are_told(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    pilot.state = PilotState.SCALED
    jobs = select(func.count()).where(Job.topic == TELL_TOPIC)
    before = session.scalar(jobs) or 0
    for key in ("a", "b"):
        tell(session, thread, pilot, HARM, key=key, person=add_person(session, key, verified=False))
    assert told(session) == {"officer", "coordinator"}
    assert session.scalar(jobs) == before + 1
    assert session.scalar(select(Gate.id).where(Gate.kind == GateKind.EARLY)) is None


@pytest.mark.parametrize(
    "noticed",
    [
        Noticed(is_wanted=True, severity=Severity.SEVERE, text="It saved a life."),
        Noticed(is_wanted=False, severity=Severity.NOTABLE, text="The paint smells."),
    ],
)
def test_good_things_and_lesser_harm_call_no_review(session: Session, noticed: Noticed) -> None:
    thread, pilot, _one = make_running(session)
    tell(session, thread, pilot, noticed)
    assert session.scalar(select(Gate.id).where(Gate.kind == GateKind.EARLY)) is None


def test_nothing_is_noticed_of_a_pilot_that_has_not_begun(session: Session) -> None:
    thread, pilot = make_plan(session)
    with pytest.raises(Conflict):
        tell(session, thread, pilot)


def test_what_is_hidden_has_a_reason_and_what_was_done_is_public(session: Session) -> None:
    thread, pilot, _one = make_running(session)
    effect, by = tell(session, thread, pilot), coordinator(session)
    with pytest.raises(Invalid):
        hide_effect(session, thread, pilot, effect, "", by=by, now=NOW)
    answer_effect(session, thread, pilot, effect, "We thanked the school.", by=by, now=NOW)
    assert events(session, thread)[-1] == ("pilot.effect_answered", EventVisibility.PUBLIC)
    hide_effect(session, thread, pilot, effect, "It names a child.", by=by, now=NOW)
    assert list_shown(session, pilot) == []
    with pytest.raises(Conflict):
        hide_effect(session, thread, pilot, effect, "Again.", by=by, now=NOW)
