"""Who may read and work what, among staff."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from portal.accounts.access import (
    has_role,
    is_coordinator_at,
    is_officer_for,
    is_panellist_at,
    places_reached,
)
from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.errors import NotAllowed, NotFound
from portal.threads.events import Actor
from portal.threads.guests import ThreadGuest, list_guests
from portal.threads.models import Kind, Thread
from portal.threads.queries import find_by_reference


@dataclass(frozen=True)
class Desk:
    """What one member of staff may do with one thread."""

    actor: Actor
    sorts: bool  # says where it goes: coordinators
    works: bool  # moves it through its life, shows and hides its words
    reads: bool

    def may(self, verb: str) -> bool:
        """Tell whether the person's role lets them do this here, whatever the thread's state."""
        if verb in ("sort", "idea"):
            return self.sorts
        if verb == "not-ours":  # an officer says whose it is, and that is decided by others
            return self.sorts
        return self.reads if verb == "note" else self.works


def desk_for(person: Person | None, thread: Thread, directory: Directory) -> Desk:
    """Say what this person may do here.

    Coordinators of the place do everything. Officers of its department work a report.
    Panellists read ideas and note. Everyone else: nothing, unless they are guests of the thread.
    """
    path = directory.places[thread.place_id].path
    if is_coordinator_at(person, path):
        return Desk(Actor(person, "coordinator"), sorts=True, works=True, reads=True)
    if thread.kind != Kind.IDEA and is_officer_for(person, path, thread.department_id):
        return Desk(Actor(person, "officer"), sorts=False, works=True, reads=True)
    if thread.kind == Kind.IDEA and is_panellist_at(person, path):
        return Desk(Actor(person, "panellist"), sorts=False, works=False, reads=True)
    return Desk(Actor(person, "none"), sorts=False, works=False, reads=False)


def guest_desk(
    person: Person | None, thread: Thread, guests: Iterable[ThreadGuest], directory: Directory
) -> Desk:
    """Say what a guest of the thread may do: read it and note. Everyone else: nothing."""
    path = directory.places[thread.place_id].path
    for guest in guests:
        if not guest.reads(thread):
            continue
        if is_officer_for(person, path, guest.department_id):
            return Desk(Actor(person, "officer"), sorts=False, works=False, reads=True)
        if guest.place_id and is_coordinator_at(person, directory.places[guest.place_id].path):
            return Desk(Actor(person, "coordinator"), sorts=False, works=False, reads=True)
    return Desk(Actor(person, "none"), sorts=False, works=False, reads=False)


def get_thread_for(
    session: Session, person: Person | None, reference: str, directory: Directory
) -> tuple[Thread, Desk]:
    """Return the thread and what the person may do with it; NotFound if they may not read it."""
    thread = find_by_reference(session, reference)
    if thread is None:
        raise NotFound()
    desk = desk_for(person, thread, directory)
    if not desk.reads:
        desk = guest_desk(person, thread, list_guests(session, thread.id), directory)
    if not desk.reads:
        raise NotFound()
    return thread, desk


def get_worked(
    session: Session, person: Person | None, reference: str, directory: Directory
) -> tuple[Thread, Desk]:
    """Return the same to who works the thread; NotAllowed for who may only read it."""
    thread, desk = get_thread_for(session, person, reference, directory)
    if not desk.works:
        raise NotAllowed()
    return thread, desk


def readable_by(person: Person, directory: Directory) -> ColumnElement[bool]:
    """Return the condition on Thread that `desk_for(...).reads` is, for lists and search."""
    judged_places = places_reached(person, directory, RoleName.PANELLIST)
    judges = (Thread.kind == Kind.IDEA) & _inside(judged_places)
    guests = _let_in(person, directory)
    return or_(sorted_by(person, directory), judges, of_departments_of(person, directory), guests)


def _let_in(person: Person, directory: Directory) -> ColumnElement[bool]:
    """Return the condition that the person reads a thread as one of its guests."""
    coordinated = places_reached(person, directory, RoleName.COORDINATOR)
    mine: list[ColumnElement[bool]] = []
    if coordinated:
        asked = select(ThreadGuest.thread_id).where(ThreadGuest.place_id.in_(coordinated))
        mine.append(Thread.id.in_(asked))
    for role in person.roles:
        if role.name in OF_DEPARTMENT:
            theirs = select(ThreadGuest.thread_id).where(ThreadGuest.department_id == role.department_id)
            here = Thread.place_id.in_(directory.within(role.place_id))
            mine.append(Thread.id.in_(theirs.where(~ThreadGuest.while_open)) & here)
            mine.append(Thread.id.in_(theirs) & ~Thread.is_closed & here)
    return or_(*mine) if mine else false()


def readable_among(
    session: Session, person: Person, directory: Directory, numbers: Collection[int]
) -> set[int]:
    """Return which of these threads the person may read; nothing is asked where there are none."""
    if not numbers:
        return set()
    readable = select(Thread.id).where(Thread.id.in_(numbers), readable_by(person, directory))
    return set(session.scalars(readable))


def sorted_by(person: Person, directory: Directory) -> ColumnElement[bool]:
    """Return the condition that a thread is in the person's places as a coordinator."""
    return _inside(places_reached(person, directory, RoleName.COORDINATOR))


