"""The verbs of staff: for each its form, what it does, and what is said when it is done.

Who may, access.Desk says; when, rules.open_moves; what happens then, the rooms' actions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.i18n import lazy_gettext
from portal.ideas import actions as ideas
from portal.reports import actions as reports
from portal.threads import actions as threads
from portal.threads import votes
from portal.threads.models import Channel, Kind, Status, Thread
from portal.threads.photos import Kept
from portal.triage import actions, danger, forms, joining, weighing
from portal.triage.access import Desk, list_colleagues
from portal.triage.rules import open_moves


@dataclass(frozen=True)
class Move:
    """One verb about to be done to a locked thread, with a form that was found right."""

    session: Session
    thread: Thread
    desk: Desk
    directory: Directory
    form: Any
    now: datetime
    pictures: Sequence[Kept] = ()

    @property
    def stamp(self) -> dict[str, Any]:
        """Who does it and when."""
        return {"by": self.desk.actor, "now": self.now}


def lock_one(session: Session, thread: Thread, form: Any) -> None:
    """Lock the thread, unless something happened since the person saw it."""
    threads.lock_thread(session, thread.id, form.seen.data)


@dataclass(frozen=True)
class Verb:
    form: type[forms.MoveForm]
    do: Callable[[Move], None]
    done: LazyString
    lock: Callable[[Session, Thread, Any], object] = lock_one


def sort(m: Move) -> None:
    category = m.form.chosen(m.directory)
    reason = m.form.reason.data
    actions.sort_as_report(m.session, m.thread, category, directory=m.directory, reason=reason, **m.stamp)


def make_idea(m: Move) -> None:
    category = m.form.chosen(m.directory)
    actions.sort_as_idea(m.session, m.thread, category, reason=m.form.reason.data, **m.stamp)


def take(m: Move) -> None:
    actions.take(m.session, m.thread, **m.stamp)


def give(m: Move) -> None:
    colleague = m.session.get_one(Person, int(m.form.person.data))
    actions.assign(m.session, m.thread, colleague, **m.stamp)


def leave(m: Move) -> None:
    actions.assign(m.session, m.thread, None, **m.stamp)


def ask(m: Move) -> None:
    threads.ask(m.session, m.thread, m.form.question.data, **m.stamp)


def reply(m: Move) -> None:
    threads.reply(m.session, m.thread, m.form.reply.data, **m.stamp)


def note(m: Move) -> None:
    threads.note(m.session, m.thread, m.form.note.data, **m.stamp)


def weigh(m: Move) -> None:
    form = m.form
    weighing.weigh(
        m.session,
        m.thread,
        severity=int(form.severity.data) if form.severity.data else None,
        likelihood=form.likelihood.data,
        exposure=form.exposure.data,
        reason=form.reason.data,
        **m.stamp,
    )


def count_voice(m: Move) -> None:
    votes.count_voice(m.session, m.thread, Channel(m.form.channel.data), **m.stamp)


def show(m: Move) -> None:
    threads.show_words(m.session, m.thread, **m.stamp)
    joining.settle_again(m.session, m.thread, now=m.now)


def hide(m: Move) -> None:
    threads.hide_words(m.session, m.thread, m.form.reason.data, **m.stamp)
    joining.settle_again(m.session, m.thread, now=m.now)


def start(m: Move) -> None:
    reports.start_work(m.session, m.thread, **m.stamp)


def fix(m: Move) -> None:
    reports.mark_fixed(m.session, m.thread, m.form.done.data, photos=m.pictures, **m.stamp)


def let_stand(m: Move) -> None:
    reports.let_stand(m.session, m.thread, m.form.reason.data, **m.stamp)


def wait_outside(m: Move) -> None:
    reports.wait_outside(m.session, m.thread, m.form.body.data, m.form.reason.data, **m.stamp)


def resume(m: Move) -> None:
    reports.resume(m.session, m.thread, **m.stamp)


def mark_danger(m: Move) -> None:
    danger.mark_danger(m.session, m.thread, m.form.reason.data, **m.stamp)


def mark_no_danger(m: Move) -> None:
    danger.mark_no_danger(m.session, m.thread, m.form.reason.data, **m.stamp)


def close_as_not_ours(m: Move) -> None:
    reports.close_as_not_ours(m.session, m.thread, m.form.reason.data, **m.stamp)


def close_without_action(m: Move) -> None:
    close = {
        Kind.REPORT: reports.close_without_action,
        Kind.IDEA: ideas.close_without_action,
        Kind.UNDECIDED: actions.close_unsorted,
    }
    close[m.thread.kind](m.session, m.thread, m.form.reason.data, **m.stamp)


def reopen(m: Move) -> None:
    reports.reopen(m.session, m.thread, m.form.reason.data, directory=m.directory, **m.stamp)


def open_for_support(m: Move) -> None:
    ideas.open_for_support(m.session, m.thread, **m.stamp)


# What rooms above check before an idea is decided on its own page; it raises what stands against it.
before_decision: list[Callable[[Session, Thread], None]] = []


def decide(m: Move) -> None:
    for check in before_decision:
        check(m.session, m.thread)
    decision = Status(m.form.decision.data)
    ideas.decide_idea(m.session, m.thread, decision, m.form.reason.data, **m.stamp)


def merge(m: Move) -> None:
    joining.join(m.session, m.thread, m.form, m.desk, m.directory, now=m.now)


def part(m: Move) -> None:
    joining.part(m.session, m.thread, m.desk, m.directory, now=m.now)


# By the last part of the address that the form is sent to.
VERBS: Mapping[str, Verb] = {
    "sort": Verb(forms.ToDepartmentForm, sort, lazy_gettext("It is with the department now.")),
    "idea": Verb(forms.SortForm, make_idea, lazy_gettext("It is in the innovation queue now.")),
    "take": Verb(forms.MoveForm, take, lazy_gettext("You have it now.")),
    "give": Verb(forms.GiveForm, give, lazy_gettext("Your colleague has it now.")),
    "leave": Verb(forms.MoveForm, leave, lazy_gettext("It is free for anybody to take.")),
    "ask": Verb(forms.AskForm, ask, lazy_gettext("The question was sent. It waits for the resident.")),
    "reply": Verb(forms.ReplyForm, reply, lazy_gettext("Your reply is there.")),
    "note": Verb(forms.NoteForm, note, lazy_gettext("Your note is there, for staff only.")),
    "weigh": Verb(forms.WeighForm, weigh, lazy_gettext("The priority was worked out anew.")),
    "count": Verb(
        forms.VoiceForm, count_voice, lazy_gettext("One more person is counted."), joining.lock_all
    ),
    "show": Verb(forms.MoveForm, show, lazy_gettext("Everybody can read the words now."), joining.lock_all),
    "hide": Verb(forms.ReasonForm, hide, lazy_gettext("It is hidden from the public now."), joining.lock_all),
    "start": Verb(forms.MoveForm, start, lazy_gettext("Work has begun, and you have it.")),
    "fix": Verb(forms.FixForm, fix, lazy_gettext("Marked as fixed. Those concerned are asked if it is.")),
    "stand": Verb(forms.StandForm, let_stand, lazy_gettext("It stays closed as fixed.")),
    "outside": Verb(forms.OutsideForm, wait_outside, lazy_gettext("It waits, and the clock stands still.")),
    "resume": Verb(forms.MoveForm, resume, lazy_gettext("It goes on, and the clock runs again.")),
    "danger": Verb(forms.ReasonForm, mark_danger, lazy_gettext("It counts as a danger now.")),
    "no-danger": Verb(forms.ReasonForm, mark_no_danger, lazy_gettext("It no longer counts as a danger.")),
    "not-ours": Verb(forms.NotOursForm, close_as_not_ours, lazy_gettext("Closed as not ours.")),
    "no-action": Verb(forms.ReasonForm, close_without_action, lazy_gettext("Closed without action.")),
    "reopen": Verb(forms.ReasonForm, reopen, lazy_gettext("Opened again.")),
    "merge": Verb(
        forms.MergeForm,
        merge,
        lazy_gettext("Joined. The other one goes on for both; this can be undone."),
        joining.lock_both,
    ),
    "part": Verb(forms.MoveForm, part, lazy_gettext("It goes on by itself again."), joining.lock_all),
    "open": Verb(forms.MoveForm, open_for_support, lazy_gettext("Residents can support it now.")),
    "decide": Verb(forms.DecideForm, decide, lazy_gettext("The decision is public now.")),
}


# What rooms above set right after each move.
after_move: list[Callable[[Session, Thread], None]] = []


def make(verb: str, move: Move) -> None:
    """Do what the verb says, and what follows from it in the rooms above."""
    VERBS[verb].do(move)
    for follow in after_move:
        follow(move.session, move.thread)


def permitted(thread: Thread, desk: Desk) -> list[str]:
    """Return the verbs open to this person here and now, in the order of the table."""
    is_open = open_moves(thread)
    has_it = thread.assignee_id is not None and thread.assignee_id == desk.actor.id
    return [v for v in VERBS if v in is_open and desk.may(v) and not (v == "take" and has_it)]


def form_for(
    session: Session, verb: str, thread: Thread, directory: Directory, **given: Any
) -> forms.MoveForm:
    """Return the verb's form with what may be chosen; `given` as WTForms takes it."""
    if verb == "weigh":
        risk = {
            "severity": thread.severity or "",
            "likelihood": thread.likelihood,
            "exposure": thread.exposure,
        }
        given["data"] = risk | given.get("data", {})
    form = VERBS[verb].form(verb=verb, **given)
    if isinstance(form, forms.GiveForm):
        people = list_colleagues(session, thread, directory)
        form.offer((number, name) for number, name in people if number != thread.assignee_id)
    elif isinstance(form, forms.SortForm):
        place_id = thread.place_id if verb == "sort" else None
        form.offer(forms.category_groups(directory, place_id))
    return form
