"""Who may read and work what, among staff."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from portal.accounts.access import (
    is_coordinator_at,
    is_officer_for,
    is_panellist_at,
    places_reached,
)
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.threads.events import Actor
from portal.threads.models import Kind, Thread


@dataclass(frozen=True)
class Desk:
    """What one member of staff may do with one thread."""

    actor: Actor
    sorts: bool  # routes, hands on, shows and hides: coordinators
    works: bool  # moves it through its life
    reads: bool


def desk_for(person: Person | None, thread: Thread, directory: Directory) -> Desk:
    """Say what this person may do here.

    Coordinators of the place do everything. Officers of its department work a report.
    Panellists read ideas. Everyone else: nothing.
    """
    path = directory.places[thread.place_id].path
    if is_coordinator_at(person, path):
        return Desk(Actor(person, "coordinator"), sorts=True, works=True, reads=True)
    if thread.kind != Kind.IDEA and is_officer_for(person, path, thread.department_id):
        return Desk(Actor(person, "officer"), sorts=False, works=True, reads=True)
    if thread.kind == Kind.IDEA and is_panellist_at(person, path):
        return Desk(Actor(person, "panellist"), sorts=False, works=False, reads=True)
    return Desk(Actor(person, "none"), sorts=False, works=False, reads=False)


def get_thread_for(
    session: Session, person: Person | None, reference: str, directory: Directory
) -> tuple[Thread, Desk]:
    """Return the thread and what the person may do with it; NotFound if they may not read it."""
    thread = session.scalar(select(Thread).where(Thread.reference == reference))
    if thread is None:
        raise NotFound()
    desk = desk_for(person, thread, directory)
    if not desk.reads:
        raise NotFound()
    return thread, desk


def readable_by(person: Person, directory: Directory) -> ColumnElement[bool]:
    """Return the condition on Thread that `desk_for(...).reads` is, for lists and search."""
    conditions: list[ColumnElement[bool]] = []
    sorted_places = places_reached(person, directory, RoleName.COORDINATOR)
    if sorted_places:
        conditions.append(Thread.place_id.in_(sorted_places))
    judged_places = places_reached(person, directory, RoleName.PANELLIST)
    if judged_places:
        conditions.append((Thread.kind == Kind.IDEA) & Thread.place_id.in_(judged_places))
    for role in person.roles:
        if role.name == RoleName.OFFICER:
            conditions.append(
                (Thread.kind != Kind.IDEA)
                & (Thread.department_id == role.department_id)
                & Thread.place_id.in_(directory.within(role.place_id))
            )
    return or_(*conditions) if conditions else false()
