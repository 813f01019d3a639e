"""Sorting: where a submission goes when a person decides, and who takes it."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import CategoryEntry, Directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.ideas.actions import add_idea
from portal.ideas.rules import permits as idea_permits
from portal.reports.actions import add_report, pass_to_department
from portal.reports.rules import permits as report_permits
from portal.routing.actions import apply_route, correct_route, route_submission
from portal.routing.advice import Advice
from portal.routing.rules import Route
from portal.threads.actions import Submission, create_thread, refuse_unless, set_status
from portal.threads.events import Actor, record_event
from portal.threads.models import CLOSED, EventVisibility, Kind, Level, Status, Thread
from portal.threads.words import say


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
    refuse_unless(can_send(thread))
    department = directory.department_for(category.id, thread.place_id)
    is_change = not thread.needs_sorting and (thread.category_id != category.id or thread.kind != Kind.REPORT)
    if is_change and not reason:
        raise Invalid(_("Please give a reason."))
    words = None
    if reason:
        words = say(session, thread, Level.REASON, reason, author=by.person, now=now)
    if thread.kind != Kind.REPORT:
        add_report(session, thread)
        set_status(thread, Status.RECEIVED)
    pass_to_department(thread)
    correct_route(session, thread, Kind.REPORT, category, department.id, reason=words, by=by, now=now)


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
    refuse_unless(can_send(thread))
    if thread.kind == Kind.REPORT and not thread.needs_sorting and not reason:
        raise Invalid(_("Please give a reason."))
    words = None
    if reason:
        words = say(session, thread, Level.REASON, reason, author=by.person, now=now)
    if thread.kind != Kind.IDEA:
        add_idea(session, thread)
        set_status(thread, Status.RECEIVED)
        thread.assignee_id = None
        thread.status_before_waiting = None
    correct_route(session, thread, Kind.IDEA, category, None, reason=words, by=by, now=now)


def can_send(thread: Thread) -> bool:
    """Tell whether the thread's state lets a person route it."""
    if thread.kind == Kind.REPORT:
        return report_permits(thread.status, "send")
    if thread.kind == Kind.IDEA:
        return idea_permits(thread.status, "ask") or thread.status == Status.WAITING
    return thread.status in (Status.RECEIVED, Status.WAITING)


def return_to_desk(session: Session, thread: Thread, reason: str, *, by: Actor, now: datetime) -> None:
    """An officer says that it isn't for this department; a coordinator sorts it anew."""
    refuse_unless(thread.kind == Kind.REPORT and report_permits(thread.status, "send"))
    if not reason:
        raise Invalid(_("Please give a reason."))
    words = say(session, thread, Level.NOTE, reason, author=by.person, now=now)
    from_department = thread.department_id
    set_status(thread, Status.RECEIVED)
    thread.status_before_waiting = None
    thread.needs_sorting = True
    thread.assignee_id = None
    apply_route(thread, None, None)
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


def take(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Take the matter on: this person has it now."""
    assign(session, thread, by.person, by=by, now=now)


def assign(session: Session, thread: Thread, person: Person | None, *, by: Actor, now: datetime) -> None:
    """Give the matter to a colleague, or back to the department (None)."""
    refuse_unless(thread.status not in CLOSED and not thread.needs_sorting)
    thread.assignee_id = person.id if person else None
    record_event(
        session,
        thread,
        "thread.taken" if person else "thread.left_to_department",
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        data={"person": thread.assignee_id},
    )
