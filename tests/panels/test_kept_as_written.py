"""What a panel decided, and the scores handed in, stay: the database itself refuses to rewrite them."""

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.dates import today
from portal.panels.decisions import announce, come_back, list_altered
from portal.panels.models import Decision
from portal.panels.scores import Mark
from portal.panels.scoring import list_marks, revise, save_answers
from portal.threads.models import Status
from tests.factories import refuses
from tests.panels.scenes import DAY, decided, open_idea
from tests.panels.scoring_scene import PANEL, SOON, make_review, score, seat_of, seen, whole

SINCE_KNOWN = ("announced_at", "came_back_at")


def test_no_column_of_a_decision_can_be_rewritten(session: Session) -> None:
    decided(session, open_idea(session), choice=Status.LATER, again_on=today() + DAY)
    values = {"choice": "'decided_adopt'", "reason": "'No.'", "dissent": "'No.'", "without": "'No.'"}
    values |= {"again_on": "NULL", "at": "'2020-01-01 00:00:00'"}
    kept = {column.name for column in inspect(Decision).columns} - set(SINCE_KNOWN)
    for name in kept:
        assert refuses(session, f"UPDATE panel_decisions SET {name} = {values.get(name, '77')}"), name  # noqa: S608


def test_a_decision_is_announced_and_comes_back_and_is_never_unsaid(session: Session) -> None:
    idea = open_idea(session)
    made = decided(session, idea, choice=Status.LATER, again_on=today() + DAY)
    announce(session, made, idea, now=clock.now())
    come_back(session, made, idea, now=clock.now())
    for name in SINCE_KNOWN:
        assert refuses(session, f"UPDATE panel_decisions SET {name} = NULL")  # noqa: S608
    assert refuses(session, "DELETE FROM panel_decisions")


def test_the_application_is_refused_as_well(session: Session) -> None:
    made = decided(session, open_idea(session))
    made.reason = "Something else."
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_change_by_who_takes_the_guard_away_shows(session: Session) -> None:
    made = decided(session, open_idea(session))
    assert list_altered(session, [made]) == set()
    on = " ON panel_decisions" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(f"DROP TRIGGER panel_decisions_rewritten{on}"))
    session.execute(text("UPDATE panel_decisions SET reason = 'Something else.'"))
    session.expire_all()
    assert list_altered(session, session.scalars(select(Decision)).all()) == {made.id}
    session.rollback()  # the trigger is there again for who comes next


def test_a_draft_can_be_rewritten_and_a_score_handed_in_cant(session: Session) -> None:
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    save_answers(session, seat, whole(session, review, 2), seen=0, now=SOON)
    save_answers(session, seat, whole(session, review, 4), seen=1, now=SOON)
    for name in PANEL:
        score(session, review, name, 3, now=SOON)
    session.flush()
    assert refuses(session, "UPDATE panel_marks SET value = 0")
    assert refuses(session, "UPDATE panel_marks SET is_revised = true")
    assert refuses(session, "DELETE FROM panel_marks")
    revise(session, seat, whole(session, review, 5), seen=seen(session, seat), now=SOON)
    revise(session, seat, whole(session, review, 3), seen=seen(session, seat), now=SOON)  # as at first
    assert list_marks(session, seat, is_revised=True) == []
    assert {mark.value for mark in session.scalars(select(Mark))} == {3, 1}
