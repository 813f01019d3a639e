"""The verbs of a pilot's life. The thread of its idea is locked whenever they are called."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.pilots.allowances import need_room
from portal.pilots.amending import Change, amend
from portal.pilots.concerned import all_concerned, evaluators_of, is_stale, lock_pilot, note
from portal.pilots.gates_actions import put_end_gate
from portal.pilots.models import Indicator, Pilot, PilotState, Spending
from portal.pilots.queries import list_indicators, read_values
from portal.pilots.rules import BOUNDS, COUNTED, permits
from portal.pilots.series import baseline_of
from portal.pilots.values import forget_counts
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import Actor
from portal.threads.models import Kind, Level, Status, Thread
from portal.threads.words import say

Values = Mapping[str, Any]
NEEDED = ("if_we", "then", "because", "owner_id")  # before it starts
FIXED_AT_START = ("starts_on", "place_id")


def plan_pilot(
    session: Session, thread: Thread, values: Values, *, by: Actor, now: datetime, parent: Pilot | None = None
) -> Pilot:
    """Begin the plan of a pilot for an idea that was decided so, or that another pilot has tried.

    Sent twice it is one plan.
    """
    if parent is None:
        refuse_unless(thread.is_listed and thread.kind == Kind.IDEA and thread.status == Status.PILOT)
    _need_order(values["starts_on"], values["ends_on"])
    said = {**values, "thread_id": thread.id, "parent_id": parent.id if parent else None}
    known = select(Pilot).filter_by(**said, created_by_id=by.id, state=PilotState.PLANNED)
    there = session.scalars(known.order_by(Pilot.id)).first()
    if there is not None:
        return there
    pilot = Pilot(code=free_code(session, thread), created_by_id=by.id, created_at=now, **said)
    session.add(pilot)
    session.flush()
    kind = "pilot.taken_up" if parent else "pilot.planned"
    record_pilot(session, thread, kind, pilot, by=by, now=now)
    return pilot


def free_code(session: Session, thread: Thread) -> str:
    """Return the code of the idea's next pilot: its reference and a number."""
    there = session.scalar(select(func.count()).select_from(Pilot).where(Pilot.thread_id == thread.id)) or 0
    return f"{thread.reference}-{there + 1}"


