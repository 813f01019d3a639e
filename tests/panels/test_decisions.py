"""Deciding: with the scores or a reason, the author first, a log that stays, and what comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import local_time, today
from portal.core.errors import Conflict, Invalid
from portal.core.outbox import Job
from portal.core.worker import run_all
from portal.ideas.actions import decide_idea
from portal.ideas.changing import can_change
from portal.notifications.models import Delivery
from portal.panels.actions import refuse_idea
from portal.panels.decisions import announce, decide, list_log, log_other, need_no_panel
from portal.panels.jobs import look_through
from portal.threads.actions import withdraw
from portal.threads.events import resident
from portal.threads.models import Event, EventVisibility, Status, Thread
from tests.factories import NOW, person
from tests.panels.scenes import DAY, call_under_review, coordinator, decided, open_idea, review_of


def public_events(session: Session, idea: Thread) -> list[str]:
    events = select(Event.kind).where(Event.thread_id == idea.id, Event.visibility == EventVisibility.PUBLIC)
    return list(session.scalars(events.order_by(Event.sequence)))


def test_without_the_scores_it_needs_a_public_reason(session: Session) -> None:
    idea = open_idea(session)
    review = review_of(session, idea)
    with pytest.raises(Invalid):
        decided(session, idea, review, without="")
    made = decided(session, idea, review, without="The season ends.")
    assert made.without == "The season ends."
    assert review.closed_at is not None


def test_with_the_scores_it_needs_none(session: Session) -> None:
    idea = open_idea(session)
    review = review_of(session, idea)
    review.revealed_at = NOW
    session.flush()
    assert decided(session, idea, review, without="").without == ""


def test_when_the_time_of_the_panel_is_over_its_scores_are_there(session: Session) -> None:
    idea = open_idea(session)
    review = review_of(session, idea, last_day=today())
    now = clock.now() + 2 * DAY
    decided(session, idea, review, without="", now=now, today=today() + 2 * DAY)
    assert review.revealed_at == now


def test_nobody_but_the_author_hears_of_it_for_a_day(session: Session) -> None:
    idea = open_idea(session)
    made = decided(session, idea, reason="Worth a try.")
    assert idea.status == Status.OPEN
    assert "idea.decided" not in public_events(session, idea)
    job = session.scalars(select(Job).where(Job.topic == "panel.announce")).one()
    assert job.run_at - job.created_at == timedelta(hours=24)
    announce(session, made, idea, now=job.run_at)
    announce(session, made, idea, now=job.run_at)  # a second time changes nothing
    assert idea.status == Status.PILOT
    assert public_events(session, idea).count("idea.decided") == 1


def test_the_author_gets_one_mail_and_before_everybody(session: Session) -> None:
    idea = open_idea(session)
    made = decided(session, idea)
    session.commit()
    run_all(clock.now())
    announce(session, made, idea, now=clock.now())
    session.commit()
    run_all(clock.now())
    told = session.scalars(select(Delivery.about).where(Delivery.person_id == idea.author_id)).all()
    assert "idea.decision_told" in told
    assert "idea.decided" not in told


def test_it_is_decided_once_until_everybody_knows(session: Session) -> None:
    idea = open_idea(session)
    decided(session, idea)
    with pytest.raises(Conflict):
        decided(session, idea, choice=Status.ADOPT)
    with pytest.raises(Conflict):
        need_no_panel(session, idea)


def test_what_is_decided_goes_to_no_panel_and_changes_no_more_meanwhile(session: Session) -> None:
    idea = open_idea(session)
    assert can_change(session, idea, clock.now())
    decided(session, idea)
    assert not can_change(session, idea, clock.now())
    with pytest.raises(Conflict):
        review_of(session, idea)
    with pytest.raises(Conflict):
        refuse_idea(session, idea, None, "Too late.", today=today(), by=coordinator(session), now=NOW)


def test_an_idea_withdrawn_meanwhile_stays_withdrawn(session: Session) -> None:
    idea = open_idea(session)
    made = decided(session, idea)
    withdraw(session, idea, by=resident(idea.author), now=NOW)
    announce(session, made, idea, now=clock.now())
    assert idea.status == Status.WITHDRAWN
    assert "idea.decided" not in public_events(session, idea)
    assert list_log(session) == []


@pytest.mark.parametrize("again_on", [None, 0])
def test_later_needs_a_day_that_is_to_come(session: Session, again_on: int | None) -> None:
    day = None if again_on is None else today()
    with pytest.raises(Invalid):
        decided(session, open_idea(session), choice=Status.LATER, again_on=day)


def test_what_was_put_off_comes_back_by_itself_once(session: Session) -> None:
    idea = open_idea(session)
    made = decided(session, idea, choice=Status.LATER, again_on=today() + 3 * DAY)
    announce(session, made, idea, now=clock.now())
    look_through(session, {}, clock.now() + DAY)
    assert idea.status == Status.LATER
    for later in (4, 5):
        look_through(session, {}, clock.now() + later * DAY)
    session.flush()
    assert idea.status == Status.OPEN
    assert public_events(session, idea).count("idea.came_back") == 1
    mails = [j.payload for j in session.scalars(select(Job)) if j.payload.get("about") == "panel_again"]
    assert [mail["person_id"] for mail in mails] == [person(session, "coordinator").id]
    decided(session, idea, choice=Status.DECLINE)


def test_a_call_is_decided_in_its_own_phase(session: Session) -> None:
    call, idea = call_under_review(session)
    given = {"choice": Status.PILOT, "reason": "Good.", "without": "So.", "by": coordinator(session)}
    now = clock.now()
    with pytest.raises(Conflict):
        decide(session, idea, None, call, today=today(), now=now, **given)
    decide(session, idea, None, call, today=call.reviews_until + DAY, now=now, **given)


def test_what_is_decided_on_the_ideas_own_page_is_in_the_log_too(session: Session) -> None:
    idea = open_idea(session)
    decide_idea(session, idea, Status.LATER, "Not this year.", by=coordinator(session), now=NOW)
    for _move in range(2):
        log_other(session, idea)
    (entry,) = list_log(session)
    assert (entry.reason, entry.choice) == ("Not this year.", Status.LATER)
    assert entry.again_on == local_time(NOW + timedelta(days=182)).date()
