"""The whole of places, departments and categories as one small read-only copy in memory.

Nearly every page names a place, a category and a department; the copy spares the joins. One
row tells each request whether its copy is still the present one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import current_app, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.models import (
    Category,
    CategoryRoute,
    Department,
    DirectoryVersion,
    Place,
    PlaceKind,
)
from portal.core.i18n import Names, localized

VERSION = select(DirectoryVersion.version)


@dataclass(frozen=True)
class PlaceEntry:
    id: int
    code: str
    kind: PlaceKind
    parent_id: int | None
    path: str
    names: Names
    welcome: Names
    emergency: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return localized(self.names)


@dataclass(frozen=True)
class DepartmentEntry:
    id: int
    code: str
    names: Names

    @property
    def name(self) -> str:
        return localized(self.names)


@dataclass(frozen=True)
class CategoryEntry:
    id: int
    code: str
    group: str
    names: Names
    group_names: Names
    department_id: int
    answer_days: int

    @property
    def name(self) -> str:
        return localized(self.names)

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
    place_codes: Mapping[str, PlaceEntry] = field(default_factory=dict)
    department_codes: Mapping[str, DepartmentEntry] = field(default_factory=dict)
    category_codes: Mapping[str, CategoryEntry] = field(default_factory=dict)

    def ancestors(self, place_id: int) -> list[PlaceEntry]:
        """Return the place and everything above it, nearest first."""
        ids = self.places[place_id].path.strip("/").split("/")
        return [self.places[int(i)] for i in reversed(ids)]

    def children(self, place_id: int | None, kind: PlaceKind | None = None) -> list[PlaceEntry]:
        """Return the places right under this one, in their set order."""
        return [
            p for p in self.places.values() if p.parent_id == place_id and (kind is None or p.kind == kind)
        ]

    def of_kind(self, kind: PlaceKind) -> list[PlaceEntry]:
        return [p for p in self.places.values() if p.kind == kind]

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
        """Return who has this category here: by the nearest place with a rule, else the default."""
        for place in self.ancestors(place_id):
            if (category_id, place.id) in self.routes:
                return self.departments[self.routes[category_id, place.id]]
        return self.departments[self.categories[category_id].department_id]

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
        d.id: DepartmentEntry(d.id, d.code, d.names)
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
        {p.code: p for p in places.values()},
        {d.code: d for d in departments.values()},
        {c.code: c for c in categories.values()},
    )


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
        p.id, p.code, PlaceKind(p.kind), p.parent_id, p.path, p.names, p.welcome, tuple(p.emergency)
    )


def _category(c: Category) -> CategoryEntry:
    return CategoryEntry(c.id, c.code, c.group, c.names, c.group_names, c.department_id, c.answer_days)
