"""The whole of places, departments and categories as one small read-only copy in memory.

Nearly every page names a place, a category and a department; the copy spares the joins. One
row tells each request whether its copy is still the present one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.calendars import WORKING_WEEK, WorkCalendar
from portal.communities.models import (
    Calendar,
    Category,
    CategoryRoute,
    Department,
    DirectoryVersion,
    Place,
    PlaceKind,
)
from portal.communities.preferences import Preferences, read_preferences
from portal.communities.times import TIMES
from portal.core.i18n import Names, localized

VERSION = select(DirectoryVersion.version)


@dataclass(frozen=True)
class Entry:
    """What places, departments and categories have in common."""

    id: int
    code: str
    names: Names
    is_retired: bool

    @property
    def name(self) -> str:
        return localized(self.names)


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class PlaceEntry(Entry):
    kind: PlaceKind
    parent_id: int | None
    path: str
    welcome: Names
    emergency: tuple[Mapping[str, Any], ...]
    latitude: float | None
    longitude: float | None
    plan: Mapping[str, Any] | None
    usual_voices: int
    emergency_since: datetime | None
    emergency_reason: str


@dataclass(frozen=True)
class DepartmentEntry(Entry):
    pass


@dataclass(frozen=True)
class CategoryEntry(Entry):
    group: str
    group_names: Names
    department_id: int
    answer_days: int
    severity: int
    fix_days: int
    urgent_answer_hours: int
    urgent_fix_hours: int
    emergency_answer_hours: int
    emergency_fix_hours: int
    keep_months: int | None

    @property
    def times(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in TIMES}

    @property
    def group_name(self) -> str:
        return localized(self.group_names)


@dataclass(frozen=True, eq=False)
class Directory:
    """Look-ups by id and code, the tree, and the category-and-place table.

    Each copy equals only itself, so that what is made from one can be kept with it as the key.
    """

    version: int
    places: Mapping[int, PlaceEntry]
    departments: Mapping[int, DepartmentEntry]
    categories: Mapping[int, CategoryEntry]
    routes: Mapping[tuple[int, int], int]
    preferences: Preferences = field(default_factory=Preferences)
    calendars: Mapping[int, WorkCalendar] = field(default_factory=dict)
    place_codes: Mapping[str, PlaceEntry] = field(default_factory=dict)
    department_codes: Mapping[str, DepartmentEntry] = field(default_factory=dict)
    category_codes: Mapping[str, CategoryEntry] = field(default_factory=dict)

    def ancestors(self, place_id: int) -> list[PlaceEntry]:
        """Return the place and everything above it, nearest first."""
        ids = self.places[place_id].path.strip("/").split("/")
        return [self.places[int(i)] for i in reversed(ids)]

    def children(self, place_id: int | None, kind: PlaceKind | None = None) -> list[PlaceEntry]:
        """Return the places in use right under this one, in their set order."""
        return [
            p for p in self.places_in_use() if p.parent_id == place_id and (kind is None or p.kind == kind)
        ]

    def of_kind(self, kind: PlaceKind) -> list[PlaceEntry]:
        """Return the places of this kind that are in use."""
        return [p for p in self.places_in_use() if p.kind == kind]

    def places_in_use(self) -> list[PlaceEntry]:
        """Return the places that may be chosen; retired ones only keep what stands there."""
        return [p for p in self.places.values() if not p.is_retired]

    def departments_in_use(self) -> list[DepartmentEntry]:
        return [d for d in self.departments.values() if not d.is_retired]

    def categories_in_use(self) -> list[CategoryEntry]:
        return [c for c in self.categories.values() if not c.is_retired]

    def within(self, place_id: int) -> list[int]:
        """Return the ids of the place and of everything below it."""
        path = self.places[place_id].path
        return [p.id for p in self.places.values() if p.path.startswith(path)]

    def emergency_lines(self, place_id: int | None) -> tuple[Mapping[str, Any], ...]:
        """Return the numbers to ring in danger: the place's own, else its nearest ancestor's."""
        if place_id is None:
            roots = self.children(None)
            return roots[0].emergency if roots else ()
        return next((p.emergency for p in self.ancestors(place_id) if p.emergency), ())

    def department_for(self, category_id: int, place_id: int) -> DepartmentEntry:
        """Return who has this category here: by the nearest place with a rule, else the default.

        A rule that leads to a retired department counts no more.
        """
        for place in self.ancestors(place_id):
            target = self.routes.get((category_id, place.id))
            if target is not None and not self.departments[target].is_retired:
                return self.departments[target]
        return self.departments[self.categories[category_id].department_id]

    def calendar_for(self, place_id: int) -> WorkCalendar | None:
        """Return the calendar that this place works by: its own, else its nearest ancestor's."""
        return next((self.calendars[p.id] for p in self.ancestors(place_id) if p.id in self.calendars), None)

    def in_emergency(self, place_id: int) -> PlaceEntry | None:
        """Return the place whose emergency mode reaches here: the nearest, itself or above."""
        return next((p for p in self.ancestors(place_id) if p.emergency_since), None)

    def emergencies(self, place_id: int) -> list[PlaceEntry]:
        """Return the places in emergency mode that reach here, or lie below."""
        path = self.places[place_id].path
        found = (p for p in self.places.values() if p.emergency_since)
        return [p for p in found if p.path.startswith(path) or path.startswith(p.path)]

    def full_name(self, place_id: int) -> str:
        """Return the name with what stands above it, short of the root: "Street › Community"."""
        chain = [p.name for p in reversed(self.ancestors(place_id))]
        return " › ".join(chain[1:] or chain)


