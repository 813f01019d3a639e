"""The verbs of a joint case: called for, decided, and its tasks. The thread is locked by the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.models import UNFINISHED, CaseState, JointCase, Task, TaskState
from portal.cases.queries import find_case, settle_guests
from portal.cases.rules import due_after
from portal.communities.directory import Directory, get_directory
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import listed
from portal.reports.actions import pass_to_department
from portal.routing.actions import correct_route
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Kind, Level, Thread
from portal.threads.words import say

STAFF = EventVisibility.STAFF
AGREED = "case.agreed"


@dataclass(frozen=True)
class Assignment:
    """What a department is to do, in words for staff and for the public, in so many working days."""

    department_id: int
    what: str
    shown: str
    days: int


def call_case(
    session: Session,
    thread: Thread,
    departments: Sequence[int],
    reason: str,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> JointCase:
    """Ask the coordinator to let several departments work on a report; they decide within a clock."""
    refuse_unless(thread.kind == Kind.REPORT and not thread.is_closed and not thread.needs_sorting)
    if find_case(session, thread) is not None:
        raise Conflict(_("A joint case is called for already."))
    need_reason(reason)
    asked = sorted({number for number in departments if number != thread.department_id})
    if not asked:
        raise Invalid(_("Please choose at least one other department."))
    words = say(session, thread, Level.NOTE, reason, author=by.person, now=now)
    case = JointCase(
        thread_id=thread.id,
        state=CaseState.CALLED,
        asked=asked,
        called_by_id=by.id,
        called_at=now,
        reason_id=words.id,
        due_at=due_after(directory.preferences.call_days, thread.place_id, directory, now),
    )
    session.add(case)
    session.flush()
    record_event(
        session,
        thread,
        "case.called",
        by=by,
        now=now,
        visibility=STAFF,
        statement=words,
        data={"departments": asked},
    )
    return case


def decline_case(
    session: Session, thread: Thread, case: JointCase, reason: str, *, by: Actor, now: datetime
) -> None:
    """Say no to a call, with a reason."""
    refuse_unless(case.state == CaseState.CALLED)
    need_reason(reason)
    words = say(session, thread, Level.NOTE, reason, author=by.person, now=now)
    case.state, case.answer_id = CaseState.DECLINED, words.id
    case.decided_by_id, case.decided_at = by.id, now
    record_event(session, thread, "case.declined", by=by, now=now, visibility=STAFF, statement=words)
    session.flush()


def agree_case(
    session: Session,
    thread: Thread,
    case: JointCase,
    lead_id: int,
    given: Sequence[Assignment],
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> None:
    """Let the lead have the report and give the others their tasks; the public sees who does what."""
    refuse_unless(case.state == CaseState.CALLED and not thread.is_closed)
    if not any(one.department_id != lead_id for one in given):
        raise Invalid(_("Please give at least one other department a task."))
    if lead_id != thread.department_id:
        pass_to_department(session, thread, now=now)
        category = directory.categories.get(thread.category_id or 0)
        correct_route(session, thread, Kind.REPORT, category, lead_id, reason=None, by=by, now=now)
    case.state, case.decided_by_id, case.decided_at = CaseState.JOINT, by.id, now
    helpers = [one for one in given if one.department_id != lead_id]
    data = {"department": lead_id, "departments": [one.department_id for one in helpers]}
    record_event(session, thread, AGREED, by=by, now=now, data=data)
    for one in helpers:
        give_task(session, thread, case, one, directory=directory, by=by, now=now)


def give_task(
    session: Session,
    thread: Thread,
    case: JointCase,
    given: Assignment,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> Task:
    """Give a department of a joint case something to do, until a time of the place's calendar."""
    refuse_unless(case.state == CaseState.JOINT and not thread.is_closed)
    if not given.what or not given.shown:
        raise Invalid(_("Please say what the department does, for staff and for the public."))
    what = say(session, thread, Level.TASK, given.what, author=by.person, now=now)
    shown = say(session, thread, Level.REPLY, given.shown, author=by.person, now=now)
    task = Task(
        case_id=case.id,
        thread_id=thread.id,
        department_id=given.department_id,
        state=TaskState.OPEN,
        due_at=due_after(given.days, thread.place_id, directory, now),
        what_id=what.id,
        shown_id=shown.id,
    )
    session.add(task)
    settle_guests(session, thread)
    data = {"task": task.id, "department": given.department_id}
    record_event(session, thread, "task.given", by=by, now=now, visibility=STAFF, statement=what, data=data)
    return task


def accept_task(session: Session, thread: Thread, task: Task, *, by: Actor, now: datetime) -> None:
    """Take a task on: this person has it."""
    refuse_unless(task.state == TaskState.OPEN and not thread.is_closed)
    task.state, task.assignee_id = TaskState.ACCEPTED, by.id
    data = {"task": task.id, "department": task.department_id}
    record_event(session, thread, "task.accepted", by=by, now=now, visibility=STAFF, data=data)


def finish_task(
    session: Session, thread: Thread, task: Task, result: str, *, by: Actor, now: datetime
) -> None:
    """Say what came of a task. Staff read it; the public sees that it is done."""
    if not result:
        raise Invalid(_("Please say what was done."))
    _end_task(session, thread, task, TaskState.DONE, result, by=by, now=now)


def refuse_task(
    session: Session, thread: Thread, task: Task, reason: str, *, by: Actor, now: datetime
) -> None:
    """Say that a department can't do its task; the reason is public."""
    need_reason(reason)
    _end_task(session, thread, task, TaskState.REFUSED, reason, by=by, now=now)


def _end_task(  # as both verbs say it
    session: Session, thread: Thread, task: Task, state: TaskState, text: str, *, by: Actor, now: datetime
) -> None:
    refuse_unless(task.state in UNFINISHED and not thread.is_closed)
    is_done = state == TaskState.DONE
    level = Level.NOTE if is_done else Level.REASON
    words = say(session, thread, level, text, author=by.person, now=now)
    task.state, task.result_id, task.ended_at = state, words.id, now
    task.assignee_id = task.assignee_id or by.id
    data = {"task": task.id, "department": task.department_id}
    event, told = ("task.done", None) if is_done else ("task.refused", words)  # a result is for staff
    record_event(session, thread, event, by=by, now=now, statement=told, data=data)
    settle_guests(session, thread)


def need_tasks_done(session: Session, thread: Thread) -> None:
    """Raise Conflict while a department still has a task in the report, naming whose."""
    still = select(Task.department_id).where(Task.thread_id == thread.id, Task.state.in_(UNFINISHED))
    numbers = session.scalars(still.order_by(Task.id)).all()
    if numbers:
        directory = get_directory(session)
        names = listed(dict.fromkeys(directory.departments[number].name for number in numbers))
        raise Invalid(
            _("It can't be marked as fixed yet. A task is still open: %(departments)s.", departments=names)
        )
