"""An idea's life, verb by verb."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.errors import Conflict, Invalid
from portal.ideas.actions import close_without_action, decide_idea, open_for_support
from portal.threads.events import Actor
from portal.threads.models import Level, Status
from portal.threads.queries import list_events, list_statements
from tests.factories import NOW, make_idea, person

LATER = NOW + timedelta(days=2)


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def test_an_idea_is_opened_decided_and_decided_again(session: Session) -> None:
    idea, by = make_idea(session), coordinator(session)
    open_for_support(session, idea, by=by, now=LATER)
    assert (idea.status, idea.answered_at) == (Status.OPEN, LATER)
    decide_idea(session, idea, Status.PILOT, "One bed for one summer.", by=by, now=LATER)
    assert idea.is_closed
    decide_idea(session, idea, Status.ADOPT, "It worked.", by=by, now=LATER)
    told = [e.data["decision"] for e in list_events(session, idea.id, "public") if e.kind == "idea.decided"]
    assert told == [Status.PILOT, Status.ADOPT]
    reasons = [s.text for s in list_statements(session, idea.id) if s.level == Level.REASON]
    assert reasons == ["One bed for one summer.", "It worked."]


def test_a_decision_has_a_reason_and_is_one_of_four(session: Session) -> None:
    idea, by = make_idea(session), coordinator(session)
    with pytest.raises(Invalid):
        decide_idea(session, idea, Status.ADOPT, "", by=by, now=LATER)
    with pytest.raises(Invalid):
        decide_idea(session, idea, Status.FIXED, "Because.", by=by, now=LATER)
    assert idea.status == Status.RECEIVED


def test_the_same_decision_is_not_made_twice(session: Session) -> None:
    idea, by = make_idea(session), coordinator(session)
    decide_idea(session, idea, Status.LATER, "Next year.", by=by, now=LATER)
    with pytest.raises(Invalid):
        decide_idea(session, idea, Status.LATER, "Next year.", by=by, now=LATER)


def test_what_was_adopted_stays_so(session: Session) -> None:
    idea, by = make_idea(session), coordinator(session)
    decide_idea(session, idea, Status.ADOPT, "Good.", by=by, now=LATER)
    with pytest.raises(Conflict):
        open_for_support(session, idea, by=by, now=LATER)
    with pytest.raises(Conflict):
        decide_idea(session, idea, Status.DECLINE, "No.", by=by, now=LATER)


def test_what_is_no_idea_is_closed_and_can_be_opened_after_all(session: Session) -> None:
    idea, by = make_idea(session), coordinator(session)
    close_without_action(session, idea, "An advertisement.", by=by, now=LATER)
    assert idea.is_closed
    open_for_support(session, idea, by=by, now=LATER)
    assert (idea.status, idea.is_closed) == (Status.OPEN, False)
