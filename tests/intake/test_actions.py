"""Drafts without HTTP: kept, sent once, cleared."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Conflict
from portal.core.outbox import enqueue_once
from portal.core.tokens import digest
from portal.core.worker import nightly, run_all
from portal.intake.actions import discard_draft, places_of, save_step, send_draft
from portal.intake.jobs import CLEAR_DRAFTS
from portal.intake.models import Draft
from portal.intake.queries import find_draft
from portal.routing.rules import Route
from portal.threads.models import Kind, Thread
from tests import factories
from tests.factories import NOW

STEPS: dict[str, dict[str, Any]] = {
    "words": {"text": "The bench is broken.", "title": "Bench"},
    "where": {"place": "liu-1", "spot": "", "address": ""},
    "who": {"how": "anonymous", "email": "", "name_shown": True, "private": False},
}


def make_draft(session: Session, key: str = "key") -> Draft:
    draft = None
    for step, given in STEPS.items():
        draft = save_step(session, draft, key=key, path="report", step=step, given=given, valid=True, now=NOW)
    assert draft is not None
    return draft


def send(session: Session, seen: dict[str, Any], key: str = "key") -> Thread:
    return send_draft(
        session,
        call=None,
        key=digest(key),
        seen=seen,
        token="token",
        signed_in=None,
        directory=factories.directory(session),
        advice=factories.advice_for("The bench is broken."),
        route=Route(Kind.REPORT, None, None, to_desk=True),
        language="en",
        now=NOW,
    )


def test_a_draft_becomes_a_submission(session: Session) -> None:
    thread = send(session, make_draft(session).answers)
    assert thread.kind == Kind.REPORT
    assert thread.given_title == "Bench"
    assert not thread.author_name_shown  # there is no name to show
    assert find_draft(session, "key", "report", NOW) is None


def test_a_draft_sent_again_is_the_submission_it_became(session: Session) -> None:
    seen = make_draft(session).answers
    first = send(session, seen)
    assert send(session, seen).id == first.id
    assert session.scalar(select(func.count()).select_from(Thread)) == 1


def test_a_draft_changed_meanwhile_is_not_sent(session: Session) -> None:
    draft = make_draft(session)
    seen = dict(draft.answers)
    save_step(
        session,
        draft,
        key="key",
        path="report",
        step="words",
        given={"text": "Something else.", "title": ""},
        valid=True,
        now=NOW,
    )
    with pytest.raises(Conflict):
        send(session, seen)


def test_a_draft_that_was_cleared_is_not_sent(session: Session) -> None:
    draft = make_draft(session)
    seen = draft.answers
    discard_draft(session, draft, now=NOW)
    with pytest.raises(Conflict):
        send(session, seen)


def test_a_named_place_decides_the_community(session: Session) -> None:
    place, spot = places_of("yunhe", "liu-1-gate", factories.directory(session))
    assert place.code == "liu-1"
    assert spot is not None
    assert spot.code == "liu-1-gate"


def test_drafts_are_cleared_after_a_day(session: Session) -> None:
    make_draft(session, "old")
    young = make_draft(session, "young")
    young.changed_at = NOW + timedelta(hours=20)
    session.commit()
    later = NOW + timedelta(hours=25)
    assert CLEAR_DRAFTS in nightly
    enqueue_once(session, CLEAR_DRAFTS, period="tonight", now=later, run_at=later)
    session.commit()
    run_all(later)
    assert session.scalars(select(Draft.digest)).all() == [digest("young")]


def test_a_draft_is_found_by_its_own_key_and_path_only(session: Session) -> None:
    make_draft(session)
    assert find_draft(session, "key", "report", NOW) is not None
    assert find_draft(session, "key", "propose", NOW) is None
    assert find_draft(session, digest("key"), "report", NOW) is None
    assert find_draft(session, None, "report", NOW) is None
    assert find_draft(session, "key", "report", NOW + timedelta(hours=24)) is None
