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
            own = has_it or self._all("workers", row)
        else:
            own = self._nearest("heads", row) if level == Level.LATE else set()
        return own or self._nearest("sorters", row, of_department=False)

    def _all(self, who: str, row: Matter) -> set[int]:
        above = self.directory.ancestors(row.place_id)
        return set().union(*(self.posts[who].get((p.id, row.department_id), set()) for p in above))

    def _nearest(self, who: str, row: Matter, *, of_department: bool = True) -> set[int]:
        department = row.department_id if of_department else None
        found = (
            self.posts[who].get((place.id, department)) for place in self.directory.ancestors(row.place_id)
        )
        return next((people for people in found if people), set())
