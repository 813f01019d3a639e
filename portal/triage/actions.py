"""Sorting: where a submission goes when a person decides, and who takes it."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import CategoryEntry, Directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.ideas.actions import add_idea
from portal.reports.actions import (
    add_report,
    close_without_action,
    pass_to_department,
)
from portal.reports.rules import permits as report_permits
from portal.routing.actions import apply_route, correct_route, route_submission
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.threads.actions import Submission, create_thread, need_reason, refuse_unless, set_status
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Kind, Level, Statement, Status, Thread
from portal.threads.scoring import rescore
from portal.threads.words import say
from portal.triage.rules import can_assign, can_send


def submit_undecided(
    session: Session, submission: Submission, advice: Advice, route: Route, *, now: datetime
) -> Thread:
    """Take in a submission whose kind nobody knows yet; it stands at the sorting desk."""
    thread = create_thread(session, Kind.UNDECIDED, submission, now=now)
    route_submission(session, thread, advice, route, now=now)
    return thread


def sort_as_report(
    session: Session,
    thread: Thread,
    category: CategoryEntry,
    *,
    directory: Directory,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Send a submission of any kind to the department that has this category here.

    The first sorting needs no reason; sending on what was already routed does.
    """
    refuse_unless(can_send(thread.kind, thread.status))
    department = directory.department_for(category.id, thread.place_id)
    if not thread.needs_sorting:
        _need_change(thread, Kind.REPORT, category, department.id)
        need_reason(reason)
    words = _say_why(session, thread, reason, by=by, now=now)
    if thread.kind != Kind.REPORT:
        add_report(session, thread)
        set_status(session, thread, Status.RECEIVED, now=now)
    pass_to_department(session, thread, now=now)
    correct_route(
        session,
        thread,
        Kind.REPORT,
        category,
        department.id,
        reason=words,
        by=by,
        now=now,
    )


def sort_as_idea(
    session: Session,
    thread: Thread,
    category: CategoryEntry | None,
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Send a submission to the innovation queue, or set the category of an idea there."""
    refuse_unless(can_send(thread.kind, thread.status))
    if not thread.needs_sorting:
        _need_change(thread, Kind.IDEA, category, None)
        if thread.kind == Kind.REPORT:
            need_reason(reason)
    words = _say_why(session, thread, reason, by=by, now=now)
    if thread.kind != Kind.IDEA:
        add_idea(session, thread)
        set_status(session, thread, Status.RECEIVED, now=now)
        thread.assignee_id = None
    correct_route(
        session,
        thread,
        Kind.IDEA,
        category,
        None,
        reason=words,
        by=by,
        now=now,
    )


def _need_change(
    thread: Thread, kind: Kind, category: CategoryEntry | None, department_id: int | None
) -> None:
    category_id = category.id if category else None
    if (thread.kind, thread.category_id, thread.department_id) == (kind, category_id, department_id):
        raise Invalid(_("It is there already. Please choose another category."))


def _say_why(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> Statement | None:
    if not reason:
        return None
    return say(session, thread, Level.REASON, reason, author=by.person, now=now)


def return_to_desk(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> Statement:
    """An officer says that it isn't for this department; a coordinator sorts it anew. Return the reason."""
    refuse_unless(thread.kind == Kind.REPORT and report_permits(thread.status, "send"))
    refuse_unless(not thread.needs_sorting)
    need_reason(reason)
    words = say(session, thread, Level.NOTE, reason, author=by.person, now=now)
    from_department = thread.department_id
    put_on_desk(session, thread, now=now)
    record_event(
        session,
        thread,
        "thread.returned",
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        statement=words,
        data={"department": from_department},
    )
    return words


def put_on_desk(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let a report of a department stand at the sorting desk again; who does so records why."""
    set_status(session, thread, Status.RECEIVED, now=now)
    thread.needs_sorting = True
    thread.assignee_id = None
    apply_route(session, thread, None, None)
    rescore(session, thread, now)


def take(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Take the matter on: this person has it now."""
    assign(session, thread, by.person, by=by, now=now)


def assign(session: Session, thread: Thread, person: Person | None, *, by: Actor, now: datetime) -> None:
    """Give the matter to a colleague, or back to the department (None)."""
    assignee_id = person.id if person else None
    refuse_unless(can_assign(thread) and assignee_id != thread.assignee_id)
    thread.assignee_id = assignee_id
    event = "thread.left_to_department"
    if assignee_id is not None:
        event = "thread.taken" if assignee_id == by.id else "thread.given"
    record_event(
        session,
        thread,
        event,
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        data={"person": assignee_id},
    )


def close_unsorted(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """End what was sent as "not sure" and needs nothing; it counts as a report from now on."""
    refuse_unless(thread.kind == Kind.UNDECIDED)
    add_report(session, thread)
    close_without_action(session, thread, reason, by=by, now=now)
