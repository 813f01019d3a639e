"""What may be chosen in the forms of the deeds."""

from typing import Any

from portal.cases import forms
from portal.cases.board import Board
from portal.cases.rules import levels_for
from portal.core.i18n import gettext as _
from portal.triage.access import list_colleagues
from portal.triage.forms import MoveForm


def department_choices(board: Board, *, leave_out: int | None = None) -> list[tuple[str, str]]:
    found = board.directory.departments_in_use()
    return [(str(d.id), d.name) for d in found if d.id != leave_out]


def fill_departments(board: Board, form: Any) -> None:
    form.departments.choices = department_choices(board, leave_out=board.thread.department_id)


def fill_took_part(board: Board, form: Any) -> None:
    form.departments.choices = department_choices(board)


def fill_lead(board: Board, form: Any) -> None:
    forms.offer_choices(form.lead, department_choices(board), first=_("Choose a department"))
    if form.lead.data in (None, "") and board.thread.department_id:
        form.lead.data = str(board.thread.department_id)


def fill_department(board: Board, form: Any) -> None:
    others = department_choices(board, leave_out=board.thread.department_id)
    forms.offer_choices(form.department, others, first=_("Choose a department"))


def fill_offer(board: Board, form: Any) -> None:
    others = department_choices(board, leave_out=board.thread.department_id)
    outside = (forms.OUTSIDE, _("A body outside: the coordinator decides"))
    forms.offer_choices(form.department, [*others, outside], first=_("Choose a department"))
    if board.offers:
        form.department.description = _("It has been passed on before: the coordinator decides this time.")


def fill_owner(board: Board, form: Any) -> None:
    people = list_colleagues(board.session, board.thread, board.directory)
    departments = [(f"department:{number}", name) for number, name in department_choices(board)]
    persons = [(f"person:{number}", name) for number, name in people]
    forms.offer_choices(form.owner, [*departments, *persons], first=_("Choose who sees to it"))


def fill_levels(board: Board, form: Any) -> None:
    here = board.here
    choices = [
        (
            str(p.id),
            _("Up: %(place)s", place=p.name)
            if here.path.startswith(p.path)
            else _("Down: %(place)s", place=p.name),
        )
        for p in levels_for(here, board.directory)
    ]
    forms.offer_choices(form.place, choices, first=_("Choose a level"))


def make_agree(board: Board, **given: Any) -> MoveForm:
    asked = board.case.asked if board.case else []
    names = [(number, board.directory.departments[number].name) for number in asked]
    return forms.make_agree_form(names)(**given)
