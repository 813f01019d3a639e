"""Who of the staff is told when a promise runs out: officers, heads of department, coordinators."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.triage.deadlines import Level

Post = tuple[int, int | None]  # a place, and a department
People = dict[Post, set[int]]
# A matter as (id, place_id, department_id, assignee_id, since).
Matter = Row[int, int, int | None, int | None, datetime]


class Crew:
    """Everybody who works here, by what they hold where; one query."""

    def __init__(self, session: Session, directory: Directory) -> None:
        self.directory = directory
        self.people: set[int] = set()
        self.posts: dict[str, People] = {name: defaultdict(set) for name in ("workers", "heads", "sorters")}
        held = select(Role.person_id, Role.name, Role.place_id, Role.department_id)
        held = held.where(Role.name.in_((*OF_DEPARTMENT, RoleName.COORDINATOR)))
        for person_id, name, place_id, department_id in session.execute(
            held.join(Person, Person.id == Role.person_id).where(~Person.is_blocked)
        ):
            post = (place_id, department_id)
            self.people.add(person_id)
            if name in OF_DEPARTMENT:
                self.posts["workers"][post].add(person_id)
            if name == RoleName.HEAD:
                self.posts["heads"][post].add(person_id)
            if name == RoleName.COORDINATOR:
                self.posts["sorters"][post].add(person_id)

    def told_of(self, level: Level, row: Matter) -> Collection[int]:
        """Return who is told that a matter has come so far; coordinators where it is nobody else's.

        Of heads and coordinators the nearest are told.
        """
        if level == Level.SOON:
            has_it = {row.assignee_id} & self.people
            own = has_it or self.workers(row.place_id, row.department_id)
        else:
            own = self.heads(row.place_id, row.department_id) if level == Level.LATE else set()
        return own or self.sorters(row.place_id)

    def still(self, person_id: int | None) -> set[int]:
        """Return this person alone, if they still work here."""
        return {person_id} & self.people if person_id is not None else set()

    def workers(self, place_id: int, department_id: int | None) -> set[int]:
        """Return all who work for a department at a place."""
        above = self.directory.ancestors(place_id)
        return set().union(*(self.posts["workers"].get((p.id, department_id), set()) for p in above))

    def heads(self, place_id: int, department_id: int | None) -> set[int]:
        """Return the nearest heads of a department."""
        return self._nearest_at("heads", place_id, department_id)

    def sorters(self, place_id: int, *, higher: bool = False) -> set[int]:
        """Return the nearest coordinators; with `higher` those of the next level that has any."""
        return self._nearest_at("sorters", place_id, None, skip=1 if higher else 0)

    def _nearest_at(self, who: str, place_id: int, department_id: int | None, *, skip: int = 0) -> set[int]:
        above = self.directory.ancestors(place_id)
        found = [people for p in above if (people := self.posts[who].get((p.id, department_id)))]
        return found[skip] if len(found) > skip else set()
