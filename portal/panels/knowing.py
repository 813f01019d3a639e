"""What panellists know about: said by themselves, or by who looks after the panel."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.access import administers, has_role, is_coordinator_at, places_reached
from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import Directory
from portal.panels.models import Expertise
from portal.panels.queries import list_knowledge


def may_say_of(person: Person, panellist: Person) -> bool:
    """Tell whether the person may say what a panellist knows: themselves, or who looks after their place."""
    if not has_role(panellist, RoleName.PANELLIST):
        return False
    paths = [role.place.path for role in panellist.roles if role.name == RoleName.PANELLIST]
    looks_after = any(administers(person, path) or is_coordinator_at(person, path) for path in paths)
    return person.id == panellist.id or looks_after


def list_known_people(session: Session, person: Person, directory: Directory) -> Sequence[Person]:
    """Return the panellists of whom the person may say what they know, by name."""
    places = places_reached(person, directory, RoleName.COORDINATOR, RoleName.ADMINISTRATOR)
    holding = select(Role.person_id).where(Role.place_id.in_(places), Role.name == RoleName.PANELLIST)
    people = select(Person).where(Person.id.in_(holding), ~Person.is_blocked)
    return session.scalars(people.order_by(Person.name, Person.id)).all()


def tell_knowledge(
    session: Session, people: Sequence[Person], directory: Directory
) -> list[tuple[Person, list[str]]]:
    """Return each of these people with the names of what they know about; one query."""
    known = list_knowledge(session, [person.id for person in people])
    names = {c.id: c.name for c in directory.categories.values()}
    return [(p, sorted(names[number] for number in known[p.id] if number in names)) for p in people]


def set_knowledge(session: Session, person: Person, codes: Collection[str], directory: Directory) -> None:
    """Keep which categories a panellist knows about, and no others."""
    session.execute(delete(Expertise).where(Expertise.person_id == person.id))
    found = (directory.category_codes.get(code) for code in sorted(set(codes)))
    session.add_all(Expertise(person_id=person.id, category_id=c.id) for c in found if c)
    session.flush()
