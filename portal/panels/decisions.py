"""Deciding on an idea: the author is told first, then everybody; and the log of it, only ever added to."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.core.dates import local_time
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.ideas.actions import decide_idea
from portal.ideas.calls import Call
from portal.ideas.models import Idea
from portal.ideas.rules import DECISIONS, permits
from portal.panels.led import is_led_in, is_time_to_decide
from portal.panels.models import Decision, Review
from portal.panels.queries import read_standing
from portal.panels.scoring import note_reveal
from portal.panels.sealing import is_revealed
from portal.threads.actions import need_reason, refuse_unless, set_status
from portal.threads.events import SYSTEM, Actor, record_event
from portal.threads.models import IS_LISTED, Event, EventVisibility, Kind, Level, Status, Thread
from portal.threads.words import say

ANNOUNCE_TOPIC = "panel.announce"
HELD = timedelta(hours=24)  # how long the author knows it before everybody does
TOLD_FIRST = "idea.decision_told"
LATER_AGAIN = timedelta(days=182)  # where "later" was said without a day
MOST = 100  # rows of one page of the log


def digest_of(decision: Decision) -> str:
    """Return the SHA-256, in hex, of what was decided: its event keeps it, so that a change shows."""
    said: list[Any] = [decision.thread_id, str(decision.choice), decision.reason, decision.dissent]
    said += [decision.without, decision.again_on and decision.again_on.isoformat()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def may_be_decided(thread: Thread, call: Call | None, today: date) -> bool:
    """Tell whether it is time to decide: the state permits it, and its call has come so far."""
    if thread.kind != Kind.IDEA or not permits(thread.status, "decide"):
        return False
    return is_time_to_decide(call, today)


def find_held(session: Session, thread_id: int) -> Decision | None:
    """Return the decision that only the author and staff know yet, if there is one."""
    held = (Decision.thread_id == thread_id) & Decision.announced_at.is_(None)
    return session.scalar(select(Decision).where(held).order_by(Decision.id.desc()).limit(1))


def is_held(session: Session, thread: Thread) -> bool:
    """Tell whether it is decided on an idea what only its author and staff know yet."""
    return find_held(session, thread.id) is not None


def need_not_held(session: Session, thread: Thread) -> None:
    """Raise Conflict for an idea on which something is decided that not everybody knows yet."""
    if is_held(session, thread):
        raise Conflict(_("It is decided already, and waits until everybody is told."))


def decide(
    session: Session,
    thread: Thread,
    review: Review | None,
    call: Call | None,
    *,
    choice: Status,
    reason: str,
    dissent: str = "",
    without: str = "",
    again_on: date | None = None,
    today: date,
    by: Actor,
    now: datetime,
) -> Decision:
    """Decide on an idea that is locked; its author is told at once, everybody a day later.

    `without` is the public reason for deciding before the panel's scores are revealed.
    """
    need_not_held(session, thread)
    refuse_unless(may_be_decided(thread, call, today))
    has_scores = review is not None and is_revealed(review, now)
    _check(thread, choice, reason, again_on, today)
    if not has_scores and not without:
        raise Invalid(_("The panel’s scores are not revealed. Please say why it is decided without them."))
    decision = Decision(
        thread_id=thread.id,
        review_id=review.id if review else None,
        choice=choice,
        reason=reason,
        dissent=dissent,
        without="" if has_scores else without,
        again_on=again_on if choice == Status.LATER else None,
        decided_by_id=by.id,
        at=now,
    )
    session.add(decision)
    if review is not None:
        note_reveal(session, review, now)
        review.closed_at = review.closed_at or now
        review.revision += 1
    session.flush()
    record_event(
        session,
        thread,
        TOLD_FIRST,
        by=by,
        now=now,
        visibility=EventVisibility.SENDER,
        statement=say(session, thread, Level.TOLD, reason, author=by.person, now=now),
        data={"decision": str(choice), "entry": decision.id, "digest": digest_of(decision)},
    )
    enqueue(session, ANNOUNCE_TOPIC, {"decision": decision.id}, now=now, run_at=now + HELD)
    return decision


def _check(thread: Thread, choice: Status, reason: str, again_on: date | None, today: date) -> None:
    if choice not in DECISIONS:
        raise Invalid(_("Please choose a decision."))
    if choice == thread.status:
        raise Invalid(_("That is what was decided already."))
    need_reason(reason)
    if choice == Status.LATER and (again_on is None or again_on <= today):
        raise Invalid(_("Please choose the day on which it is looked at again; it must be after today."))


def announce(session: Session, decision: Decision, thread: Thread, *, now: datetime) -> None:
    """Tell everybody of a decision, once; the thread is locked.

    An idea that was withdrawn or joined with another meanwhile stays as it is.
    """
    session.refresh(decision)
    if decision.announced_at is not None:
        return
    decision.announced_at = now
    if permits(thread.status, "decide") and decision.choice != thread.status:
        by = Actor(decision.decided_by, "coordinator")
        decide_idea(
            session, thread, Status(decision.choice), decision.reason, by=by, now=now, told_author=True
        )
    session.flush()


def come_back(session: Session, decision: Decision, thread: Thread, *, now: datetime) -> None:
    """Let an idea that was put off until today be weighed again; the thread is locked."""
    session.refresh(decision)
    if decision.came_back_at is not None:
        return
    decision.came_back_at = now
    if thread.status == Status.LATER:
        set_status(session, thread, Status.OPEN, now=now)
        record_event(session, thread, "idea.came_back", by=SYSTEM, now=now)
    session.flush()


def log_other(session: Session, thread: Thread) -> None:
    """After a move: put a decision that was made on an idea's own page into the log too."""
    if thread.kind != Kind.IDEA or thread.status not in DECISIONS:
        return
    said = (Event.thread_id == thread.id) & (Event.kind == "idea.decided")
    made = session.scalar(select(Event).where(said).order_by(Event.sequence.desc()).limit(1))
    if made is None or made.statement is None:
        return
    there = (Decision.thread_id == thread.id) & (Decision.announced_at >= made.at)
    if session.scalar(select(Decision.id).where(there).limit(1)) is None:
        is_later = thread.status == Status.LATER
        session.add(
            Decision(
                thread_id=thread.id,
                choice=thread.status,
                reason=made.statement.text,
                again_on=local_time(made.at + LATER_AGAIN).date() if is_later else None,
                decided_by_id=made.actor_id,
                at=made.at,
                announced_at=made.at,
            )
        )
        session.flush()


