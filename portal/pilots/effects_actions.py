"""What is done with effects of a pilot: told, looked at, shown or hidden, answered."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.pilots.concerned import all_concerned, note
from portal.pilots.effects import Effect, EffectState, Severity
from portal.pilots.gates import Gate, GateKind
from portal.pilots.models import Pilot, PilotState
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import Actor, resident
from portal.threads.followers import find_follower, follow_thread
from portal.threads.models import Level, Thread
from portal.threads.words import say


@dataclass(frozen=True)
class Noticed:
    """What somebody says that a pilot did."""

    is_wanted: bool
    severity: Severity
    text: str
    touched: str = ""
    evidence: str = ""
    photo_key: str | None = None
    photo_alt: str = ""


def tell_effect(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    noticed: Noticed,
    *,
    person: Person,
    key: str,
    follow: bool,
    directory: Directory,
    now: datetime,
) -> Effect:
    """Keep what somebody noticed of a pilot that has begun; with the same key it is the same one.

    The thread is locked. Words of somebody unverified wait for a first look. A severe harm calls a review
    at once, whoever told of it; of a pilot that has ended, all concerned are told.
    """
    known = session.scalar(select(Effect).where(Effect.form_key == key))
    if known is not None:
        return known
    if not pilot.is_locked:
        raise Conflict(_("This pilot has not begun yet."))
    used = select(Effect.id).where(Effect.photo_key == noticed.photo_key)
    if noticed.photo_key and session.scalar(used) is not None:  # the page was gone back to and sent anew
        noticed = replace(noticed, photo_key=None, photo_alt="")
    effect = Effect(
        pilot_id=pilot.id,
        form_key=key,
        person_id=person.id,
        **vars(noticed),
        state=EffectState.SHOWN if person.is_verified else EffectState.FIRST_LOOK,
        round=pilot.round,
        at=now,
    )
    session.add(effect)
    session.flush()
    by = resident(person)
    if follow and find_follower(session, thread, person) is None:
        follow_thread(session, thread, person, now=now)
    kind = "pilot.effect_told" if effect.is_shown else "pilot.effect_waits"
    shown, about, runs = effect.is_shown, {"effect": effect.id}, pilot.state == PilotState.RUNNING
    alarms = effect.is_severe_harm and not runs and (shown or not _is_one_of_a_crowd(session, effect))
    tell = all_concerned(session, pilot, directory) if alarms else ()
    note(session, thread, pilot, kind, by=by, now=now, public=shown, tell=tell, data=about)
    if effect.is_severe_harm and runs:
        call_review(session, thread, pilot, effect, directory=directory, by=by, now=now)
    return effect


def _is_one_of_a_crowd(session: Session, effect: Effect) -> bool:
    """Tell whether another severe harm of the pilot waits for a first look already: that was told."""
    others = select(Effect.id).where(
        Effect.pilot_id == effect.pilot_id,
        Effect.id != effect.id,
        Effect.state == EffectState.FIRST_LOOK,
        Effect.severity == Severity.SEVERE,
        ~Effect.is_wanted,
    )
    return session.scalar(others.limit(1)) is not None


def call_review(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    effect: Effect,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> Gate:
    """Open an early review because of a severe harm, unless one is open; tell all concerned at once."""
    gate, shown = _find_early(session, pilot), effect.is_shown
    # What nobody has looked at yet opens the review; a crowd of such tells nobody again.
    told = all_concerned(session, pilot, directory) if gate is None or shown else ()
    if gate is None:
        day, moments = local_time(now).date(), dict.fromkeys(("added_at", "soon_told_at", "due_told_at"), now)
        gate = Gate(
            pilot_id=pilot.id,
            kind=GateKind.EARLY,
            day=day,
            round=pilot.round,
            effect_id=effect.id,
            **moments,
        )
        session.add(gate)
        session.flush()
    _publish_with(session, gate, effect)
    about = {"effect": effect.id, "gate": gate.id}
    note(session, thread, pilot, "pilot.harm_told", by=by, now=now, public=shown, tell=told, data=about)
    return gate


def _find_early(session: Session, pilot: Pilot) -> Gate | None:
    early = select(Gate).where(Gate.pilot_id == pilot.id, Gate.kind == GateKind.EARLY)
    return session.scalar(early.where(Gate.closed_at.is_(None)))


def _publish_with(session: Session, gate: Gate, effect: Effect) -> None:
    """Let a review be public with any severe harm that is: also where what called it first is not."""
    if effect.is_shown and not session.get_one(Effect, gate.effect_id).is_shown:
        gate.effect_id = effect.id


def show_effect(
    session: Session, thread: Thread, pilot: Pilot, effect: Effect, *, by: Actor, now: datetime
) -> None:
    """Let everybody read an effect that waited for a first look, or was hidden."""
    if effect.is_shown:
        return
    first_time = effect.state == EffectState.FIRST_LOOK
    effect.state, effect.looked_by_id, effect.hidden_reason = EffectState.SHOWN, by.id, ""
    about = {"effect": effect.id}
    note(session, thread, pilot, "pilot.effect_told", by=by, now=now, public=first_time, data=about)
    early = _find_early(session, pilot)
    if early is not None and effect.is_severe_harm:
        _publish_with(session, early, effect)


def hide_effect(
    session: Session, thread: Thread, pilot: Pilot, effect: Effect, reason: str, *, by: Actor, now: datetime
) -> None:
    """Keep an effect from the public, with a reason that stays on record."""
    need_reason(reason)
    if (effect.state, effect.hidden_reason) == (EffectState.HIDDEN, reason):
        return
    refuse_unless(effect.state != EffectState.HIDDEN)
    effect.state, effect.looked_by_id, effect.hidden_reason = EffectState.HIDDEN, by.id, reason
    about = {"effect": effect.id}
    note(session, thread, pilot, "pilot.effect_hidden", by=by, now=now, public=False, data=about)


def answer_effect(
    session: Session, thread: Thread, pilot: Pilot, effect: Effect, done: str, *, by: Actor, now: datetime
) -> None:
    """Say what was done about an effect; everybody reads it below the effect. Said anew, it counts anew."""
    need_reason(done)
    if effect.done == done:
        return
    effect.done, effect.done_at, effect.looked_by_id = done, now, by.id
    shown, about = effect.is_shown, {"effect": effect.id}
    words = say(session, thread, Level.REPLY, done, author=by.person, now=now) if shown else None
    kind = "pilot.effect_answered"
    note(session, thread, pilot, kind, by=by, now=now, public=shown, statement=words, data=about)
