"""What loading a setup file changed, as the session saw it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

from portal.accounts.models import Person, Role
from portal.communities.models import Calendar, Category, CategoryRoute, Department, Place

KINDS: dict[type, str] = {
    Place: "place",
    Department: "department",
    Category: "category",
    CategoryRoute: "route",
    Calendar: "calendar",
    Person: "person",
    Role: "role",
}


@dataclass(frozen=True)
class Row:
    """A row of the set-up; `label` tells a person which it is."""

    kind: str
    id: int
    label: str = field(compare=False)


@dataclass
class Changes:
    """What was added, changed and removed, each row once."""

    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def ids(self) -> dict[str, list[list[str | int]]]:
        """Return kind and id of every row, for the record; labels may be personal."""
        return {name: [[row.kind, row.id] for row in rows] for name, rows in vars(self).items()}

    def touched(self, *kinds: str) -> bool:
        return any(row.kind in kinds for row in [*self.added, *self.changed, *self.removed])

    def note(self, session: Session, _context: object) -> None:
        """Take down what a flush has just written."""
        self._add(self.added, session.new)
        self._add(
            self.changed, (r for r in session.dirty if session.is_modified(r, include_collections=False))
        )
        self._add(self.removed, session.deleted)

    def _add(self, rows: list[Row], written: Iterable[object]) -> None:
        for kind, row in ((KINDS.get(type(row)), row) for row in written):
            if kind and (entry := Row(kind, row.id, _label(row))) not in [*self.added, *rows]:  # type: ignore[attr-defined]
                rows.append(entry)


def _label(row: object) -> str:
    match row:
        case Place() | Department() | Category():
            return row.code
        case Calendar():
            session = object_session(row)
            place = session.get(Place, row.place_id) if session else None
            return f"of {place.code}" if place else ""
        case Person():
            return row.email or ""
        case Role():
            return f"{row.name} {row.person.email if row.person else ''}".strip()
    return ""


@contextmanager
def noted_changes(session: Session) -> Iterator[Changes]:
    """Watch what is written while the block runs."""
    changes = Changes()
    session.flush()
    event.listen(session, "after_flush", changes.note)
    try:
        yield changes
        session.flush()
    finally:
        event.remove(session, "after_flush", changes.note)
