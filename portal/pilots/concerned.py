"""Whom a pilot concerns, and who may see and steer it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at
from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.pilots.gates import Evaluator
from portal.pilots.models import Pilot, PilotState
from portal.pilots.queries import find_pilot
from portal.threads.actions import lock_thread
from portal.threads.events import Actor, record_event
from portal.threads.models import Event, EventVisibility, Statement, Thread

TELL_TOPIC = "pilots.tell"  # people by their numbers, of an event in the idea's thread


def get_shown(session: Session, code: str) -> tuple[Pilot, Thread]:
    """Return a pilot that everybody may see, with its idea. NotFound for one that is only planned."""
    pilot, thread = _get(session, code)
    if not pilot.is_locked or not thread.is_listed:
        raise NotFound()
    return pilot, thread


def get_steered(
    session: Session, code: str, person: Person, directory: Directory, *, lock: bool = False
) -> tuple[Pilot, Thread]:
    """Return a pilot to a coordinator of its place, with its idea. NotFound for others."""
    pilot, thread = _get(session, code)
    if not is_coordinator_at(person, directory.places[pilot.place_id].path):
        raise NotFound()
    if lock:
        lock_thread(session, thread.id)
        session.refresh(pilot)
    return pilot, thread


def _get(session: Session, code: str) -> tuple[Pilot, Thread]:
    pilot = find_pilot(session, code)
    if pilot is None:
        raise NotFound()
    return pilot, session.get_one(Thread, pilot.thread_id)


def is_stale(session: Session, pilot: Pilot, seen: int) -> bool:
    """Let nobody else change the pilot meanwhile; tell whether somebody did since it was seen.

    Whatever was sent is then either another person's work, or the same form once more.
    """
    session.refresh(pilot, with_for_update=True)
    return pilot.revision != seen


def lock_pilot(session: Session, pilot: Pilot, seen: int) -> None:
    """Lock the pilot and count one more change of it. Conflict if somebody changed it since it was seen."""
    if is_stale(session, pilot, seen):
        raise Conflict(_("Someone else changed this while you were reading it."))
    pilot.revision += 1


def need_running(pilot: Pilot) -> None:
    if pilot.state != PilotState.RUNNING:
        raise Conflict(_("This can't be done any more: the matter has moved on."))


def coordinators_of(session: Session, place_id: int, directory: Directory) -> set[int]:
    """Return the nearest coordinators of a place, by their numbers."""
    held = select(Role.place_id, Role.person_id).join(Person, Person.id == Role.person_id)
    above = [place.id for place in directory.ancestors(place_id)]
    rows = session.execute(
        held.where(Role.name == RoleName.COORDINATOR, Role.place_id.in_(above), ~Person.is_blocked)
    ).all()
    nearest = ({person_id for at, person_id in rows if at == place} for place in above)
    return next((found for found in nearest if found), set())


def evaluators_of(session: Session, pilot: Pilot) -> set[int]:
    """Return who was asked to judge the pilot and has not said that they may not."""
    asked = select(Evaluator.person_id).where(Evaluator.pilot_id == pilot.id, Evaluator.interest == "")
    return set(session.scalars(asked))


def all_concerned(session: Session, pilot: Pilot, directory: Directory) -> set[int]:
    """Return owner, coordinators and evaluators of a pilot, by their numbers."""
    owner = {pilot.owner_id} if pilot.owner_id else set()
    return owner | coordinators_of(session, pilot.place_id, directory) | evaluators_of(session, pilot)


def note(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    public: bool = True,
    statement: Statement | None = None,
    tell: Collection[int] = (),
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Record what happened to a pilot in the life of its idea; `tell` are told of it one by one."""
    event = record_event(
        session,
        thread,
        kind,
        by=by,
        now=now,
        visibility=EventVisibility.PUBLIC if public else EventVisibility.STAFF,
        statement=statement,
        data={"pilot": pilot.code, "title": pilot.title, "place": pilot.place_id, **(data or {})},
    )
    session.flush()
    people = sorted(set(tell) - {by.id})
    if people:
        job = {"event_id": event.id, "people": people}
        enqueue(session, TELL_TOPIC, job, now=now, unique_key=f"{TELL_TOPIC}:{event.id}")
    return event
