"""What staff can do on the page of a joint case: for each deed its form, who may, when, and what happens."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel.speaklater import LazyString

from portal.cases import choosing, doing, forms, joint, offers, papers
from portal.cases.board import Board
from portal.cases.models import UNFINISHED, TaskState
from portal.cases.rules import levels_for
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.triage.forms import MoveForm, NoteForm


@dataclass(frozen=True)
class Deed:
    label: LazyString
    done: LazyString
    may: Callable[[Board, Any], bool]  # by role
    fits: Callable[[Board, Any], bool]  # by state
    do: Callable[[doing.Doing], object]
    make: Callable[..., MoveForm] = MoveForm
    fill: Callable[[Board, Any], None] = lambda _board, _form: None
    rows: Callable[[Board], Sequence[Any]] = lambda _board: (None,)


def _sorts(board: Board, _row: Any) -> bool:
    return board.desk.sorts


def _works(board: Board, _row: Any) -> bool:
    return board.desk.works


def _takes_part(board: Board, _row: Any) -> bool:
    """Coordinators, the lead, and officers of departments that were let in."""
    return board.desk.works or (board.desk.reads and board.desk.actor.role == "officer")


def _has_task(board: Board, task: Any) -> bool:
    return board.desk.sorts or board.works_for(task.department_id)


def _is_asked(board: Board, row: Any) -> bool:
    return board.works_for(row.to_department_id)


def _owns(board: Board, decision: Any) -> bool:
    is_theirs = decision.person_id == board.person.id or board.works_for(decision.department_id)
    return board.desk.works or is_theirs


def _answers(board: Board, referral: Any) -> bool:
    return board.coordinates(referral.to_place_id)


def _joint(board: Board, _row: Any) -> bool:
    return board.is_joint


def _called(board: Board, _row: Any) -> bool:
    return board.is_called


def _stands(board: Board, row: Any) -> bool:
    return row in board.standing_offers


def _unfinished(board: Board, task: Any) -> bool:
    return task.state in UNFINISHED and board.is_open


def _task_deed(
    label: LazyString,
    done: LazyString,
    do: Callable[[doing.Doing], object],
    *,
    fits: Callable[[Board, Any], bool] = _unfinished,
    make: Callable[..., MoveForm] = MoveForm,
) -> Deed:
    """Return what the department of a task does with it."""
    return Deed(label, done, _has_task, fits, do, make, rows=lambda board: board.tasks)


DEEDS: Mapping[str, Deed] = {
    "agree": Deed(
        lazy_gettext("Agree to a joint case"),
        lazy_gettext("It is a joint case now."),
        _sorts,
        _called,
        doing.agree,
        fill=choosing.fill_lead,
    ),
    "decline": Deed(
        lazy_gettext("Decide against it"),
        lazy_gettext("The call is declined."),
        _sorts,
        _called,
        doing.decline,
        forms.DeclineForm,
    ),
    "take-offer": Deed(
        lazy_gettext("Take it"),
        lazy_gettext("It is with your department now."),
        _is_asked,
        lambda b, o: b.can_pass and _stands(b, o),
        doing.accept_offer,
        rows=lambda b: b.offers,
    ),
    "refuse-offer": Deed(
        lazy_gettext("It isn’t ours either"),
        lazy_gettext("It stays where it is. Everybody can read why."),
        _is_asked,
        _stands,
        partial(doing.on_row, offers.refuse_offer, "reason"),
        forms.RefuseForm,
        rows=lambda b: b.offers,
    ),
    "accept-task": _task_deed(
        lazy_gettext("Take the task on"),
        lazy_gettext("You have the task now."),
        partial(doing.on_row, joint.accept_task, ""),
        fits=lambda b, t: t.state == TaskState.OPEN and b.is_open,
    ),
    "finish-task": _task_deed(
        lazy_gettext("The task is done"),
        lazy_gettext("The task is done."),
        partial(doing.on_row, joint.finish_task, "result"),
        make=forms.ResultForm,
    ),
    "refuse-task": _task_deed(
        lazy_gettext("We can’t do it"),
        lazy_gettext("The task is refused. Everybody can read why."),
        partial(doing.on_row, joint.refuse_task, "reason"),
        make=forms.RefuseForm,
    ),
    "answer": Deed(
        lazy_gettext("Answer"),
        lazy_gettext("Your answer is back where it was asked."),
        _answers,
        lambda _b, r: r.answered_at is None,
        doing.answer,
        forms.AnswerForm,
        rows=lambda b: b.referrals,
    ),
    "finish-decision": Deed(
        lazy_gettext("It is done"),
        lazy_gettext("Noted as done."),
        _owns,
        lambda _b, d: d.done_at is None,
        partial(doing.on_row, papers.finish_decision, ""),
        rows=lambda b: b.decisions,
    ),
    "task": Deed(
        lazy_gettext("Give another task"),
        lazy_gettext("The department has its task."),
        _works,
        _joint,
        doing.give_task,
        forms.TaskForm,
        choosing.fill_department,
    ),
    "minutes": Deed(
        lazy_gettext("Keep minutes of a meeting"),
        lazy_gettext("The minutes are kept."),
        _takes_part,
        _joint,
        doing.keep_minutes,
        forms.MinutesForm,
        choosing.fill_took_part,
    ),
    "decision": Deed(
        lazy_gettext("Keep a decision"),
        lazy_gettext("The decision is kept."),
        _takes_part,
        _joint,
        doing.keep_decision,
        forms.DecisionForm,
        choosing.fill_owner,
    ),
    "note": Deed(
        lazy_gettext("Note for staff"),
        lazy_gettext("Your note is there, for staff only."),
        _takes_part,
        _joint,
        doing.note,
        NoteForm,
    ),
    "call": Deed(
        lazy_gettext("Call for a joint case"),
        lazy_gettext("The coordinator decides about it."),
        _takes_part,
        lambda b, _r: b.case is None and b.is_open and not b.thread.needs_sorting,
        doing.call,
        forms.CallForm,
        choosing.fill_departments,
    ),
    "offer": Deed(
        lazy_gettext("Not ours: say whose it is"),
        lazy_gettext("It is asked whose it is. Until then it stays with you."),
        lambda b, _r: b.desk.works and not b.desk.sorts,
        lambda b, _r: b.can_pass and not b.standing_offers and b.thread.department_id is not None,
        doing.offer,
        forms.OfferForm,
        choosing.fill_offer,
    ),
    "refer": Deed(
        lazy_gettext("Hand it up or down a level"),
        lazy_gettext("The other level is asked."),
        _works,
        lambda b, _r: not b.thread.is_closed and bool(levels_for(b.here, b.directory)),
        doing.refer,
        forms.ReferForm,
        choosing.fill_levels,
    ),
}


def find_row(deed: Deed, board: Board, number: str) -> Any:
    """Return the row the deed is about (None where it is about the whole). Raises Invalid for another's."""
    for row in deed.rows(board):
        if (str(row.id) if row is not None else "") == number:
            return row
    raise Invalid(_("Please load the page again, then repeat."))


def form_of(name: str, board: Board, number: str, **given: Any) -> MoveForm:
    """Return the form of a deed with what may be chosen."""
    deed = DEEDS[name]
    verb = f"{name}-{number}" if number else name
    form = (
        choosing.make_agree(board, verb=verb, **given) if name == "agree" else deed.make(verb=verb, **given)
    )
    deed.fill(board, form)
    return form


def open_deeds(board: Board) -> Iterable[tuple[str, str, Any]]:
    """Give name, number and row of each deed that this person can do now."""
    for name, deed in DEEDS.items():
        for row in deed.rows(board):
            if deed.may(board, row) and deed.fits(board, row):
                yield name, str(row.id) if row is not None else "", row
