"""Scoring an idea blind: saving answers, handing them in, and the reveal; then scoring anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.accounts.models import Person
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.panels.marking import HIGHEST, LOWEST, Number
from portal.panels.models import Review, Seat, SeatState
from portal.panels.queries import is_concerned, list_seats
from portal.panels.rubric import list_yardsticks
from portal.panels.scores import Mark, Remark, Sheet, Yardstick
from portal.panels.sealing import all_are_in, count_in, counts, is_over, is_revealed, takes_scores, takes_talk
from portal.threads.actions import lock_thread, refuse_unless
from portal.threads.events import SYSTEM, Actor, record_event
from portal.threads.models import EventVisibility, Thread

SOMEBODY = Actor(None, "panellist")  # the record doesn't say who of the panel it was
REVEALED = "review_revealed"  # what the mail is about


@dataclass(frozen=True)
class Answer:
    """What is said to one criterion: a number, or that one abstains, or nothing yet; and why."""

    value: Number = None
    abstains: bool = False
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return (self.value is not None or self.abstains) and bool(self.reason)


Answers = Mapping[int, Answer]  # by the number of the yardstick


def save_answers(session: Session, seat: Seat, answers: Answers, *, seen: int, now: datetime) -> Sheet:
    """Keep the answers as a draft that only their writer sees.

    Raises Conflict once they are handed in, time is up or the idea has ended, or if another tab saved
    since `seen`;
    NotAllowed for who has not declared, or has an interest.
    """
    _lock(session, seat)
    _need_open(seat, now)
    return _save(session, seat, answers, seen, now)


def hand_in(session: Session, seat: Seat, answers: Answers, *, seen: int, now: datetime) -> None:
    """Keep the answers and hand them in; they are then fixed. The last one in reveals them all.

    Invalid while a criterion has no answer or no reason, Conflict for who wrote or supports it by now.
    The same handed in again changes nothing.
    """
    thread = _lock(session, seat)
    if seat.done_at and answers == read_answers(session, seat):
        return
    _need_open(seat, now)
    if is_concerned(session, thread, session.get_one(Person, seat.person_id)):  # by what was joined since
        raise Conflict(_("You sent or support this idea. Please choose that you have an interest in it."))
    yardsticks = list_yardsticks(session, seat.review)
    if not all(answers.get(y.id, Answer()).is_whole for y in yardsticks):
        raise Invalid(_("Please give each criterion a score, or abstain, and say why."))
    _save(session, seat, answers, seen, now)
    seat.done_at = now
    session.flush()
    seats = list_seats(session, seat.review)
    done, awaited = count_in(seats)
    data, staff = {"in": done, "of": awaited}, EventVisibility.STAFF
    record_event(session, thread, "panel.scored", by=SOMEBODY, now=now, visibility=staff, data=data)
    if all_are_in(seats):
        _reveal(session, seat.review, thread, seats, by=SYSTEM, now=now)


def reveal_early(session: Session, review: Review, *, by: Actor, now: datetime) -> None:
    """Reveal the scores when all who are still awaited have handed in: after one was recused, say.

    Otherwise the last one to hand in, or the end of the last day, reveals them. Conflict if somebody
    may still score.
    """
    thread = lock_thread(session, review.thread_id)
    session.refresh(review)
    seats = list_seats(session, review)
    if not takes_scores(review, now) or not all_are_in(seats):
        raise Conflict(_("The scores can't be revealed yet, or they are already."))
    _reveal(session, review, thread, seats, by=by, now=now)


def note_reveal(session: Session, review: Review, now: datetime) -> bool:
    """Record that a review's last day is over and its scores are seen; return whether that was new."""
    thread = lock_thread(session, review.thread_id)
    session.refresh(review)
    if review.revealed_at or review.closed_at or thread.is_closed or not is_over(review, now):
        return False
    _reveal(session, review, thread, list_seats(session, review), by=SYSTEM, now=now)
    return True


def revise(session: Session, seat: Seat, answers: Answers, *, seen: int, now: datetime) -> None:
    """Keep what the panellist now says beside their first scores, which stay as they were.

    Only for who handed in before the reveal, and until the decision. An answer that is as the first one
    needs no second.
    """
    _lock(session, seat)
    if not counts(seat):
        raise NotAllowed()
    if not takes_talk(seat.review, now):
        raise Conflict(_("The scores can't be changed any more."))
    if not all(answers.get(y.id, Answer()).is_whole for y in list_yardsticks(session, seat.review)):
        raise Invalid(_("Please give each criterion a score, or abstain, and say why."))
    first = read_answers(session, seat)
    for mark in list_marks(session, seat, is_revised=True):
        if answers.get(mark.yardstick_id) == first.get(mark.yardstick_id):
            session.delete(mark)
    session.flush()
    changed = {number: answer for number, answer in answers.items() if answer != first.get(number)}
    _save(session, seat, changed, seen, now, is_revised=True)


