"""The verbs of a report's life."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.reports.models import Report
from portal.reports.rules import permits, resident_may_judge, resident_may_reopen
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
    speak,
)
from portal.threads.events import Actor, record_event
from portal.threads.models import Kind, Level, Status, Thread
from portal.threads.promises import start_clocks
from portal.threads.scoring import rescore
from portal.threads.words import say

# What rooms above have against a report's being fixed now: each raises, or lets it be.
before_fixed: list[Callable[[Session, Thread], None]] = []


def submit_report(
    session: Session, submission: Submission, advice: Advice, route: Route, *, now: datetime
) -> Thread:
    """Take a report in and send it to its department, or to the sorting desk."""
    thread = create_thread(session, Kind.REPORT, submission, now=now)
    session.add(Report(thread_id=thread.id))
    if not route.to_desk:
        set_status(session, thread, Status.WITH_DEPARTMENT, now=now)
    route_submission(session, thread, advice, route, now=now)
    return thread


def add_report(session: Session, thread: Thread) -> None:
    """Give the thread a report's own part, unless it has one from before."""
    thread.kind = Kind.REPORT
    if session.get(Report, thread.id) is None:
        session.add(Report(thread_id=thread.id))


def pass_to_department(session: Session, thread: Thread, *, now: datetime) -> None:
    """Set the state of a report that a person has just routed."""
    refuse_unless(permits(thread.status, "send"))
    set_status(session, thread, Status.WITH_DEPARTMENT, now=now)
    thread.assignee_id = None


def start_work(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Begin work; whoever begins it has it."""
    refuse_unless(permits(thread.status, "start") and not thread.needs_sorting)
    set_status(session, thread, Status.IN_PROGRESS, now=now)
    thread.assignee_id = by.id
    thread.answered_at = thread.answered_at or now
    record_event(session, thread, "report.started", by=by, now=now)


def wait_outside(
    session: Session, thread: Thread, body: str, reason: str, *, by: Actor, now: datetime
) -> None:
    """Wait for a body outside, which everybody may read with the reason; the clocks stand still."""
    refuse_unless(permits(thread.status, "outside") and not thread.needs_sorting)
    if not body:
        raise Invalid(_("Please say for whom it waits."))
    need_reason(reason)
    thread.answered_at = thread.answered_at or now
    set_status(session, thread, Status.OUTSIDE, now=now)
    speak(session, thread, Level.REASON, "report.outside", f"{body}: {reason}", by=by, now=now)


def resume(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Go on after the wait for a body outside, with as much time as was left."""
    refuse_unless(permits(thread.status, "resume"))
    set_status(session, thread, Status.IN_PROGRESS, now=now)
    record_event(session, thread, "report.resumed", by=by, now=now)


def mark_fixed(session: Session, thread: Thread, what: str, *, by: Actor, now: datetime) -> None:
    """Say what was done. The sender is asked whether it is truly fixed."""
    refuse_unless(permits(thread.status, "fix") and not thread.needs_sorting)
    if not what:
        raise Invalid(_("Please say what was done."))
    for allow in before_fixed:
        allow(session, thread)
    set_status(session, thread, Status.FIXED, now=now)
    thread.assignee_id = thread.assignee_id or by.id
    thread.answered_at = thread.answered_at or now
    _report(session, thread).fixed_at = now
    speak(session, thread, Level.REPLY, "report.fixed", what, by=by, now=now)


def confirm_fixed(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """The sender says that it is truly fixed."""
    refuse_unless(resident_may_judge(thread.status))
    set_status(session, thread, Status.CONFIRMED, now=now)
    record_event(session, thread, "report.confirmed", by=by, now=now)


def reopen_as_unfixed(
    session: Session, thread: Thread, why: str, *, by: Actor, directory: Directory, now: datetime
) -> None:
    """The sender says that it isn't fixed: it goes back to who had it, with a new promise."""
    refuse_unless(resident_may_reopen(thread.status))
    _reopen(session, thread, why, by=by, directory=directory, now=now)


def reopen(
    session: Session, thread: Thread, why: str, *, by: Actor, directory: Directory, now: datetime
) -> None:
    """Staff open an ended report again, with a reason that everybody may read."""
    refuse_unless(permits(thread.status, "reopen"))
    need_reason(why)
    _reopen(session, thread, why, by=by, directory=directory, now=now)


def _reopen(
    session: Session, thread: Thread, why: str, *, by: Actor, directory: Directory, now: datetime
) -> None:
    words = None
    if why:
        # What a resident writes is for staff until they have looked at it; a reason of staff is public.
        level = Level.ADDED if by.role == "resident" else Level.REASON
        words = say(session, thread, level, why, author=by.person, now=now)
    set_status(session, thread, Status.REOPENED, now=now)
    thread.needs_sorting = thread.department_id is None
    start_clocks(thread, directory, now=now)
    _report(session, thread).reopened_at = now
    rescore(session, thread, now)
    record_event(session, thread, "report.reopened", by=by, now=now, statement=words)


def close_as_not_ours(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """End a report that is none of ours; the reason names whose it is."""
    refuse_unless(permits(thread.status, "not_ours"))
    close_with_reason(session, thread, Status.NOT_OURS, "report.not_ours", reason, by=by, now=now)


def close_without_action(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """End a report that nothing will be done about; the reason is public."""
    refuse_unless(permits(thread.status, "no_action"))
    close_with_reason(session, thread, Status.NO_ACTION, "report.no_action", reason, by=by, now=now)


def promise_start(session: Session, thread: Thread) -> datetime:
    """Return when the present promise began: at the last reopening, else when it came."""
    report = session.get(Report, thread.id)
    return (report.reopened_at if report else None) or thread.created_at


def _report(session: Session, thread: Thread) -> Report:
    return session.get_one(Report, thread.id)