class DirectoryCache:
    """The copy that an application's threads share."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.copy: Directory | None = None

    def get(self, session: Session) -> Directory:
        version = session.scalar(VERSION) or 0
        with self.lock:
            if self.copy is None or self.copy.version != version:
                self.copy = read_directory(session, version)
            return self.copy


def get_directory(session: Session) -> Directory:
    """Return the directory; one small query, once per request."""
    if "directory" not in g:
        g.directory = current_app.extensions["linli_directory"].get(session)
    directory: Directory = g.directory
    return directory


def read_directory(session: Session, version: int) -> Directory:
    places = {p.id: _place(p) for p in session.scalars(select(Place).order_by(Place.position, Place.id))}
    departments = {
        d.id: DepartmentEntry(d.id, d.code, d.names, d.retired_at is not None)
        for d in session.scalars(select(Department).order_by(Department.position, Department.id))
    }
    categories = {
        c.id: _category(c) for c in session.scalars(select(Category).order_by(Category.position, Category.id))
    }
    routes = {(r.category_id, r.place_id): r.department_id for r in session.scalars(select(CategoryRoute))}
    return Directory(
        version,
        places,
        departments,
        categories,
        routes,
        read_preferences(session),
        {c.place_id: _calendar(c) for c in session.scalars(select(Calendar))},
        _by_code(places),
        _by_code(departments),
        _by_code(categories),
    )


def _by_code(entries: Mapping[int, E]) -> dict[str, E]:
    return {entry.code: entry for entry in entries.values()}


def raise_version(session: Session) -> None:
    """Tell every process that places, departments, categories or routes have changed."""
    row = session.get(DirectoryVersion, 1)
    if row is None:
        session.add(DirectoryVersion(id=1, version=1))
    else:
        row.version += 1
    session.flush()
    g.pop("directory", None)


def _place(p: Place) -> PlaceEntry:
    return PlaceEntry(
        id=p.id,
        code=p.code,
        kind=PlaceKind(p.kind),
        parent_id=p.parent_id,
        path=p.path,
        names=p.names,
        welcome=p.welcome,
        emergency=tuple(p.emergency),
        latitude=p.latitude,
        longitude=p.longitude,
        plan=p.plan,
        usual_voices=p.usual_voices,
        emergency_since=p.emergency_since,
        emergency_reason=p.emergency_reason,
        is_retired=p.retired_at is not None,
    )


def _category(c: Category) -> CategoryEntry:
    return CategoryEntry(
        id=c.id,
        code=c.code,
        group=c.group,
        names=c.names,
        group_names=c.group_names,
        department_id=c.department_id,
        severity=c.severity,
        **{name: getattr(c, name) for name in TIMES},
        keep_months=c.keep_months,
        is_retired=c.retired_at is not None,
    )


def _calendar(c: Calendar) -> WorkCalendar:
    return WorkCalendar(
        weekdays=frozenset(c.weekdays or WORKING_WEEK),
        days={date.fromisoformat(day): bool(entry["works"]) for day, entry in c.days.items()},
        zone=ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"]),
        opens=c.opens,
        closes=c.closes,
    )