def _inside(places: Collection[int]) -> ColumnElement[bool]:
    """Return the condition of standing in these places; of none a plain no, which costs a query nothing."""
    return Thread.place_id.in_(places) if places else false()


def of_departments_of(
    person: Person, directory: Directory, *, names: Collection[RoleName] = OF_DEPARTMENT
) -> ColumnElement[bool]:
    """Return the condition that a thread is with a department the person has one of these roles in, there."""
    mine = [
        (Thread.department_id == role.department_id) & Thread.place_id.in_(directory.within(role.place_id))
        for role in person.roles
        if role.name in names
    ]
    return (Thread.kind != Kind.IDEA) & or_(*mine) if mine else false()


def worked_by(person: Person, directory: Directory) -> ColumnElement[bool]:
    """Return the condition on Thread that `desk_for(...).works` is."""
    if person.is_blocked:
        return false()
    return or_(sorted_by(person, directory), of_departments_of(person, directory))


def overseen_by(person: Person, directory: Directory) -> ColumnElement[bool]:
    """Return the condition that the person says who works a thread: as a coordinator, or as a head."""
    headed = of_departments_of(person, directory, names=(RoleName.HEAD,))
    return or_(sorted_by(person, directory), headed)


def list_colleagues(session: Session, thread: Thread, directory: Directory) -> list[tuple[int, str]]:
    """Return number and name of all who could have this matter.

    They are the coordinators of the place and, for a report, the officers of its department.
    """
    above = [place.id for place in directory.ancestors(thread.place_id)]
    can_work = Role.name == RoleName.COORDINATOR
    if thread.kind != Kind.IDEA:
        can_work |= Role.name.in_(OF_DEPARTMENT) & (Role.department_id == thread.department_id)
    workers = select(Role.person_id).where(Role.place_id.in_(above), can_work)
    people = select(Person.id, Person.name).where(Person.id.in_(workers), ~Person.is_blocked)
    return [(row.id, row.name) for row in session.execute(people.order_by(Person.name, Person.id))]


def list_workers(session: Session, person: Person, directory: Directory) -> list[tuple[int, str]]:
    """Return number and name of all who could have a matter that this person may read."""
    reach = places_reached(person, directory, *OF_DEPARTMENT, RoleName.COORDINATOR)
    above = {place.id for own in reach for place in directory.ancestors(own)}
    of_mine = Role.department_id.in_({role.department_id for role in person.roles if role.department_id})
    if has_role(person, RoleName.COORDINATOR):
        of_mine = Role.department_id.is_not(None)
    can_work = (Role.name == RoleName.COORDINATOR) | (Role.name.in_(OF_DEPARTMENT) & of_mine)
    workers = select(Role.person_id).where(Role.place_id.in_(above), can_work)
    people = select(Person.id, Person.name).where(Person.id.in_(workers), ~Person.is_blocked)
    return [(row.id, row.name) for row in session.execute(people.order_by(Person.name, Person.id))]
