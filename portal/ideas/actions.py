"""The verbs of an idea's life."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.ideas.models import Idea
from portal.ideas.rules import DECISIONS, permits
from portal.routing.actions import route_submission
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.threads.actions import (
    Submission,
    close_with_reason,
    create_thread,
    need_reason,
    refuse_unless,
    set_status,
)
from portal.threads.events import Actor, record_event
from portal.threads.models import Kind, Level, Status, Thread
from portal.threads.words import say


def submit_idea(
    session: Session, submission: Submission, advice: Advice, route: Route, *, now: datetime
) -> Thread:
    """Take an idea in; it stands in the innovation queue."""
    thread = create_thread(session, Kind.IDEA, submission, now=now)
    session.add(Idea(thread_id=thread.id))
    route_submission(session, thread, advice, route, now=now)
    return thread


def describe_idea(session: Session, thread: Thread, parts: Mapping[str, str]) -> None:
    """Keep what the sender said besides the proposal: of problem, gains, harms and cost."""
    idea = _idea(session, thread)
    for name, words in parts.items():
        setattr(idea, name, words)


def say_difference(session: Session, thread: Thread, words: str, others: Sequence[int]) -> None:
    """Keep what the sender says is different from similar ideas that they were shown (threads' ids)."""
    idea = _idea(session, thread)
    idea.difference, idea.differs_from = words, list(others) if words else []


def add_idea(session: Session, thread: Thread) -> None:
    """Give the thread an idea's own part, unless it has one from before."""
    thread.kind = Kind.IDEA
    if session.get(Idea, thread.id) is None:
        session.add(Idea(thread_id=thread.id))


def open_for_support(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Open the idea, so that residents' support counts towards a decision."""
    refuse_unless(permits(thread.status, "open"))
    set_status(session, thread, Status.OPEN, now=now)
    thread.answered_at = thread.answered_at or now
    _idea(session, thread).opened_at = now
    record_event(session, thread, "idea.opened", by=by, now=now)


def decide_idea(
    session: Session,
    thread: Thread,
    decision: Status,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    told_author: bool = False,
) -> None:
    """Decide: pilot, adopt, later or decline, with a reason that everybody may read.

    With `told_author` its author knows it already, and is not written to again.
    """
    refuse_unless(permits(thread.status, "decide"))
    if decision not in DECISIONS:
        raise Invalid(_("Please choose a decision."))
    if decision == thread.status:
        raise Invalid(_("That is what was decided already."))
    need_reason(reason)
    words = say(session, thread, Level.REASON, reason, author=by.person, now=now)
    set_status(session, thread, decision, now=now)
    thread.answered_at = thread.answered_at or now
    _idea(session, thread).decided_at = now
    record_event(
        session,
        thread,
        "idea.decided",
        by=by,
        now=now,
        statement=words,
        data={"decision": str(decision)} | ({"told_author": True} if told_author else {}),
    )


def close_without_action(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """End a submission that is no idea that can be weighed; the reason is public."""
    refuse_unless(permits(thread.status, "no_action"))
    close_with_reason(session, thread, Status.NO_ACTION, "idea.no_action", reason, by=by, now=now)


def _idea(session: Session, thread: Thread) -> Idea:
    return session.get_one(Idea, thread.id)
