"""One move made in many submissions at once: in each as if it were made alone, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.access import has_role
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, Invalid
from portal.core.forms import Needed
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.references import parse_reference
from portal.core.text import excerpt
from portal.threads.actions import lock_thread
from portal.threads.additions import Photo, PhotoState
from portal.threads.events import told_later
from portal.threads.models import Thread
from portal.threads.queries import find_by_reference
from portal.threads.trees import lock_trees
from portal.triage.access import Desk, desk_for, list_workers, readable_by
from portal.triage.forms import BulkMergeForm, GiveForm, MoveForm, SortForm, category_groups
from portal.triage.models import BulkAction
from portal.triage.rows import title_of
from portal.triage.work import VERBS, Move, make, permitted

MOST = 100
SHOWN = 60  # characters of a title to choose by
UNDO = timedelta(minutes=10)
KEEP = timedelta(days=7)  # how each stood before; what was done is in the events
# What makes sense for many at once, in the order it is offered.
LABELS = {
    "take": lazy_gettext("Take them"),
    "give": lazy_gettext("Give them to a colleague"),
    "leave": lazy_gettext("Leave them to others"),
    "sort": lazy_gettext("Send them to a department"),
    "idea": lazy_gettext("Send them to the innovation queue"),
    "start": lazy_gettext("Start work"),
    "open": lazy_gettext("Open them for support"),
    "show": lazy_gettext("Show the words to everybody"),
    "reply": lazy_gettext("Reply to all of them"),
    "ask": lazy_gettext("Ask their senders the same"),
    "note": lazy_gettext("Note for staff"),
    "hide": lazy_gettext("Hide them from the public"),
    "merge": lazy_gettext("Join them with one of them"),
    "not-ours": lazy_gettext("Close as not ours"),
    "no-action": lazy_gettext("Close without action"),
}

SETTLES = ("show", "hide")  # what is joined with it moves with what the public may see

OFFERED = {
    "desk": ("sort", "idea", "show", "ask", "note", "merge", "hide", "no-action"),
    "queue": (
        *("take", "give", "leave", "start", "sort", "reply", "ask", "note"),
        *("merge", "show", "hide", "not-ours", "no-action"),
    ),
    "ideas": (
        "take",
        "give",
        "leave",
        "open",
        "sort",
        "reply",
        "ask",
        "note",
        "merge",
        "show",
        "hide",
        "no-action",
    ),
    "search": tuple(LABELS),
}


def verbs_for(code: str, person: Person) -> list[tuple[str, str]]:
    """Return what a person may do to many of a list somewhere, each with its name."""
    sorts = has_role(person, RoleName.COORDINATOR)
    works = sorts or has_role(person, *OF_DEPARTMENT)
    may = {verb: sorts if verb in ("sort", "idea") else works or verb == "note" for verb in LABELS}
    return [(verb, str(LABELS[verb])) for verb in OFFERED[code] if may[verb]]


@dataclass(frozen=True)
class Pick:
    """One of the submissions chosen, and what stands against the move in it, if anything."""

    thread: Thread
    desk: Desk
    why_not: str


def read_picks(v: Visit, verb: str, references: Iterable[str]) -> list[Pick]:
    """Return those of these that the person may read, in the given order; one query."""
    wanted = list(dict.fromkeys(filter(None, map(parse_reference, references))))[:MOST]
    found = select(Thread).where(Thread.reference.in_(wanted), readable_by(v.person, v.directory))
    threads = {thread.reference: thread for thread in v.session.scalars(found)}
    return [judge(v, verb, threads[reference]) for reference in wanted if reference in threads]


def judge(v: Visit, verb: str, thread: Thread) -> Pick:
    """Say whether this person may make the move here and now."""
    desk = desk_for(v.person, thread, v.directory)
    return Pick(thread, desk, _why_not(verb, thread, desk))


def _why_not(verb: str, thread: Thread, desk: Desk) -> str:
    if not desk.may(verb):
        return _("You may not do this here.")
    if verb in permitted(thread, desk):
        return ""
    if verb == "take" and thread.assignee_id == desk.actor.id:
        return _("You have it already.")
    return _("Its state does not permit this.")


def bulk_form(v: Visit, verb: str, picks: Sequence[Pick], **given: Any) -> MoveForm:
    """Return the verb's form, to be filled in once for all of them."""
    form = BulkMergeForm(verb=verb, **given) if verb == "merge" else VERBS[verb].form(verb=verb, **given)
    del form.seen  # each has its own
    if isinstance(form, BulkMergeForm):
        form.offer(
            (pick.thread.reference, excerpt(title_of(pick.thread), SHOWN))
            for pick in picks
            if not pick.why_not
        )
    if isinstance(form, GiveForm):
        form.offer(list_workers(v.session, v.person, v.directory))
    elif isinstance(form, SortForm):
        form.offer(category_groups(v.directory, None))
        if any(not pick.thread.needs_sorting for pick in picks if not pick.why_not):
            need = Needed(lazy_gettext("Please give a reason."))
            form.reason.validators = [need, *form.reason.validators]
    return form


