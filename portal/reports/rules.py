"""Which moves a report permits in which state. No database."""

from portal.threads.models import Status

# From each status, what staff may do next.
STAFF_MOVES: dict[Status, frozenset[str]] = {
    Status.RECEIVED: frozenset({"send", "ask", "not_ours", "no_action"}),
    Status.WITH_DEPARTMENT: frozenset({"outside", "start", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.IN_PROGRESS: frozenset({"outside", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.WAITING: frozenset({"outside", "start", "send", "fix", "not_ours", "no_action"}),
    Status.OUTSIDE: frozenset({"resume", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.REOPENED: frozenset({"outside", "start", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.FIXED: frozenset({"reopen"}),
    Status.CONFIRMED: frozenset({"reopen"}),
    Status.NOT_OURS: frozenset({"reopen"}),
    Status.NO_ACTION: frozenset({"reopen"}),
    Status.DUPLICATE: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


def permits(status: Status, move: str) -> bool:
    """Tell whether staff may make the move from this status."""
    return move in STAFF_MOVES.get(status, frozenset())


def resident_may_judge(status: Status) -> bool:
    """Tell whether the sender is asked if it is truly fixed."""
    return status == Status.FIXED


def resident_may_reopen(status: Status) -> bool:
    """Tell whether the sender may say that the matter isn't settled."""
    return status in (Status.FIXED, Status.CONFIRMED)
