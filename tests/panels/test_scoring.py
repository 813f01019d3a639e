"""Scoring blind, handing in, the reveal, scoring anew and talking about it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.core.dates import end_of_day
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.outbox import Job
from portal.ideas.call_actions import list_criteria, put_criterion
from portal.panels.models import Review, SeatState
from portal.panels.queries import count_awaited, list_seats
from portal.panels.results import list_remarks, read_scores
from portal.panels.reveal_jobs import reveal_what_is_over
from portal.panels.rubric import freeze_rubric, levels_of, list_yardsticks, usual_rubric
from portal.panels.scores import Mark
from portal.panels.scoring import (
    Answer,
    hand_in,
    list_marks,
    reveal_early,
    revise,
    save_answers,
    say_remark,
)
from portal.panels.sealing import all_are_in, count_in, is_revealed
from portal.threads.actions import withdraw
from portal.threads.events import Actor
from portal.threads.models import Event, EventVisibility, Vote
from tests.factories import NOW, person
from tests.ideas.calling import coordinator, make_call, make_idea_in
from tests.panels.scoring_scene import PANEL, SOON, make_review, score, seat_of, seen, whole

LEVELS = {"en": "a\nb\nc\nd\ne\nf"}


def events(session: Session, review: Review, kind: str) -> list[Event]:
    of_it = select(Event).where(Event.thread_id == review.thread_id, Event.kind == kind)
    return list(session.scalars(of_it.order_by(Event.sequence)))


def test_the_rubric_is_the_calls_and_later_changes_do_not_touch_it(session: Session) -> None:
    call = make_call(session)
    judged = {"names": {"en": "Dry?"}, "levels": LEVELS, "weight": 7, "is_knock_out": False}
    put_criterion(session, call, None, judged, seen=call.revision, by=coordinator(session), now=SOON)
    review = make_review(session, make_idea_in(session, call), call)
    (frozen,) = list_yardsticks(session, review)
    assert (frozen.name, frozen.weight, levels_of(frozen)) == ("Dry?", 7, list("abcdef"))
    (criterion,) = list_criteria(session, call)
    changed = judged | {"names": {"en": "Wet?"}}
    put_criterion(session, call, criterion, changed, seen=call.revision, by=coordinator(session), now=SOON)
    assert [y.name for y in freeze_rubric(session, review)] == ["Dry?"]


def test_the_usual_rubric_is_whole_in_three_languages() -> None:
    languages = {"zh-Hans", "zh-Hant", "en"}
    for one in usual_rubric():
        assert set(one["names"]) == languages
        if not one["is_knock_out"]:
            assert {code: len(text.splitlines()) for code, text in one["levels"].items()} == dict.fromkeys(
                languages, 6
            )


def test_a_draft_is_kept_and_handed_in_when_it_is_whole(session: Session) -> None:
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    first = list_yardsticks(session, review)[0]
    save_answers(session, seat, {first.id: Answer(3)}, seen=0, now=SOON)
    with pytest.raises(Invalid):
        hand_in(session, seat, {first.id: Answer(3, reason="Well.")}, seen=1, now=SOON)
    hand_in(session, seat, whole(session, review, 4), seen=seen(session, seat), now=SOON)
    assert [mark.value for mark in list_marks(session, seat, is_revised=False)] == [4, 4, 4, 4, 1]
    (event,) = events(session, review, "panel.scored")
    assert (event.visibility, event.actor_id, event.data) == (
        EventVisibility.STAFF,
        None,
        {"in": 1, "of": 3},
    )
    with pytest.raises(Conflict):
        save_answers(session, seat, whole(session, review, 5), seen=seen(session, seat), now=SOON)
    hand_in(session, seat, whole(session, review, 4), seen=0, now=SOON)  # a double click
    assert len(events(session, review, "panel.scored")) == 1


@pytest.mark.parametrize(
    "wrong", [Answer(6), Answer(-1), Answer(3, abstains=True)], ids=["6", "minus", "both"]
)
def test_an_answer_that_is_none_is_refused(session: Session, wrong: Answer) -> None:
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    with pytest.raises(Invalid):
        save_answers(session, seat, {list_yardsticks(session, review)[0].id: wrong}, seen=0, now=SOON)
    with pytest.raises(Invalid):
        save_answers(session, seat, {list_yardsticks(session, review)[-1].id: Answer(2)}, seen=0, now=SOON)


def test_two_tabs_notice_each_other(session: Session) -> None:
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    save_answers(session, seat, whole(session, review, 4), seen=0, now=SOON)
    with pytest.raises(Conflict):
        save_answers(session, seat, whole(session, review, 2), seen=0, now=SOON)
    assert save_answers(session, seat, whole(session, review, 4), seen=0, now=SOON).revision == 1


@pytest.mark.parametrize("state", [SeatState.ASKED, SeatState.RECUSED, SeatState.RELEASED])
def test_only_who_sits_scores(session: Session, state: SeatState) -> None:
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    seat.state = state
    session.flush()
    with pytest.raises(NotAllowed):
        hand_in(session, seat, whole(session, review, 4), seen=0, now=SOON)


def test_the_last_one_in_reveals(session: Session) -> None:
    review = make_review(session)
    for n, name in enumerate(PANEL):
        assert not is_revealed(review, SOON)
        score(session, review, name, n + 1)
    assert review.revealed_at == SOON
    (event,) = events(session, review, "panel.revealed")
    assert (event.visibility, event.data) == (EventVisibility.PUBLIC, {"in": 3, "of": 3})
    mails = select(Job.payload).where(Job.topic == MAIL_TOPIC)
    told = [p["person_id"] for p in session.scalars(mails) if p["about"] == "review_revealed"]
    assert sorted(told) == sorted(person(session, name).id for name in PANEL)
    scores = read_scores(session, review)
    assert scores.last.mean == pytest.approx(2)
    assert scores.panellists == 3


def test_the_end_of_the_last_day_reveals_and_a_draft_is_not_counted(session: Session) -> None:
    review = make_review(session)
    score(session, review, "panellist", 5)
    late = seat_of(session, review, "second")
    save_answers(session, late, whole(session, review, 0), seen=0, now=SOON)
    over = end_of_day(review.last_day)
    assert not is_revealed(review, over - timedelta(seconds=1))
    assert is_revealed(review, over)
    with pytest.raises(Conflict):
        hand_in(session, late, whole(session, review, 0), seen=1, now=over)
    reveal_what_is_over(session, {}, over - timedelta(seconds=1))
    assert review.revealed_at is None
    for _twice in range(2):
        reveal_what_is_over(session, {}, over + timedelta(minutes=5))
    assert len(events(session, review, "panel.revealed")) == 1
    assert read_scores(session, review).last.mean == 5


def test_nobody_in_by_the_last_day_is_not_evaluated(session: Session) -> None:
    review = make_review(session)
    reveal_what_is_over(session, {}, end_of_day(review.last_day))
    assert review.revealed_at
    assert not read_scores(session, review).last.is_evaluated


def test_all_abstaining_is_not_evaluated(session: Session) -> None:
    review = make_review(session)
    for name in PANEL:
        score(session, review, name, None)
    outcome = read_scores(session, review).last
    assert outcome.mean is None
    assert not outcome.is_evaluated
    assert {(r.given, r.abstained) for r in outcome.results} == {(0, 3)}


def test_a_recused_panellist_never_counts(session: Session) -> None:
    """Neither among those who are awaited, nor in any number, whenever it is that they recuse."""
    review = make_review(session)
    score(session, review, "panellist", 5)
    score(session, review, "second", 1)
    seat_of(session, review, "second").state = SeatState.RECUSED
    session.flush()
    assert count_in(list_seats(session, review)) == (1, 2)
    score(session, review, "third", 4)
    scores = read_scores(session, review)
    assert review.revealed_at
    assert (scores.panellists, scores.last.mean) == (2, pytest.approx(4.5))
    assert all(given.name != "second" for one in scores.judged for given in one.given)
    assert events(session, review, "panel.revealed")[0].data == {"in": 2, "of": 2}
    seat_of(session, review, "third").state = SeatState.RECUSED  # even after the reveal
    session.flush()
    assert read_scores(session, review).last.mean == 5


def test_a_coordinator_reveals_when_nobody_is_awaited_any_more(session: Session) -> None:
    review, by = make_review(session), coordinator(session)
    with pytest.raises(Conflict):
        reveal_early(session, review, by=by, now=SOON)
    score(session, review, "panellist", 5)
    for name in ("second", "third"):
        seat_of(session, review, name).state = SeatState.RECUSED
    session.flush()
    assert all_are_in(list_seats(session, review))
    reveal_early(session, review, by=by, now=SOON)
    assert review.revealed_at == SOON
    with pytest.raises(Conflict):
        reveal_early(session, review, by=by, now=SOON)


def test_with_nobody_seated_nothing_is_all_in(session: Session) -> None:
    review = make_review(session)
    for name in PANEL:
        seat_of(session, review, name).state = SeatState.RECUSED
    session.flush()
    assert not all_are_in(list_seats(session, review))


def test_what_was_decided_before_the_reveal_stays_sealed(session: Session) -> None:
    review = make_review(session)
    score(session, review, "panellist", 5)
    review.closed_at = SOON
    session.flush()
    over = end_of_day(review.last_day)
    reveal_what_is_over(session, {}, over)
    assert review.revealed_at is None
    assert not is_revealed(review, over)
    with pytest.raises(Conflict):
        score(session, review, "second", 5)


def revealed(session: Session) -> Review:
    review = make_review(session)
    for name, value in zip(PANEL, (5, 1, 4), strict=True):
        score(session, review, name, value)
    return review


def test_revised_scores_stand_beside_the_first(session: Session) -> None:
    review = revealed(session)
    seat = seat_of(session, review, "second")
    first = [(m.value, m.reason, m.at) for m in list_marks(session, seat, is_revised=False)]
    later = SOON + timedelta(days=1)
    for value in (3, 4):  # it can be changed until the decision
        new = whole(session, review, value, "I had overlooked the stairs.")
        revise(session, seat, new, seen=seen(session, seat), now=later)
    assert [(m.value, m.reason, m.at) for m in list_marks(session, seat, is_revised=False)] == first
    scores = read_scores(session, review)
    assert scores.first.mean == pytest.approx(10 / 3)
    assert scores.last.mean == pytest.approx(13 / 3)
    assert scores.is_revised
    back = whole(session, review, 1)
    revise(session, seat, back, seen=seen(session, seat), now=later)
    assert not read_scores(session, review).is_revised  # as the first ones again
    review.closed_at = later
    session.flush()
    with pytest.raises(Conflict):
        revise(session, seat, whole(session, review, 2), seen=seen(session, seat), now=later)


def test_who_was_not_in_at_the_reveal_scores_no_more(session: Session) -> None:
    review = make_review(session)
    score(session, review, "panellist", 5)
    over = end_of_day(review.last_day)
    with pytest.raises(NotAllowed):
        revise(session, seat_of(session, review, "second"), whole(session, review, 2), seen=0, now=over)


def test_remarks_are_for_after_the_reveal_and_before_the_decision(session: Session) -> None:
    review = make_review(session)
    yardstick = list_yardsticks(session, review)[0]
    by = Actor(person(session, "panellist"), "panellist")
    with pytest.raises(Conflict):
        say_remark(session, review, yardstick, "Too early.", by=by, now=SOON)
    over = end_of_day(review.last_day)
    for _twice in range(2):
        say_remark(session, review, yardstick, "Who cleans it?", by=by, now=over)
    assert [(row.Remark.text, row.name) for row in list_remarks(session, review)] == [
        ("Who cleans it?", "panellist")
    ]
    review.closed_at, review.revealed_at = over, over
    session.flush()
    with pytest.raises(Conflict):
        say_remark(session, review, yardstick, "Too late.", by=by, now=over)


def test_nothing_of_a_score_is_in_the_words_or_the_record(session: Session) -> None:
    review = make_review(session)
    score(session, review, "panellist", 5, "Zebra.")
    assert session.scalar(select(func.count()).select_from(Mark).where(Mark.reason == "Zebra."))
    for event in session.scalars(select(Event)):
        assert "Zebra" not in str(event.data)
        assert event.statement is None or "Zebra" not in event.statement.text


def test_what_was_withdrawn_is_scored_no_more_and_nobody_is_awaited(session: Session) -> None:
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    assert count_awaited(session, seat.person) == 1
    withdraw(session, review.thread, by=Actor(review.thread.author, "resident"), now=SOON)
    session.flush()
    assert count_awaited(session, seat.person) == 0
    with pytest.raises(Conflict):
        hand_in(session, seat, whole(session, review, 4), seen=0, now=SOON)
    reveal_what_is_over(session, {}, end_of_day(review.last_day))
    assert review.revealed_at is None


def test_who_supports_it_by_now_declares_that_instead_of_handing_in(session: Session) -> None:
    """What they supported may have been joined with it since they said that they can judge it freely."""
    review = make_review(session)
    seat = seat_of(session, review, "panellist")
    session.add(Vote(thread_id=review.thread_id, person_id=seat.person_id, version=1, at=NOW))
    session.flush()
    with pytest.raises(Conflict):
        hand_in(session, seat, whole(session, review, 5), seen=0, now=SOON)
    assert seat.done_at is None
