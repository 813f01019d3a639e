"""The verbs of a review: putting an idea to the panel or not, who sits, and who must not."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.ideas.calls import Call
from portal.panels.access import place_of
from portal.panels.decisions import need_not_held
from portal.panels.mailing import APPRAISAL, ASKED, DUE, write_to
from portal.panels.models import SEATED, AppraisalRequest, Review, Seat, SeatState
from portal.panels.queries import (
    REFUSED,
    REVIEWABLE,
    find_refusal,
    find_review,
    find_seat,
    is_concerned,
    list_candidates,
    list_officers,
    list_requests,
    list_seats,
)
from portal.panels.rubric import freeze_rubric
from portal.panels.sealing import takes_scores
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Kind, Level, Thread
from portal.threads.words import say


def may_be_reviewed(thread: Thread, call: Call | None, today: date) -> bool:
    """Tell whether the panel may have this idea: it is public, undecided, and its call is in that phase.

    An idea of the open box, or of a call that was stopped, needs no phase.
    """
    is_open = thread.kind == Kind.IDEA and thread.is_listed and thread.status in REVIEWABLE
    return is_open and (call is None or call.stopped_at is not None or call.allows("review", today))


def open_review(
    session: Session,
    thread: Thread,
    call: Call | None,
    *,
    reason: str,
    last_day: date,
    people: Collection[int],
    today: date,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> Review:
    """Say that an idea is eligible, with a public reason, and seat these panellists. It is locked.

    The department that has its category here is asked for its appraisal.
    """
    if find_review(session, thread.id):
        raise Conflict(_("The panel has it already."))
    need_not_held(session, thread)
    refuse_unless(may_be_reviewed(thread, call, today))
    need_reason(reason)
    need_day(last_day, call, today)
    words = say(session, thread, Level.REASON, reason, author=by.person, now=now)
    review = Review(
        thread_id=thread.id,
        call_id=call.id if call else None,
        reason=reason,
        last_day=last_day,
        opened_at=now,
        opened_by_id=by.id,
        revision=1,
    )
    session.add(review)
    session.flush()
    freeze_rubric(session, review)
    data = {"until": last_day.isoformat()}
    record_event(session, thread, "panel.opened", by=by, now=now, statement=words, data=data)
    seat(session, review, thread, call, people, directory=directory, by=by, now=now)
    if thread.category_id:
        concerned = directory.department_for(thread.category_id, thread.place_id)
        ask_department(session, review, thread, concerned.id, directory=directory, by=by, now=now)
    return review


def need_day(last_day: date, call: Call | None, today: date) -> None:
    """Raise Invalid for a last day that is past, or after the decision of the call."""
    if last_day < today:
        raise Invalid(_("Please choose a day that is still to come."))
    if call and call.stopped_at is None and last_day > call.decides_until:
        raise Invalid(_("The call is decided before that day. Please choose an earlier one."))


def move_last_day(
    session: Session,
    review: Review,
    thread: Thread,
    call: Call | None,
    last_day: date,
    *,
    today: date,
    by: Actor,
    now: datetime,
) -> None:
    """Give the panel until another day; everybody can read that, and who is awaited hears of an earlier one.

    The review is locked.
    """
    need_day(last_day, call, today)
    if last_day == review.last_day:
        raise Invalid(_("That is the day already."))
    awaited = [seat_ for seat_ in list_seats(session, review) if seat_.state in SEATED and not seat_.done_at]
    for seat_ in awaited:
        seat_.reminded_at = None  # they are reminded before the new day, too
    if last_day < review.last_day:  # perhaps before the next reminders go out
        write_to(session, DUE, [seat_.person_id for seat_ in awaited], now)
    review.last_day = last_day
    session.flush()
    record_event(session, thread, "panel.day_moved", by=by, now=now, data={"until": last_day.isoformat()})


def refuse_idea(
    session: Session, thread: Thread, call: Call | None, reason: str, *, today: date, by: Actor, now: datetime
) -> None:
    """Say that an idea is not eligible, with a public reason. It stays open, and can be put to it later."""
    if find_review(session, thread.id) or find_refusal(session, thread.id):
        raise Conflict(_("Somebody has said already whether it is eligible."))
    need_not_held(session, thread)
    refuse_unless(may_be_reviewed(thread, call, today))
    need_reason(reason)
    words = say(session, thread, Level.REASON, reason, author=by.person, now=now)
    record_event(session, thread, REFUSED, by=by, now=now, statement=words)


def lock_review(session: Session, review: Review, seen: int, now: datetime) -> None:
    """Let nobody else change the review meanwhile. Conflict if somebody did, or it is over."""
    session.refresh(review, with_for_update=True)
    if review.revision != seen:
        raise Conflict(_("Someone else changed this while you were reading it."))
    refuse_unless(takes_scores(review, now))
    review.revision += 1


def seat(
    session: Session,
    review: Review,
    thread: Thread,
    call: Call | None,
    people: Collection[int],
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Ask these panellists to sit. Invalid if one must not, or sits already; names go to no one."""
    if not people:
        return
    place = place_of(thread, call)
    possible = {c.id for c in list_candidates(session, thread, place, review, directory)}
    if not set(people) <= possible:
        raise Invalid(_("One of them can’t sit here: they sent or support the idea, or sit already."))
    before = {seat.person_id: seat for seat in list_seats(session, review)}
    for number in sorted(set(people)):
        known = before.get(number) or Seat(review_id=review.id, person_id=number, interest="")
        known.state, known.assigned_at, known.declared_at = SeatState.ASKED, now, None
        known.reminded_at = None
        session.add(known)
    write_to(session, ASKED, people, now)
    session.flush()
    record_event(
        session,
        thread,
        "panel.seated",
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        data={"count": len(set(people))},
    )