def need_no_panel(session: Session, thread: Thread) -> None:
    """Raise Conflict for an idea of a call or before the panel: it is decided on the panel's pages."""
    review, call = read_standing(session, thread)
    if (call and call.stopped_at is None) or review or is_held(session, thread):
        raise Conflict(_("This idea goes through the panel. Please decide it under “The panel”."))


def list_decisions(session: Session, thread_id: int) -> Sequence[Decision]:
    """Return what was decided on an idea, the newest first."""
    made = select(Decision).where(Decision.thread_id == thread_id)
    return session.scalars(made.order_by(Decision.id.desc())).all()


def list_log(
    session: Session,
    *,
    call_id: int | None = None,
    places: Collection[int] | None = None,
    before: int | None = None,
) -> Sequence[Decision]:
    """Return the log with its ideas, the newest first, older than `before`; one more than MOST.

    For `places` all that is decided from there; else only what everybody may know.
    """
    log = (
        select(Decision)
        .join(Thread, Thread.id == Decision.thread_id)
        .join(Idea, Idea.thread_id == Thread.id)
        .outerjoin(Call, Call.id == Idea.call_id)
        .options(joinedload(Decision.thread))
    )
    if places is None:
        log = log.where(Decision.announced_at.is_not(None), Thread.kind == Kind.IDEA, IS_LISTED)
    else:
        log = log.where(is_led_in(places))
    if call_id is not None:
        log = log.where(Call.id == call_id)
    if before is not None:
        log = log.where(Decision.id < before)
    return session.scalars(log.order_by(Decision.id.desc()).limit(MOST + 1)).all()


def read_log(session: Session, *, places: Collection[int] | None = None) -> Iterator[Decision]:
    """Give the whole log, the newest first, as list_log does its pages."""
    rows = list_log(session, places=places)
    while rows:
        yield from rows[:MOST]
        rows = list_log(session, places=places, before=rows[MOST - 1].id) if len(rows) > MOST else ()


def list_altered(session: Session, decisions: Collection[Decision]) -> set[int]:
    """Return which of these rows no longer say what their event recorded; one query."""
    told = select(Event.data).where(
        Event.thread_id.in_({d.thread_id for d in decisions}), Event.kind == TOLD_FIRST
    )
    kept = {data["entry"]: data["digest"] for data in session.scalars(told)} if decisions else {}
    return {d.id for d in decisions if d.id in kept and kept[d.id] != digest_of(d)}
