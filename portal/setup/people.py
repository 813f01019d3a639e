"""Staff of a neighbourhood: their roles, and how they sign in for the first time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import grant_role, make_code, put_staff
from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person, Role
from portal.communities.models import Department, Place
from portal.setup.file import PersonEntry, RoleEntry
from portal.setup.kept import Kept


@dataclass(frozen=True)
class Code:
    """A one-time code as it is to be handed to its person; the database keeps only its digest."""

    name: str
    email: str
    code: str


def put_people(
    session: Session, entries: Iterable[PersonEntry], kept: Kept, *, now: datetime
) -> list[Person]:
    """Bring these people to what their entries say, but for those whose roles a page has set."""
    found = ((entry, find_confirmed(session, entry.email)) for entry in entries)
    return [_put_person(session, entry, now) for entry, there in found if not kept.holds(there, entry.email)]


def make_codes(session: Session, people: Iterable[Person], *, now: datetime, anew: bool) -> list[Code]:
    """Make a one-time code for whoever has no password and never had a code.

    With `anew`, for everybody without a password.
    """
    return [
        Code(person.name, person.email or "", make_code(session, person, now=now))
        for person in people
        if person.password_hash is None and (anew or not _had_code(session, person))
    ]


def _put_person(session: Session, entry: PersonEntry, now: datetime) -> Person:
    """Put one person with exactly the roles of the entry. The language they chose themselves stays."""
    there = find_confirmed(session, entry.email)
    language = there.language if there else entry.language
    person = put_staff(session, email=entry.email, name=entry.name, language=language, now=now)
    wanted = [_places_of(session, role) for role in entry.roles]
    for role in _surplus(person, entry, wanted):
        person.roles.remove(role)
        session.delete(role)
    for role_entry, (place, department) in zip(entry.roles, wanted, strict=True):
        grant_role(session, person, role_entry.role, place, department)
    return person


def _places_of(session: Session, role: RoleEntry) -> tuple[Place, Department | None]:
    place = session.scalars(select(Place).where(Place.code == role.place)).one()
    return place, session.scalar(select(Department).where(Department.code == (role.department or "")))


def _surplus(
    person: Person, entry: PersonEntry, wanted: list[tuple[Place, Department | None]]
) -> Iterator[Role]:
    """Find the roles a person holds that the entry doesn't list."""
    kept = {
        (role.role, place.id, department.id if department else None)
        for role, (place, department) in zip(entry.roles, wanted, strict=True)
    }
    return (r for r in list(person.roles) if (r.name, r.place_id, r.department_id) not in kept)


def _had_code(session: Session, person: Person) -> bool:
    return (
        session.scalar(select(OneTimeCode.id).where(OneTimeCode.person_id == person.id).limit(1)) is not None
    )
