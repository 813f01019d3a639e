"""Loading a setup file into the database, again and again without harm."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.labels import Labels, load_labels
from portal.communities.actions import (
    put_calendar,
    put_category,
    put_department,
    put_place,
    put_plan,
    put_route,
)
from portal.communities.day_lines import read_days
from portal.communities.directory import raise_version
from portal.communities.models import Calendar, Category, Department, Place, PlaceKind
from portal.communities.times import times_with, usual_times
from portal.setup.calendar_entry import CalendarEntry
from portal.setup.changes import Changes, noted_changes
from portal.setup.file import CategoryEntry, PlaceEntry, SetupError, SetupFile, find_unknown
from portal.setup.kept import Kept, find_kept
from portal.setup.people import Code, make_codes, put_people
from portal.setup.reply_templates import put_first_templates
from portal.threads.events import SYSTEM, record_administration

DIRECTORY = ("place", "calendar", "department", "category", "route")


@dataclass(frozen=True)
class Loaded:
    """What a setup file did, and the one-time codes of people who can't sign in yet."""

    changes: Changes
    codes: list[Code] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # what administrators' pages have set, left as it is


def load_setup(
    session: Session,
    setup: SetupFile,
    *,
    now: datetime,
    new_codes: bool = False,
    with_codes: bool = True,
    overwrite: bool = False,
) -> Loaded:
    """Bring places, departments, categories, routes and people to what the file says.

    What the file doesn't mention stays; a person it mentions holds exactly the roles it lists.
    What somebody has changed on a page stays too, unless it is to be overwritten.
    Raises SetupError for a code that is neither in the file nor in the database.
    """
    labels = load_labels()
    check(session, setup, labels)
    kept = Kept() if overwrite else find_kept(session)
    with noted_changes(session) as changes:
        _put_departments(session, setup, labels, kept)
        _put_categories(session, setup, labels, kept)
        for position, entry in enumerate(setup.place):
            _put_place(session, entry, position, kept)
        _put_routes(session, setup, kept)
        put_first_templates(session)
        people = put_people(session, setup.person, kept, now=now)
        codes = make_codes(session, people, now=now, anew=new_codes) if with_codes else []
    if changes.touched(*DIRECTORY):
        raise_version(session)
    if changes:
        record_administration(session, "setup.loaded", by=SYSTEM, data=changes.ids(), now=now)
    return Loaded(changes, codes, kept.labels)


def check(session: Session, setup: SetupFile, labels: Labels) -> None:
    """Raise SetupError with every code that can't be found and every place that would move."""
    places = {place.code: place for place in session.scalars(select(Place))}
    departments = {d.code for d in labels.departments} | set(session.scalars(select(Department.code)))
    faults = list(find_unknown(setup, set(places), departments, {c.code for c in labels.categories}))
    for number, entry in enumerate(setup.place):
        there, parent = places.get(entry.code), places.get(entry.within or "")
        if there and there.parent_id != (parent.id if parent else None):
            faults.append((("place", number, "within"), "a place can't be moved"))
    if faults:
        raise SetupError(faults)


def _put_departments(session: Session, setup: SetupFile, labels: Labels, kept: Kept) -> None:
    """Put the departments of the file, and those that ship where there are none of that code yet."""
    there = {d.code: d for d in session.scalars(select(Department))}
    names = {d.code: d.names for d in labels.departments if d.code not in there}
    names |= {d.code: d.name for d in setup.department if not kept.holds(there.get(d.code), d.code)}
    codes = [d.code for d in labels.departments] + [d.code for d in setup.department]
    order = list(dict.fromkeys(codes))
    for code, name in names.items():
        put_department(session, code=code, names=name, position=order.index(code))


def _put_categories(session: Session, setup: SetupFile, labels: Labels, kept: Kept) -> None:
    """Put the categories that ship where they are missing, then what the file changes."""
    there = {c.code: c for c in session.scalars(select(Category))}
    changed = {c.code: c for c in setup.category if not kept.holds(there.get(c.code), c.code)}
    for code in (c.code for c in labels.categories):
        if code not in there or code in changed:
            _put_category(session, labels, code, changed.get(code) or CategoryEntry(code=code))


def _put_category(session: Session, labels: Labels, code: str, changes: CategoryEntry) -> None:
    position, shipped = next((i, c) for i, c in enumerate(labels.categories) if c.code == code)
    group = next(g for g in labels.groups if g.code == shipped.group)
    put_category(
        session,
        code=code,
        group=group.code,
        names=changes.name or shipped.names,
        group_names=group.names,
        department=get_department(session, changes.department or shipped.department),
        times=times_with(usual_times(shipped.answer_days, shipped.fix_days), changes.times),
        position=position,
    )


def _put_place(session: Session, entry: PlaceEntry, position: int, kept: Kept) -> None:
    """Put a place and its spots. What its entry leaves out stays as it was."""
    there = find_place(session, entry.code)
    if there is None or not kept.holds(there, entry.code):
        there = _put_larger_place(session, entry, there, position)
    if entry.calendar:
        _put_calendar(session, there, entry.calendar, kept)
    if entry.plan:
        put_plan(session, there, entry.plan.svg, entry.plan.bounds)
    for i, spot in enumerate(entry.spots):
        code = f"{entry.code}-{spot.code}"
        if not kept.holds(find_place(session, code), code):
            put_place(
                session,
                code=code,
                kind=PlaceKind.SPOT,
                parent=there,
                names=spot.name,
                position=i,
                point=spot.position,
            )


def _put_calendar(session: Session, place: Place, entry: CalendarEntry, kept: Kept) -> None:
    there = session.scalar(select(Calendar).where(Calendar.place_id == place.id))
    if kept.holds_calendar(there, place):
        return
    days = read_days("\n".join(entry.days))
    put_calendar(session, place, weekdays=entry.weekdays, opens=entry.opens, closes=entry.closes, days=days)


def _put_larger_place(session: Session, entry: PlaceEntry, there: Place | None, position: int) -> Place:
    parent = get_place(session, entry.within) if entry.within else None
    lines = None
    if entry.emergency is not None:
        lines = [{"number": line.number, "names": line.name} for line in entry.emergency]
    return put_place(
        session,
        code=entry.code,
        kind=entry.kind,
        parent=parent,
        names=entry.name,
        position=position,
        welcome=entry.welcome or (there.welcome if there else None),
        emergency=lines if lines is not None else (there.emergency if there else []),
        point=entry.position,
    )


def _put_routes(session: Session, setup: SetupFile, kept: Kept) -> None:
    for route in setup.route:
        place, department = get_place(session, route.place), get_department(session, route.department)
        for category in session.scalars(select(Category).where(Category.code.in_(route.categories))):
            if not kept.holds_route(category, place):
                put_route(session, category, place, department)


def find_place(session: Session, code: str) -> Place | None:
    return session.scalar(select(Place).where(Place.code == code))


def get_place(session: Session, code: str) -> Place:
    return session.scalars(select(Place).where(Place.code == code)).one()


def get_department(session: Session, code: str) -> Department:
    return session.scalars(select(Department).where(Department.code == code)).one()
