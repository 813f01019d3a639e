"""What other pages of staff show of priorities and votes."""

from typing import Any

from portal.accounts.access import has_role
from portal.accounts.visits import Visit
from portal.priority.access import VOTERS, can_ask
from portal.priority.queries import list_open, list_votes_on
from portal.priority.rules import can_be_voted_on
from portal.priority.telling import explain, is_decision, tell_proposal, tell_result
from portal.threads.models import Kind, Thread
from portal.threads.scoring import priority_of
from portal.triage.access import Desk
from portal.triage.rows import title_of


def read_section(visit: Visit, thread: Thread, _desk: Desk) -> dict[str, Any]:
    """Return why the thread has its priority, and the votes on it; one query."""
    votes = list_votes_on(visit.session, thread)
    open_one = next((vote for vote in votes if vote.closed_at is None), None)
    closed = [vote for vote in votes if vote.closed_at]
    decided = next((vote for vote in closed if is_decision(vote)), None)
    asks = can_ask(visit.person, thread, visit.directory) and can_be_voted_on(thread)
    has_formula = thread.kind != Kind.IDEA and not thread.is_closed
    return {
        "priority": priority_of(thread, visit.directory, visit.now),
        "explained": explain(thread, visit.directory, visit.now) if has_formula else None,
        "decision": decided if thread.priority_decided is not None else None,
        "open": open_one,
        "closed": closed,
        "may_ask": asks and open_one is None,
        "tell_result": tell_result,
        "tell_proposal": tell_proposal,
    }


def read_waiting(v: Visit) -> dict[str, Any] | None:
    """Return the open votes that wait for this person; one query, nothing where there are none."""
    if not has_role(v.person, *VOTERS):
        return None
    waiting = [one.vote for one in list_open(v.session, v.person, v.directory) if not one.has_voted]
    if not waiting:
        return None
    return {"votes": waiting, "tell_proposal": tell_proposal, "title_of": title_of}
