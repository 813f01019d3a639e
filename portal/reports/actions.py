"""The verbs of a report's life."""

from collections.abc import Callable, Sequence
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
from portal.threads.additions import Photo
from portal.threads.events import Actor, record_event
from portal.threads.followers import is_sender
from portal.threads.models import Kind, Level, Statement, Status, Thread
from portal.threads.photos import Kept, add_photos
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
    speak(session, thread, Level.REASON, "report.outside", body + _(": ") + reason, by=by, now=now)


def resume(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Go on after the wait for a body outside, with as much time as was left."""
    refuse_unless(permits(thread.status, "resume"))
    set_status(session, thread, Status.IN_PROGRESS, now=now)
    record_event(session, thread, "report.resumed", by=by, now=now)


def mark_fixed(
    session: Session,
    thread: Thread,
    what: str,
    *,
    photos: Sequence[Kept] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Say or show what was done; a new round begins, in which those concerned are asked if it is fixed."""
    refuse_unless(permits(thread.status, "fix") and not thread.needs_sorting)
    for allow in before_fixed:
        allow(session, thread)
    report = _report(session, thread)
    report.round += 1
    report.fixed_at, report.reminded_at = now, None
    shown: list[Photo] = []
    if photos and by.person:
        shown = add_photos(session, thread, photos, person=by.person, by=by, now=now, round_=report.round)
    if not what and not shown:
        raise Invalid(_("Please say what was done, or show it with a new photo."))
    set_status(session, thread, Status.FIXED, now=now)
    thread.assignee_id = thread.assignee_id or by.id
    thread.answered_at = thread.answered_at or now
    words = say(session, thread, Level.REPLY, what, author=by.person, now=now) if what else None
    data = {"round": report.round, "photos": [photo.id for photo in shown]}
    record_event(session, thread, "report.fixed", by=by, now=now, statement=words, data=data)


def let_stand(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """Staff have looked at a doubt and leave it fixed, with a reason that everybody may read."""
    refuse_unless(permits(thread.status, "stand") and thread.is_doubted)
    need_reason(reason)
    thread.is_doubted = False
    speak(session, thread, Level.REASON, "report.stands", reason, by=by, now=now)


def confirm_fixed(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Those concerned say that it is truly fixed: the sender, or by the system those affected."""
    refuse_unless(resident_may_judge(thread.status))
    thread.is_doubted = False
    set_status(session, thread, Status.CONFIRMED, now=now)
    said = {"round": _report(session, thread).round, "said": "sender" if by.person else "affected"}
    record_event(session, thread, "report.confirmed", by=by, now=now, data=said)


def reopen_as_unfixed(
    session: Session, thread: Thread, why: str, *, by: Actor, directory: Directory, now: datetime
) -> Statement | None:
    """Somebody concerned says that it isn't fixed: it goes back to who had it, with a new promise.

    Return their words, which are for staff until they have looked at them.
    """
    refuse_unless(resident_may_reopen(thread.status))
    sends = by.person is not None and is_sender(thread, by.person)
    words = None
    if why:
        words = say(session, thread, Level.ADDED, why, author=by.person, now=now)
    data = {"round": _report(session, thread).round, "said": "sender" if sends else "affected"}
    _open_again(session, thread, directory=directory, now=now)
    record_event(session, thread, "report.reopened", by=by, now=now, statement=words, data=data)
    return words


def reopen(
    session: Session, thread: Thread, why: str, *, by: Actor, directory: Directory, now: datetime
) -> None:
    """Staff open an ended report again, with a reason that everybody may read."""
    refuse_unless(permits(thread.status, "reopen"))
    need_reason(why)
    _open_again(session, thread, directory=directory, now=now)
    speak(session, thread, Level.REASON, "report.reopened", why, by=by, now=now)


def _open_again(session: Session, thread: Thread, *, directory: Directory, now: datetime) -> None:
    set_status(session, thread, Status.REOPENED, now=now)
    thread.needs_sorting = thread.department_id is None
    thread.is_doubted = False
    start_clocks(thread, directory, now=now)
    _report(session, thread).reopened_at = now
    rescore(session, thread, now)


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
