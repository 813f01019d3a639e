"""The words of the pages: what stands between departments and levels, for staff and for the public."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import names_of
from portal.accounts.visits import Visit
from portal.cases.board import Board
from portal.cases.joint import AGREED
from portal.cases.models import UNFINISHED, CaseDecision, OfferState, Task, TaskState
from portal.cases.queries import Waiting, find_case, is_late, is_up, list_tasks, list_waiting
from portal.communities.directory import Directory
from portal.core.dates import date_day, local_time, moment
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, listed
from portal.threads.models import CLOSED, FIXED, Kind, Status, Thread
from portal.threads.queries import Published, original_words
from portal.triage.access import Desk
from portal.triage.rows import title_of

PUBLIC_TEMPLATE = "cases/_together.html"
PANE_TEMPLATE = "cases/_pane.html"
HOME_TEMPLATE = "cases/_home.html"
SHOWN_AT_HOME = 4

TASK_STATES = {
    TaskState.OPEN: (lazy_gettext("Not begun"), Status.RECEIVED),
    TaskState.ACCEPTED: (lazy_gettext("Being worked on"), Status.IN_PROGRESS),
    TaskState.DONE: (lazy_gettext("Done"), Status.FIXED),
    TaskState.REFUSED: (lazy_gettext("Can’t be done"), Status.NO_ACTION),
}
OFFER_STATES = {
    OfferState.OFFERED: lazy_gettext("Waits for an answer"),
    OfferState.ACCEPTED: lazy_gettext("Taken"),
    OfferState.REFUSED: lazy_gettext("Refused"),
    OfferState.TO_COORDINATOR: lazy_gettext("With the coordinator"),
}


@dataclass(frozen=True)
class Waits:
    """One line of what waits: about which report, what, until when."""

    href: str
    title: str
    lang: str
    reference: str
    what: str
    due: str
    late: bool


def task_state(task: Task) -> tuple[str, Status]:
    """Return how a task stands, and the state whose shape it is shown with."""
    label, mark = TASK_STATES[task.state]
    return str(label), mark


def tell_board(board: Board) -> dict[str, Any]:
    """Return the context of the page of one report."""
    thread, directory = board.thread, board.directory
    department = directory.departments.get(thread.department_id or 0)
    return {
        "board": board,
        "thread": thread,
        "title": title_of(thread),
        "words": original_words(board.session, thread.id),
        "lead": department.name if department else "",
        "names": _names(board),
        "department_names": {number: d.name for number, d in directory.departments.items()},
        "place_name": directory.full_name,
        "task_state": task_state,
        "offer_states": OFFER_STATES,
        "due": lambda row: tell_due(row, board.now),
        "is_up": is_up,
        "day_of": date_day,
    }


def _names(board: Board) -> dict[int, str]:
    people = [task.assignee_id for task in board.tasks] + [d.person_id for d in board.decisions]
    people += [f.person_id for f in board.files] + [r.asked_by_id for r in board.referrals]
    people += [r.answered_by_id for r in board.referrals] + [o.offered_by_id for o in board.offers]
    people += [note.actor_id for note in board.notes]
    people += [case.called_by_id for case in (board.case, *board.declined) if case]
    return names_of(board.session, people)


def tell_due(row: Any, now: datetime) -> str:
    """Return until when something that still waits is due."""
    due = moment(row.due_at)
    return _("Late: due %(moment)s", moment=due) if is_late(row, now) else _("Due %(moment)s", moment=due)


def tell_waiting(waiting: Waiting, v: Visit) -> list[tuple[str, Sequence[Waits]]]:
    """Return what waits for this person in groups with a heading; empty groups are left out."""
    department = v.directory.departments
    groups = [
        (
            _("Joint cases to decide"),
            [_line(c, t, _called(c.asked, v.directory), v.now) for c, t in waiting.calls],
        ),
        (
            _("Is it yours?"),
            [
                _line(
                    o,
                    t,
                    _("%(department)s says it is yours", department=department[o.from_department_id].name),
                    v.now,
                )
                for o, t in waiting.offers
            ],
        ),
        (_("Tasks in joint cases"), [_line(k, t, task_state(k)[0], v.now) for k, t in waiting.tasks]),
        (
            _("Asked by another level"),
            [_line(r, t, v.directory.full_name(r.from_place_id), v.now) for r, t in waiting.referrals],
        ),
        (
            _("Decided together, to be carried out"),
            [_decision_line(d, t, v) for d, t in waiting.decisions],
        ),
        (
            _("You asked another level"),
            [_line(r, t, v.directory.full_name(r.to_place_id), v.now) for r, t in waiting.sent],
        ),
    ]
    return [(heading, lines) for heading, lines in groups if lines]


def _called(asked: Sequence[int], directory: Directory) -> str:
    return listed(directory.departments[number].name for number in asked)


def _line(row: Any, thread: Thread, what: str, now: datetime) -> Waits:
    return Waits(
        href=url_for("cases.show", reference=thread.reference),
        title=title_of(thread),
        lang=thread.language,
        reference=thread.reference,
        what=what,
        due=tell_due(row, now),
        late=is_late(row, now),
    )


def _decision_line(decision: CaseDecision, thread: Thread, v: Visit) -> Waits:
    name = v.directory.departments.get(decision.department_id or 0)
    late, day = decision.due_on < local_time(v.now).date(), date_day(decision.due_on)
    return Waits(
        href=url_for("cases.show", reference=thread.reference),
        title=title_of(thread),
        lang=thread.language,
        reference=thread.reference,
        what=name.name if name else _("you"),
        due=_("Late: due %(moment)s", moment=day) if late else _("Due %(moment)s", moment=day),
        late=late,
    )


def read_home(v: Visit) -> dict[str, Any] | None:
    """Return what of this waits for the person, for the first page of staff; nothing if nothing does."""
    waiting = list_waiting(v.session, v.person, v.directory)
    groups = tell_waiting(waiting, v)
    shown = [(heading, lines[:SHOWN_AT_HOME]) for heading, lines in groups]
    return {"groups": shown, "href": url_for("cases.index")} if groups else None


def read_pane_section(v: Visit, thread: Thread, _desk: Desk) -> dict[str, Any]:
    """Return what the staff page of a report says of it: who has which task."""
    if thread.kind != Kind.REPORT:
        return {"shown": False}
    tasks = list_tasks(v.session, thread.id)
    return {
        "shown": True,
        "tasks": _tell_tasks(tasks, v.directory),
        "open": sum(task.state in UNFINISHED for task in tasks),
    }


def _tell_tasks(tasks: Sequence[Task], directory: Directory) -> list[tuple[str, str, str, Status, str]]:
    """Return for each task department, public wording, state, shape, and a public reason if refused."""
    return [
        (
            directory.departments[task.department_id].name,
            task.shown.text,
            *task_state(task),
            task.result.text if task.state == TaskState.REFUSED and task.result else "",
        )
        for task in tasks
    ]


def tell_together(
    session: Session, thread: Thread, directory: Directory, happened: Collection[str]
) -> dict[str, Any] | None:
    """Return who does what in a joint case, as everybody may read it; nothing where there is none.

    `happened` are the kinds of its events: where none was agreed, nothing more is asked.
    """
    if AGREED not in happened:
        return None
    if thread.kind != Kind.REPORT or thread.status in CLOSED.difference(FIXED):
        return None
    tasks = list_tasks(session, thread.id)
    if not tasks or find_case(session, thread) is None:
        return None
    lead = directory.departments.get(thread.department_id or 0)
    return {"lead": lead.name if lead else "", "tasks": _tell_tasks(tasks, directory)}


def tell_public(
    session: Session, found: Published, directory: Directory, _person: Person | None
) -> dict[str, Any] | None:
    """Return the same for the public page, where the words may be read."""
    if not found.is_readable:
        return None
    return tell_together(session, found.thread, directory, found.happened)
