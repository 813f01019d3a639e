"""Up and down the levels: asked, answered, both texts kept."""

import pytest
from sqlalchemy.orm import Session

from portal.cases.models import Direction, Referral
from portal.cases.referrals import answer_referral, refer
from portal.cases.rules import levels_for
from portal.core.errors import Conflict, Invalid
from portal.threads.models import Level, Statement, Thread
from portal.threads.queries import list_events
from tests.cases.scenes import SOON, add_cast, coordinator
from tests.factories import directory, make_report


def ask(session: Session, report: Thread, here: str, to: str, words: str = "Who pays?") -> Referral:
    places = directory(session)
    return refer(
        session,
        report,
        places.place_codes[here],
        places.place_codes[to],
        words,
        directory=places,
        by=coordinator(session, "warden"),
        now=SOON,
    )


def test_the_restatement_stands_beside_the_senders_words(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    asked = ask(session, report, "liu-1", "liu")
    assert asked.direction == Direction.UP
    assert asked.restatement.level == Level.RESTATED
    original = session.get_one(Statement, asked.restatement.derived_from_id)
    assert original.level == Level.ORIGINAL
    assert asked.due_at > SOON
    assert list_events(session, report.id, "public")[-1].statement is None


@pytest.mark.parametrize("public", [True, False])
def test_the_answer_comes_back_as_its_own_words(session: Session, public: bool) -> None:
    add_cast(session)
    report = make_report(session)
    asked = ask(session, report, "liu-1", "liu")
    stamp = {"public": public, "by": coordinator(session), "now": SOON}
    answer_referral(session, report, asked, "We pay.", **stamp)  # type: ignore[arg-type]
    assert asked.answer is not None
    assert asked.answer.derived_from_id == asked.restatement_id
    seen = [e.kind for e in list_events(session, report.id, "sender")]
    assert ("thread.referral_answered" in seen) is public
    with pytest.raises(Conflict):
        answer_referral(session, report, asked, "Again.", **stamp)  # type: ignore[arg-type]


def test_a_level_is_asked_once_at_a_time_and_never_the_same(session: Session) -> None:
    add_cast(session)
    report = make_report(session)
    ask(session, report, "liu-1", "liu")
    with pytest.raises(Conflict):
        ask(session, report, "liu-1", "liu")
    with pytest.raises(Invalid):
        ask(session, report, "liu-1", "qiao")
    with pytest.raises(Invalid):
        ask(session, report, "liu-1", "yunhe", "")


def test_levels_are_those_above_and_below(session: Session) -> None:
    places = directory(session)
    codes = [p.code for p in levels_for(places.place_codes["liu"], places)]
    assert codes == ["yunhe", "liu-1", "liu-2"]
