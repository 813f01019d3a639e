"""Decisions about threads that need no database."""

from datetime import datetime, timedelta

from portal.threads.models import Status, Visibility

DESK_DAYS = 3  # the promise while nobody knows yet what it is about

# What a person sent may be withdrawn, and words added, until it has ended.
ENDED = frozenset({Status.CONFIRMED, Status.WITHDRAWN, Status.PILOT, Status.ADOPT, Status.DECLINE})


def due_time(start: datetime, answer_days: int | None) -> datetime:
    """Return when an answer is promised: so many days after `start`."""
    return start + timedelta(days=answer_days or DESK_DAYS)


def first_visibility(*, private: bool, author_verified: bool) -> Visibility:
    """Return how a new submission stands before the public (DESIGN, "What the public sees")."""
    if private:
        return Visibility.PRIVATE
    return Visibility.PUBLIC if author_verified else Visibility.FIRST_LOOK


def can_withdraw(status: Status) -> bool:
    return status not in ENDED and status != Status.FIXED


def can_add_words(status: Status) -> bool:
    return status not in ENDED
