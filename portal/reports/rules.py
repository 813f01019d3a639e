"""Which moves a report permits in which state, and what follows from an answer. No database."""

import re
from datetime import timedelta

from portal.reports.models import Answer
from portal.threads.models import FIXED, Status

REMIND_AFTER, SILENT_AFTER = timedelta(days=10), timedelta(days=14)
QUIET_WEEK = timedelta(days=7)  # after the affected opened it again, the next such wish is looked at first
LEAST_WORDS, LEAST_SIGNS = 2, 4  # of a Latin or a Chinese text that says what was done

# From each status, what staff may do next.
STAFF_MOVES: dict[Status, frozenset[str]] = {
    Status.RECEIVED: frozenset({"send", "ask", "not_ours", "no_action"}),
    Status.WITH_DEPARTMENT: frozenset({"outside", "start", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.IN_PROGRESS: frozenset({"outside", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.WAITING: frozenset({"outside", "start", "send", "fix", "not_ours", "no_action"}),
    Status.OUTSIDE: frozenset({"resume", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.REOPENED: frozenset({"outside", "start", "send", "ask", "fix", "not_ours", "no_action"}),
    Status.FIXED: frozenset({"reopen", "stand"}),
    Status.CONFIRMED: frozenset({"reopen"}),
    Status.SILENT: frozenset({"reopen"}),
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
    return status in (Status.FIXED, Status.SILENT)


def resident_may_reopen(status: Status) -> bool:
    """Tell whether the sender may say that the matter isn't settled."""
    return status in FIXED


def affected_may_judge(status: Status) -> bool:
    """Tell whether those affected are asked: until it is settled."""
    return status == Status.FIXED


def outcome(answer: Answer, *, is_sender: bool, voted_before: bool, reopened_lately: bool) -> str:
    """Return what follows from an answer: "confirm", "reopen", "doubt" or "note".

    The sender has the last word. A no of somebody affected opens it again too, but only of one who
    was counted before it was fixed, and once a week: otherwise staff look at it first.
    """
    if is_sender:
        return "confirm" if answer == Answer.YES else "reopen"
    if answer == Answer.YES:
        return "note"
    opens = answer == Answer.NO and voted_before and not reopened_lately
    return "reopen" if opens else "doubt"


def leaves_open(text: str) -> bool:
    """Tell whether a line ends with a colon and nothing follows it: a template that nobody has filled in."""
    return re.search(r"[:：][^\S\n]*(?:\n\s*\n|\s*\Z)", text) is not None


def says_what_was_done(text: str) -> bool:
    """Tell whether a text is evidence: more than a word, so that others can see what to look for."""
    signs = re.findall(r"[\u3400-\u9fff]", text)
    words = re.findall(r"[^\W\u3400-\u9fff]+", text)
    return len(signs) >= LEAST_SIGNS or len(words) + bool(signs) >= LEAST_WORDS
