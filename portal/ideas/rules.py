"""Which moves an idea permits in which state. No database."""

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


def permits(status: Status, move: str) -> bool:
    """Tell whether staff may make the move from this status."""
    return move in STAFF_MOVES.get(status, frozenset())