def do_bulk(v: Visit, verb: str, seen: Mapping[str, int], form: MoveForm) -> BulkAction:
    """Make the move in each of these where it may still be made; keep how they stood before.

    `seen` holds for each reference the last event that the person knew. Nobody outside is told
    before the time for undoing is over. Raises Invalid or Conflict where nothing could be done.
    """
    wanted = seen.keys() - ({form.other.data} if isinstance(form, BulkMergeForm) else set())
    found = select(Thread.id, Thread.reference).where(Thread.reference.in_(wanted)).order_by(Thread.id)
    done: list[dict[str, Any]] = []
    skipped: list[tuple[int, str]] = []
    problem: Conflict | Invalid | None = None
    with told_later(v.session, v.now + UNDO):
        for number, reference in v.session.execute(found).all():
            try:
                with v.session.begin_nested():
                    done.append(_do_one(v, verb, number, seen[reference], form))
            except (Conflict, Invalid) as error:
                skipped.append((number, error.message))
                problem = error
    if not done:
        raise problem or Conflict(_("None of them is here for you any more."))
    return keep_action(v.session, v.person, verb, done, skipped, now=v.now)


def keep_action(
    session: Session,
    person: Person,
    verb: str,
    done: Sequence[dict[str, Any]],
    skipped: Sequence[tuple[int, str]] = (),
    *,
    is_single: bool = False,
    now: datetime,
) -> BulkAction:
    """Keep what somebody did to many at once or to one, so that it can be undone; forget what is old."""
    old = (BulkAction.at < now - KEEP) | (BulkAction.is_single & (BulkAction.at < now - UNDO))
    session.execute(delete(BulkAction).where(BulkAction.person_id == person.id, old))
    action = BulkAction(
        person_id=person.id,
        verb=verb,
        is_single=is_single,
        at=now,
        done=list(done),
        skipped=list(skipped),
        left=[],
    )
    session.add(action)
    session.flush()
    return action


def _do_one(v: Visit, verb: str, number: int, seen: int, form: MoveForm) -> dict[str, Any]:
    """Make the move in one thread; return how it stood before."""
    if isinstance(form, BulkMergeForm):
        _lock_with_survivor(v.session, number, form)
    elif verb in SETTLES:
        lock_trees(v.session, number)
    thread = lock_thread(v.session, number, seen)
    pick = judge(v, verb, thread)
    if pick.why_not:
        raise Conflict(pick.why_not)
    if isinstance(form, GiveForm):
        _refuse_colleague(v, thread, form)
    return make_kept(verb, Move(v.session, thread, pick.desk, v.directory, form, v.now))


def make_kept(verb: str, move: Move) -> dict[str, Any]:
    """Make the move in a thread that is locked; return how it stood before, to be kept as it is."""
    session, thread = move.session, move.thread
    before, waiting = state_of(thread), waiting_photos(session, thread)
    sequence = thread.last_sequence
    make(verb, move)
    session.flush()
    after = state_of(thread)
    return {
        "thread": thread.id,
        "role": move.desk.actor.role,
        "before": {name: value for name, value in before.items() if after[name] != value},
        "from": sequence,
        "until": thread.last_sequence,
        "photos": sorted(waiting - waiting_photos(session, thread)),
    }


def _lock_with_survivor(session: Session, number: int, form: BulkMergeForm) -> None:
    other = find_by_reference(session, form.other.data)
    lock_trees(session, number, *([other.id] if other else []))


def _refuse_colleague(v: Visit, thread: Thread, form: GiveForm) -> None:
    colleague = v.session.get(Person, int(form.person.data))
    if colleague is None or not desk_for(colleague, thread, v.directory).works:
        raise Conflict(_("This colleague does not work there."))
    if colleague.id == thread.assignee_id:
        raise Conflict(_("This colleague has it already."))


# What a move changes in a thread is put back, but for these: they only tell that something happened.
NOT_PUT_BACK = ("changed_at", "last_sequence", "last_digest")


def state_of(thread: Thread) -> dict[str, Any]:
    """Return all that a row says, as JSON can keep it."""
    columns = [c.key for c in Thread.__mapper__.column_attrs if c.key not in NOT_PUT_BACK]
    values = {name: getattr(thread, name) for name in columns}
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in values.items()}


def waiting_photos(session: Session, thread: Thread) -> set[int]:
    """Return the photos of a thread that wait for a first look, by their numbers."""
    waiting = select(Photo.id).where(Photo.thread_id == thread.id, Photo.state == PhotoState.FIRST_LOOK)
    return set(session.scalars(waiting))
