"""Since when the scores of a review may be seen. No database."""

from collections.abc import Sequence
from datetime import datetime

from portal.core.dates import end_of_day
from portal.panels.models import SEATED, Review, Seat, SeatState


def counts(seat: Seat) -> bool:
    """Tell whether the seat's scores are counted: nothing stands against it, and they were handed in."""
    return seat.state == SeatState.SITTING and seat.done_at is not None


def count_in(seats: Sequence[Seat]) -> tuple[int, int]:
    """Return how many handed in, of how many who are awaited or have; who is recused is in neither."""
    awaited = [seat for seat in seats if seat.state in SEATED]
    return sum(counts(seat) for seat in awaited), len(awaited)


def all_are_in(seats: Sequence[Seat]) -> bool:
    """Tell whether there is somebody who scored and nobody who still may."""
    done, awaited = count_in(seats)
    return done == awaited > 0


def is_over(review: Review, now: datetime) -> bool:
    """Tell whether the last day for handing in has passed."""
    return now >= end_of_day(review.last_day)


def is_revealed(review: Review, now: datetime) -> bool:
    """Tell whether the scores may be seen: it was said so, or time is up.

    The end of the last day reveals them by itself, whether or not the worker has noted it yet. What
    was decided before that stays sealed.
    """
    return review.revealed_at is not None or (review.closed_at is None and is_over(review, now))


def takes_scores(review: Review, now: datetime) -> bool:
    """Tell whether panellists can still score it blind."""
    return review.closed_at is None and not is_revealed(review, now)


def takes_talk(review: Review, now: datetime) -> bool:
    """Tell whether it is discussed now, and scores can be given anew: revealed, and not decided."""
    return review.closed_at is None and is_revealed(review, now)
