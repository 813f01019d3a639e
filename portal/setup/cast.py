"""Who acts in the demo."""

from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import roles_at
from portal.accounts.identity import find_confirmed, new_person
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.communities.directory import Directory
from portal.core.storage import Store
from portal.threads.events import Actor
from portal.threads.models import Kind, Thread

DOMAIN = "@example.org"
BROWSERS = 15


@dataclass(frozen=True)
class Cast:
    """The people of the demo, and browsers that only vote."""

    session: Session
    directory: Directory
    store: Store
    staff: list[Person]
    residents: list[Person]
    browsers: list[Person]

    def author(self, by: str, now: datetime) -> Person:
        """Return the resident of this name, or a new person: with an address, or with nothing."""
        known = find_confirmed(self.session, by + DOMAIN) if by and "@" not in by else None
        return known or new_person(self.session, now, email=by or None)

    def voters(self, story_number: int, author: Person, votes: int, others: int) -> list[Person]:
        """Return so many residents, without the author, and so many browsers; each story its own."""
        residents = [p for p in self.residents if p.id != author.id]
        return [*_some(residents, story_number, votes), *_some(self.browsers, story_number * 7, others)]

    def coordinator(self, thread: Thread) -> Actor:
        """Return the coordinator of the thread's place."""
        path = self.directory.places[thread.place_id].path
        nearest = max(
            (role for p in self.staff for role in roles_at(p, path, RoleName.COORDINATOR)),
            key=lambda role: len(role.place.path),
        )
        return Actor(nearest.person, "coordinator")

    def coordinator_of(self, code: str) -> Actor:
        """Return a coordinator of the place with this code, or of one above it."""
        path = self.directory.place_codes[code].path
        roles = (role for p in self.staff for role in roles_at(p, path, RoleName.COORDINATOR))
        return Actor(next(roles).person, "coordinator")

    def worker(self, thread: Thread) -> Actor:
        """Return who works this thread: the department's officer, else the coordinator."""
        for person in self.staff:
            roles = roles_at(person, self.directory.places[thread.place_id].path, *OF_DEPARTMENT)
            if thread.kind == Kind.REPORT and any(r.department_id == thread.department_id for r in roles):
                return Actor(person, "officer")
        return self.coordinator(thread)


def gather(session: Session, directory: Directory, store: Store, now: datetime) -> Cast:
    """Return the people of the database as a cast, with browsers added."""
    people = session.scalars(select(Person).order_by(Person.id)).all()
    return Cast(
        session,
        directory,
        store,
        staff=[p for p in people if p.is_staff],
        residents=[p for p in people if not p.is_staff],
        browsers=[new_person(session, now) for _browser in range(BROWSERS)],
    )


def _some(people: list[Person], start: int, number: int) -> list[Person]:
    """Return `number` of the people, at most each once, going round from `start`."""
    first = start % len(people)
    return list(islice(cycle(people), first, first + min(number, len(people))))
