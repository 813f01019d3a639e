"""What administrators have changed on their pages, which a setup file leaves as it is."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.models import Calendar, Category, CategoryRoute, Department, Place
from portal.setup.changes import KINDS
from portal.threads.events import ADMINISTRATION
from portal.threads.models import Event

Row = Place | Calendar | Department | Category | Person
VERBS = ("added", "changed", "removed", "role_granted", "role_taken")
RECORDS = [f"{kind}.{verb}" for kind in KINDS.values() for verb in VERBS]
WITHOUT_CALENDAR = "place without calendar"


@dataclass
class Kept:
    """What pages have set, as their records name it; `labels` gathers what a loading has met of it."""

    numbers: frozenset[tuple[str | int, ...]] = frozenset()
    labels: list[str] = field(default_factory=list)

    def holds(self, row: Row | None, label: str) -> bool:
        """Tell whether this row of the database is to stay as it is."""
        return row is not None and self._meets((KINDS[type(row)], row.id), label)

    def holds_calendar(self, calendar: Calendar | None, place: Place) -> bool:
        """Tell the same of the calendar of a place, be it there or removed."""
        label = f"calendar of {place.code}"
        return self.holds(calendar, label) or (
            calendar is None and self._meets((WITHOUT_CALENDAR, place.id), label)
        )

    def holds_route(self, category: Category, place: Place) -> bool:
        """Tell the same of the rule for a category in a place, be it there or removed."""
        number = (KINDS[CategoryRoute], category.id, place.id)
        return self._meets(number, f"{category.code} at {place.code}")

    def _meets(self, number: tuple[str | int, ...], label: str) -> bool:
        if number not in self.numbers:
            return False
        self.labels.append(label)
        return True


def find_kept(session: Session) -> Kept:
    """Read from the record what a person has changed since the installation began."""
    records = select(Event.kind, Event.data).where(
        Event.stream == ADMINISTRATION, Event.actor_id.is_not(None), Event.kind.in_(RECORDS)
    )
    numbers: set[tuple[str | int, ...]] = set()
    for kind, data in session.execute(records):
        numbers.add(tuple(data["what"]))
        if kind == "calendar.removed" and "place_id" in data["before"]:
            numbers.add((WITHOUT_CALENDAR, data["before"]["place_id"]))
    return Kept(frozenset(numbers))
