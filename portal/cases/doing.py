"""What happens when a deed is done: the form's words handed to the actions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.accounts.models import Person
from portal.cases import forms, joint, offers, papers, referrals
from portal.cases.board import Board
from portal.cases.joint import Assignment
from portal.cases.models import JointCase
from portal.threads import actions
from portal.threads.actions import refuse_unless


@dataclass(frozen=True)
class Doing:
    """A deed about to be done on a locked thread, with a form that was found right."""

    board: Board
    row: Any
    form: Any

    @property
    def stamp(self) -> dict[str, Any]:
        """Who does it and when."""
        return {"by": self.board.desk.actor, "now": self.board.now}

    @property
    def case(self) -> JointCase:
        """The joint case: a deed about one is only open where there is one."""
        case = self.board.case
        refuse_unless(case is not None)
        return case  # type: ignore[return-value]  # refused above

    @property
    def about(self) -> tuple[Any, Any]:
        return self.board.session, self.board.thread


def call(d: Doing) -> None:
    chosen = [int(number) for number in d.form.departments.data]
    reason = d.form.reason.data
    joint.call_case(*d.about, chosen, reason, directory=d.board.directory, **d.stamp)


def agree(d: Doing) -> None:
    """Give a task to each department for which one was written."""
    asked = d.case.asked
    given = [task for number in asked if (task := _read_task(d.form, number)) is not None]
    lead = int(d.form.lead.data)
    joint.agree_case(*d.about, d.case, lead, given, directory=d.board.directory, **d.stamp)


def _read_task(form: Any, number: int) -> Assignment | None:
    what, shown = form[f"what_{number}"].data, form[f"shown_{number}"].data
    if not what and not shown:
        return None
    return Assignment(number, what, shown, form[f"days_{number}"].data or forms.DAYS)


def decline(d: Doing) -> None:
    joint.decline_case(*d.about, d.case, d.form.reason.data, **d.stamp)


def give_task(d: Doing) -> None:
    f = d.form
    given = Assignment(int(f.department.data), f.what.data, f.shown.data, f.days.data)
    joint.give_task(*d.about, d.case, given, directory=d.board.directory, **d.stamp)


def note(d: Doing) -> None:
    actions.note(*d.about, d.form.note.data, **d.stamp)


def keep_minutes(d: Doing) -> None:
    f = d.form
    took_part = [int(number) for number in f.departments.data]
    papers.keep_minutes(*d.about, f.held_on.data, took_part, f.text.data, **d.stamp)


def keep_decision(d: Doing) -> None:
    kind, _colon, number = d.form.owner.data.partition(":")
    owner = d.board.session.get_one(Person, int(number)) if kind == "person" else int(number)
    papers.keep_decision(*d.about, d.form.text.data, owner, d.form.due_on.data, **d.stamp)


def offer(d: Doing) -> None:
    chosen = d.form.department.data
    to = None if chosen == forms.OUTSIDE else int(chosen)
    offers.offer_report(*d.about, to, d.form.reason.data, directory=d.board.directory, **d.stamp)


def refer(d: Doing) -> None:
    board = d.board
    to = board.directory.places[int(d.form.place.data)]
    words = d.form.restatement.data
    referrals.refer(*d.about, board.here, to, words, directory=board.directory, **d.stamp)


def answer(d: Doing) -> None:
    is_public = bool(d.form.public.data)
    referrals.answer_referral(*d.about, d.row, d.form.answer.data, public=is_public, **d.stamp)


def accept_offer(d: Doing) -> None:
    offers.accept_offer(*d.about, d.row, directory=d.board.directory, **d.stamp)


def on_row(verb: Callable[..., None], field: str, d: Doing) -> None:
    """Do what is done to one row, with the words of the form where there are some."""
    words = [d.form[field].data] if field else []
    verb(*d.about, d.row, *words, **d.stamp)