def say_remark(
    session: Session, review: Review, yardstick: Yardstick, text: str, *, by: Actor, now: datetime
) -> None:
    """Say something about a criterion to the panel; the same said twice running is one."""
    lock_thread(session, review.thread_id)
    session.refresh(review)
    if not takes_talk(review, now):
        raise Conflict(_("Nothing can be said here any more."))
    if by.person is None or yardstick.review_id != review.id:
        raise NotAllowed()
    last = session.scalar(
        select(Remark)
        .where(Remark.yardstick_id == yardstick.id, Remark.person_id == by.id)
        .order_by(Remark.id.desc())
        .limit(1)
    )
    if last is None or last.text != text:
        session.add(
            Remark(yardstick_id=yardstick.id, person_id=by.person.id, role=by.role, text=text, at=now)
        )
        session.flush()


def list_marks(session: Session, seat: Seat, *, is_revised: bool) -> Sequence[Mark]:
    marks = select(Mark).where(Mark.seat_id == seat.id, Mark.is_revised == is_revised)
    return session.scalars(marks.order_by(Mark.id)).all()


def read_answers(session: Session, seat: Seat, *, is_revised: bool = False) -> dict[int, Answer]:
    """Return what is kept of this sheet, by the number of the criterion."""
    return {mark.yardstick_id: answer_of(mark) for mark in list_marks(session, seat, is_revised=is_revised)}


def answer_of(mark: Mark) -> Answer:
    return Answer(mark.value, mark.abstains, mark.reason)


def _lock(session: Session, seat: Seat) -> Thread:
    thread = lock_thread(session, seat.review.thread_id)
    session.refresh(seat)
    session.refresh(seat.review)
    return thread


def _need_open(seat: Seat, now: datetime) -> None:
    if seat.state != SeatState.SITTING:
        raise NotAllowed(_("First say whether you have an interest in it."))
    if seat.done_at:
        raise Conflict(_("You have handed in your scores already."))
    refuse_unless(not seat.review.thread.is_closed)  # withdrawn, say, or joined with another
    if not takes_scores(seat.review, now):
        raise Conflict(_("The time for scoring is over. What was not handed in is not counted."))


def _save(
    session: Session, seat: Seat, answers: Answers, seen: int, now: datetime, *, is_revised: bool = False
) -> Sheet:
    sheet = session.get(Sheet, seat.id)
    if sheet is None:
        sheet = Sheet(seat_id=seat.id, revision=0, saved_at=now)
        session.add(sheet)
    if sheet.revision != seen and answers == read_answers(session, seat, is_revised=is_revised):
        return sheet  # the same sent twice
    if sheet.revision != seen:
        raise Conflict(_("You saved other answers meanwhile, perhaps in another window."))
    yardsticks = {y.id: y for y in list_yardsticks(session, seat.review)}
    marks = {mark.yardstick_id: mark for mark in list_marks(session, seat, is_revised=is_revised)}
    for number, answer in answers.items():
        _check(yardsticks[number], answer)
        mark = marks.get(number)
        if mark is None:
            mark = Mark(seat_id=seat.id, yardstick_id=number, is_revised=is_revised)
            session.add(mark)
        elif answer_of(mark) == answer:
            continue
        mark.value, mark.abstains, mark.reason, mark.at = answer.value, answer.abstains, answer.reason, now
    sheet.revision, sheet.saved_at = seen + 1, now
    session.flush()
    return sheet


def _check(yardstick: Yardstick, answer: Answer) -> None:
    highest = 1 if yardstick.is_knock_out else HIGHEST
    in_range = answer.value is None or LOWEST <= answer.value <= highest
    if not in_range or (answer.abstains and answer.value is not None):
        raise Invalid(_("Please choose one of the answers."))


def _reveal(
    session: Session, review: Review, thread: Thread, seats: Sequence[Seat], *, by: Actor, now: datetime
) -> None:
    """Let the panel see each other's scores. Everybody hears how many gave some, and no number of them."""
    assert not is_revealed(review, now) or is_over(review, now)  # noqa: S101  # the callers have looked
    review.revealed_at = now
    done, awaited = count_in(seats)
    data = {"in": done, "of": awaited}
    record_event(session, thread, "panel.revealed", by=by, now=now, data=data)
    for seat in seats:
        if counts(seat):
            key = f"revealed-{review.id}.{seat.person_id}"
            mail = {"person_id": seat.person_id, "about": REVEALED, "key": key}
            enqueue(session, MAIL_TOPIC, mail, now=now)
