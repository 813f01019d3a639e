"""Which moves the state of a submission leaves open. No database."""

from portal.ideas.rules import permits as idea_permits
from portal.reports.rules import permits as report_permits
from portal.threads.models import CLOSED, Kind, Status, Thread
from portal.threads.rules import can_ask, can_hide_words, can_reply, can_show_words
from portal.threads.votes import takes_votes


def can_send(kind: Kind, status: Status) -> bool:
    """Tell whether a person may route it: while nothing is decided or fixed."""
    if kind == Kind.REPORT:
        return report_permits(status, "send")
    return status in (Status.RECEIVED, Status.OPEN, Status.WAITING)


def can_assign(thread: Thread) -> bool:
    """Tell whether somebody may have it: it is open and stands in a queue."""
    return not thread.is_closed and not thread.needs_sorting


def can_weigh(thread: Thread) -> bool:
    """Tell whether its priority may be corrected: while it is open, and no idea."""
    return not thread.is_closed and thread.kind != Kind.IDEA


def can_be_danger(thread: Thread) -> bool:
    """Tell whether staff may say that it is a danger, or that it is none: while it is open."""
    return thread.kind != Kind.IDEA and not thread.is_closed


def open_moves(thread: Thread) -> frozenset[str]:
    """Return the verbs that the state permits, whoever asks. access.py says who may."""
    return frozenset(verb for verb, is_open in _moves(thread).items() if is_open)


def _moves(thread: Thread) -> dict[str, bool]:
    status, kind = thread.status, thread.kind
    shared = {
        "sort": can_send(kind, status),
        "idea": can_send(kind, status),
        "take": can_assign(thread),
        "give": can_assign(thread),
        "leave": can_assign(thread) and thread.assignee_id is not None,
        "ask": can_ask(status),
        "reply": can_reply(kind, status),
        "note": True,
        "weigh": can_weigh(thread),
        "danger": can_be_danger(thread) and not thread.is_urgent,
        "no-danger": can_be_danger(thread) and thread.is_urgent,
        "merge": not thread.is_closed,
        "part": status == Status.DUPLICATE,
        "count": takes_votes(thread),
        "show": can_show_words(thread.visibility, status),
        "hide": can_hide_words(thread.visibility),
    }
    return shared | _own_moves(thread)


def _own_moves(thread: Thread) -> dict[str, bool]:
    status = thread.status
    if thread.kind == Kind.UNDECIDED:
        return {"no-action": status not in CLOSED}
    if thread.kind == Kind.IDEA:
        return {
            "open": idea_permits(status, "open"),
            "decide": idea_permits(status, "decide") and thread.votes_until is None,  # in no call
            "no-action": idea_permits(status, "no_action"),
        }
    is_sorted = not thread.needs_sorting
    return {
        "start": is_sorted and report_permits(status, "start"),
        "outside": is_sorted and report_permits(status, "outside"),
        "resume": is_sorted and report_permits(status, "resume"),
        "fix": is_sorted and report_permits(status, "fix"),
        "not-ours": report_permits(status, "not_ours"),
        "no-action": report_permits(status, "no_action"),
        "stand": thread.is_doubted and report_permits(status, "stand"),
        "reopen": report_permits(status, "reopen"),
    }