def release(
    session: Session, review: Review, thread: Thread, seat_: Seat, *, by: Actor, now: datetime
) -> None:
    """Take a panellist off a review; Conflict once they have handed in. The thread is locked."""
    session.refresh(seat_)  # they may have handed in since the page was asked for
    refuse_unless(seat_.review_id == review.id and seat_.state in SEATED and seat_.done_at is None)
    seat_.state = SeatState.RELEASED
    staff = EventVisibility.STAFF
    record_event(session, thread, "panel.released", by=by, now=now, visibility=staff)


def declare(
    session: Session,
    thread: Thread,
    review: Review,
    person: Person,
    *,
    has_interest: bool,
    interest: str,
    now: datetime,
) -> None:
    """Keep what a panellist declares: with an interest they are recused, without one they sit.

    The thread is locked. An interest can be declared until the reveal, even after handing in; it can't
    be taken back. Whoever wrote or supports the idea must not say that they have none.
    """
    session.refresh(review)
    seat_ = find_seat(session, review, person)
    refuse_unless(seat_ is not None)
    assert seat_ is not None  # noqa: S101  # refused above
    session.refresh(seat_)  # another window may have said so, or a coordinator taken them off it
    refuse_unless(seat_.state in SEATED and takes_scores(review, now))
    if has_interest:
        _recuse(session, thread, seat_, interest, now)
    elif is_concerned(session, thread, person):
        raise Invalid(_("You sent or support this idea. Please choose that you have an interest in it."))
    else:
        seat_.state = SeatState.SITTING
    seat_.declared_at = now
    session.flush()


def _recuse(session: Session, thread: Thread, seat_: Seat, interest: str, now: datetime) -> None:
    if not interest:
        raise Invalid(_("Please say in a few words what your interest is."))
    seat_.state, seat_.interest = SeatState.RECUSED, interest
    nobody = Actor(None, "panellist")  # other panellists read the record, and must not learn names
    record_event(session, thread, "panel.recused", by=nobody, now=now, visibility=EventVisibility.STAFF)


def ask_department(
    session: Session,
    review: Review,
    thread: Thread,
    department_id: int,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Ask a department how feasible the idea is, what it costs and how long it takes; once each.

    Its officers where the idea is are written to.
    """
    if department_id in list_requests(session, review):
        raise Conflict(_("This department has been asked already."))
    session.add(AppraisalRequest(review_id=review.id, department_id=department_id, at=now))
    write_to(session, APPRAISAL, list_officers(session, department_id, thread.place_id, directory), now)
    session.flush()
    record_event(
        session,
        thread,
        "panel.department_asked",
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        data={"department": department_id},
    )


def need_no_seat(session: Session, thread: Thread, person: Person) -> None:
    """Raise Conflict if the person sits on this idea: who judges it doesn't support it as well."""
    review = find_review(session, thread.id) if thread.kind == Kind.IDEA else None
    mine = find_seat(session, review, person) if review else None
    if mine is not None and mine.state in SEATED:
        raise Conflict(_("You sit on the panel for this idea, so you can’t support it."))
