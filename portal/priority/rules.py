"""When a vote of the committee has come to what. No database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.ideas.rules import permits as idea_permits
from portal.priority.models import Outcome
from portal.threads.models import Kind, Thread

LONGEST = timedelta(days=60)
REMIND_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Count:
    """How many may vote at this moment, and how those of them who have voted did."""

    eligible: int
    approve: int = 0
    object: int = 0
    abstain: int = 0

    @property
    def voted(self) -> int:
        return self.approve + self.object + self.abstain


def outcome_of(count: Count, quorum: int | None) -> Outcome:
    """Return what the votes come to: more for than against, once enough have taken part."""
    if count.voted < (quorum or 1):
        return Outcome.TOO_FEW
    return Outcome.ACCEPTED if count.approve > count.object else Outcome.REFUSED


def is_certain(count: Count, quorum: int | None) -> bool:
    """Tell whether the quorum is reached and whoever has not voted can't turn the result.

    Without a quorum the date alone ends a vote.
    """
    if quorum is None or count.voted < quorum:
        return False
    left = count.eligible - count.voted
    return count.approve > count.object + left or count.approve + left <= count.object


def reminder_time(opened_at: datetime, ends_at: datetime) -> datetime:
    """Return when those who have not voted are reminded: a day before the end, or half-way if it is short."""
    return max(ends_at - REMIND_BEFORE, opened_at + (ends_at - opened_at) / 2)


def can_be_voted_on(thread: Thread) -> bool:
    """Tell whether the committee may be asked: a report while it is open, an idea before its support."""
    if thread.kind == Kind.IDEA:
        return idea_permits(thread.status, "open")
    return not thread.is_closed
