"""Which moves an idea permits in which state. No database."""

from portal.ideas.phases import BEFORE_REVIEW, Phase
from portal.threads.models import Status

STAFF_MOVES: dict[Status, frozenset[str]] = {
    Status.RECEIVED: frozenset({"open", "ask", "decide", "no_action"}),
    Status.OPEN: frozenset({"ask", "decide"}),
    Status.WAITING: frozenset({"open", "decide", "no_action"}),
    Status.LATER: frozenset({"open", "decide"}),
    Status.NO_ACTION: frozenset({"open"}),
    Status.PILOT: frozenset({"decide"}),
    Status.ADOPT: frozenset(),
    Status.DECLINE: frozenset({"open"}),
    Status.DUPLICATE: frozenset(),
    Status.COMBINED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}

DECISIONS = (Status.PILOT, Status.ADOPT, Status.LATER, Status.DECLINE)

# Its sender may change it until it is judged: what a panel or a decision is about stays as it is.
CHANGEABLE = frozenset({Status.RECEIVED, Status.OPEN, Status.WAITING})


def may_change(status: Status, phase: Phase | None) -> bool:
    """Tell whether an idea may have a new version, by its state and the phase of its call."""
    return status in CHANGEABLE and (phase is None or phase in BEFORE_REVIEW)


def permits(status: Status, move: str) -> bool:
    """Tell whether staff may make the move from this status."""
    return move in STAFF_MOVES.get(status, frozenset())