def change_pilot(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    values: Values,
    *,
    seen: int,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Change the plan. Once it runs, only with a public reason, and not where it is or when it began."""
    if is_stale(session, pilot, seen) and not _differing(pilot, values):
        return
    lock_pilot(session, pilot, seen)
    refuse_unless(permits(pilot, "change"))
    if pilot.is_locked:
        values = {name: value for name, value in values.items() if name not in FIXED_AT_START}
        if any(not values.get(name, True) for name in NEEDED):
            raise Invalid(_("A running pilot needs a hypothesis and somebody responsible."))
    _need_order(values.get("starts_on", pilot.starts_on), values.get("ends_on", pilot.ends_on))
    owner = session.get(Person, values.get("owner_id") or 0)
    if owner is not None and owner.root_id in evaluators_of(session, pilot):
        raise Invalid(_("Whoever judges a pilot can’t be responsible for it."))
    _set(session, thread, Change(pilot, None, reason), values, by=by, now=now)


def put_indicator(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    indicator: Indicator | None,
    values: Values,
    *,
    seen: int,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Indicator:
    """Add an indicator (None), or change one. Once it runs, only with a reason, and not what is counted."""
    there = _find_same(session, pilot, indicator, values) if is_stale(session, pilot, seen) else None
    if there is not None:
        return there
    lock_pilot(session, pilot, seen)
    refuse_unless(permits(pilot, "change"))
    if values["baseline_from"] > values["baseline_until"] or values["baseline_until"] >= pilot.starts_on:
        raise Invalid(_("The days of the baseline must be in order and end before the pilot begins."))
    if indicator is None:
        return _add_indicator(session, thread, pilot, values, reason, by=by, now=now)
    if pilot.is_locked and any(getattr(indicator, name) != values[name] for name in COUNTED):
        raise Invalid(
            _("What is counted stays as it is while the pilot runs. You can add another indicator.")
        )
    if not pilot.is_locked:
        forget_counts(session, indicator, values)
    moved = any(getattr(indicator, name) != values[name] for name in BOUNDS)
    _set(session, thread, Change(pilot, indicator, reason), values, by=by, now=now)
    if moved:
        indicator.reached_at = indicator.crossed_at = None
    return indicator


def remove_indicator(session: Session, pilot: Pilot, indicator: Indicator, *, seen: int) -> None:
    """Take an indicator out of a plan that has not begun, with what was measured for it."""
    lock_pilot(session, pilot, seen)
    refuse_unless(permits(pilot, "change") and not pilot.is_locked)
    for value in read_values(session, [indicator]):
        session.delete(value)
    session.flush()
    session.delete(indicator)
    session.flush()


def start_pilot(
    session: Session, thread: Thread, pilot: Pilot, *, today: date, seen: int, by: Actor, now: datetime
) -> None:
    """Let it begin today. From here on plan and indicators are locked, with what was measured before."""
    if _was_the_last_change(session, pilot, PilotState.RUNNING, seen):
        return
    lock_pilot(session, pilot, seen)
    refuse_unless(permits(pilot, "start"))
    if not all(getattr(pilot, name) for name in NEEDED):
        raise Invalid(_("Please write the hypothesis and say who is responsible first."))
    if pilot.ends_on <= today:
        raise Invalid(_("Its last day is over. Please change the days first."))
    need_room(session, pilot, get_directory(session), today)
    indicators = list_indicators(session, pilot)
    if not indicators:
        raise Invalid(_("A pilot needs an indicator: by what will you see whether it worked?"))
    for indicator in indicators:
        _fix_baseline(session, indicator, today)
    pilot.starts_on, pilot.started_at, pilot.state = today, now, PilotState.RUNNING
    put_end_gate(session, pilot, now=now)
    concerned = all_concerned(session, pilot, get_directory(session))
    record_pilot(session, thread, "pilot.started", pilot, by=by, now=now, tell=concerned)


def give_up_plan(
    session: Session, thread: Thread, pilot: Pilot, reason: str, *, seen: int, by: Actor, now: datetime
) -> None:
    """End a plan before it began, with a reason."""
    if _was_the_last_change(session, pilot, PilotState.STOPPED, seen):
        return
    lock_pilot(session, pilot, seen)
    refuse_unless(permits(pilot, "give-up"))
    need_reason(reason)
    pilot.state, pilot.ended_at = PilotState.STOPPED, now
    record_pilot(session, thread, "pilot.given_up", pilot, reason, by=by, now=now)


def spend(session: Session, pilot: Pilot, values: Values, *, seen: int, by: Actor, now: datetime) -> None:
    """Note money that was spent; a negative amount takes back what was noted wrongly.

    The same from the same page is the form sent twice; from a page loaded since it is spent once more.
    """
    same = select(Spending.id).filter_by(pilot_id=pilot.id, by_id=by.id, **values)
    if is_stale(session, pilot, seen) and session.scalar(same.limit(1)) is not None:
        return
    lock_pilot(session, pilot, seen)
    refuse_unless(permits(pilot, "spend"))
    session.add(Spending(pilot_id=pilot.id, by_id=by.id, at=now, **values))
    session.flush()


def record_pilot(
    session: Session,
    thread: Thread,
    kind: str,
    pilot: Pilot,
    words: str = "",
    *,
    by: Actor,
    now: datetime,
    tell: Collection[int] = (),
) -> None:
    """Record at the idea what happened to a pilot of it, with public words where there are some."""
    said = say(session, thread, Level.REASON, words, author=by.person, now=now) if words else None
    note(session, thread, pilot, kind, by=by, now=now, statement=said, tell=tell)


def _was_the_last_change(session: Session, pilot: Pilot, state: PilotState, seen: int) -> bool:
    """Tell whether the pilot came to this state by the one change since it was seen: the form came twice."""
    return is_stale(session, pilot, seen) and (pilot.state, pilot.revision) == (state, seen + 1)


def _find_same(
    session: Session, pilot: Pilot, indicator: Indicator | None, values: Values
) -> Indicator | None:
    """Return the indicator that says this already: the one that is changed, or any if one is to be added."""
    if indicator is not None:
        session.refresh(indicator)
    those = [indicator] if indicator else list_indicators(session, pilot)
    return next((each for each in those if not _differing(each, values)), None)


def _add_indicator(
    session: Session, thread: Thread, pilot: Pilot, values: Values, reason: str, *, by: Actor, now: datetime
) -> Indicator:
    """Add one; to a pilot that runs with a reason, and what was measured before it is entered at once."""
    if pilot.is_locked:
        need_reason(reason)
    position = len(list_indicators(session, pilot)) + 1
    indicator = Indicator(pilot_id=pilot.id, position=position, **values)
    session.add(indicator)
    session.flush()
    if pilot.is_locked:
        amend(session, Change(pilot, indicator, reason), "added", None, indicator.name, by=by, now=now)
        record_pilot(session, thread, "pilot.amended", pilot, reason, by=by, now=now)
    return indicator


def _set(
    session: Session, thread: Thread, change: Change, values: Values, *, by: Actor, now: datetime
) -> None:
    """Give the pilot or indicator these values; where it is locked, write down each one that differs."""
    pilot, row = change.pilot, change.indicator or change.pilot
    new = _differing(row, values)
    if not new:
        return
    if pilot.is_locked:
        need_reason(change.reason)
        for name, value in new.items():
            amend(session, change, name, getattr(row, name), value, by=by, now=now)
        record_pilot(session, thread, "pilot.amended", pilot, change.reason, by=by, now=now)
    for name, value in new.items():
        setattr(row, name, value)
    session.flush()


def _differing(row: Pilot | Indicator, values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _fix_baseline(session: Session, indicator: Indicator, today: date) -> None:
    """Keep what was measured before, as it is now."""
    if indicator.baseline_until >= today:
        raise Invalid(_("The days of the baseline of “%(name)s” are not over yet.", name=indicator.name))
    indicator.baseline = baseline_of(indicator, read_values(session, [indicator]))
    if indicator.baseline is None:
        raise Invalid(_("Nothing was measured before for “%(name)s”.", name=indicator.name))


def _need_order(first: date, last: date) -> None:
    if last <= first:
        raise Invalid(_("The last day must come after the first."))
