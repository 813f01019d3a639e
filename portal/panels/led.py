"""Reads of all that a coordinator leads: the reviews of their places, and what waits for a word there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from portal.ideas.calls import Call
from portal.ideas.models import Idea
from portal.ideas.phases import Phase
from portal.panels.assigning import count_free
from portal.panels.models import SEATED, Decision, Review, Seat, SeatState
from portal.panels.queries import MOST, REFUSED, REVIEWABLE
from portal.panels.sealing import is_revealed, takes_scores
from portal.threads.models import Event, Kind, Status, Thread


def is_time_to_decide(call: Call | None, today: date) -> bool:
    """Tell whether the call of an idea has come so far that it can be decided; one of the open box always."""
    return call is None or call.allows("decide", today) or call.phase(today) == Phase.ENDED


@dataclass(frozen=True)
class Progress:
    """A review with its call, how many seats count, how many of those handed in, how many are recused."""

    review: Review
    thread: Thread
    call: Call | None
    seated: int
    done: int
    recused: int
    asked_first: int

    @property
    def is_short(self) -> bool:
        """Tell whether somebody declared an interest and nobody sits in their place yet."""
        return self.recused > 0 and count_free(self.asked_first, self.seated) > 0

    def is_running(self, now: datetime) -> bool:
        return takes_scores(self.review, now)

    def is_ready(self, today: date, now: datetime) -> bool:
        """Tell whether it can be decided: the scores are there, and its call has come so far."""
        in_time = is_time_to_decide(self.call, today)
        return self.review.closed_at is None and is_revealed(self.review, now) and in_time


def is_led_in(places: Collection[int]) -> ColumnElement[bool]:
    """Return the condition on Call and Thread that a review is led from one of these places."""
    return func.coalesce(Call.place_id, Thread.place_id).in_(places)


def list_led_seats(session: Session, places: Collection[int], most: int) -> Sequence[Seat]:
    """Return who sits or sat in the reviews of these places, the newest review first; one query."""
    seats = (
        select(Seat)
        .join(Review, Review.id == Seat.review_id)
        .join(Thread, Thread.id == Review.thread_id)
        .outerjoin(Call, Call.id == Review.call_id)
        .where(is_led_in(places))
        .options(joinedload(Seat.review).joinedload(Review.thread), joinedload(Seat.person))
        .order_by(Review.id.desc(), Seat.id)
    )
    return session.scalars(seats.limit(most)).all()


def list_led(
    session: Session,
    places: Collection[int],
    *,
    closed: bool = False,
    call_id: int | None = None,
    most: int = MOST,
) -> list[Progress]:
    """Return the reviews of these places, the one that ends first first; one query.

    Of those that are not closed only where the idea stands: one that was withdrawn waits for nothing.
    """
    counted = Seat.state.in_(SEATED)
    rows = (
        select(
            Review,
            Thread,
            Call,
            func.count(Seat.id).filter(counted),
            func.count(Seat.id).filter(counted & Seat.done_at.is_not(None)),
            func.count(Seat.id).filter(Seat.state == SeatState.RECUSED),
            func.count(Seat.id).filter(Seat.assigned_at == Review.opened_at),
        )
        .join(Thread, Thread.id == Review.thread_id)
        .outerjoin(Call, Call.id == Review.call_id)
        .outerjoin(Seat, Seat.review_id == Review.id)
        .where(is_led_in(places))
        .where(Review.closed_at.is_not(None) if closed else Review.closed_at.is_(None) & ~Thread.is_closed)
        .group_by(Review.id, Thread.id, Call.id)
    )
    if call_id is not None:
        rows = rows.where(Review.call_id == call_id)
    order = Review.closed_at.desc() if closed else Review.last_day
    found = session.execute(rows.order_by(order, Review.id).limit(most))
    return [Progress(*row) for row in found]


def list_unjudged(session: Session, places: Collection[int], today: date) -> list[tuple[Thread, Call, bool]]:
    """Return the ideas of calls that are being reviewed and which the panel does not have yet.

    Each with its call, and whether it was said to be not eligible: those come last.
    """
    reviewed = (Call.supports_until < today) & (Call.reviews_until >= today)
    reviewed &= Call.place_id.in_(places) & Call.published_at.is_not(None) & Call.stopped_at.is_(None)
    calls = session.scalars(select(Call.id).where(reviewed)).all()
    if not calls:
        return []
    said = select(Event.id).where(Event.thread_id == Thread.id, Event.kind == REFUSED).limit(1)
    refused = said.scalar_subquery().is_not(None)  # asked of each: a plain EXISTS reads all events first
    rows = session.execute(
        select(Thread, Call, refused.label("refused"))
        .join(Idea, Idea.thread_id == Thread.id)
        .join(Call, Call.id == Idea.call_id)
        .outerjoin(Review, Review.thread_id == Thread.id)
        .where(Idea.call_id.in_(calls), ~Thread.is_closed)
        .where(Thread.kind == Kind.IDEA, Thread.status.in_(REVIEWABLE), Review.id.is_(None))
        .order_by(Call.reviews_until, Call.id, "refused", Thread.votes_total.desc(), Thread.id)
        .limit(MOST)
    )
    return [(thread, call, bool(was_refused)) for thread, call, was_refused in rows]


def list_back(session: Session, places: Collection[int]) -> list[Thread]:
    """Return the ideas of these places that came back and are not decided anew, the newest last."""
    back = select(Decision.thread_id).where(Decision.came_back_at.is_not(None))
    found = (
        select(Thread)
        .join(Idea, Idea.thread_id == Thread.id)
        .outerjoin(Call, Call.id == Idea.call_id)
        .where(Thread.id.in_(back), is_led_in(places), Thread.status == Status.OPEN)
    )
    return list(session.scalars(found.order_by(Thread.id)))
