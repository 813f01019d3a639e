"""Whom an administrator finds among the people, and what they see of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from portal.accounts.access import administers, administers_all
from portal.accounts.models import Person, Role
from portal.accounts.telling import RoleLine, tell_roles
from portal.administration.access import top_places
from portal.communities.directory import Directory
from portal.communities.models import Place
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.notifications.rules import mask_address
from portal.threads.models import Thread, Vote

PAGE_ROWS = 25


@dataclass(frozen=True)
class Wish:
    """Whom to list; what is empty leaves it open."""

    words: str = ""
    place: str = ""  # the path of a place: it and all below
    role: str = ""
    after: Person | None = None  # the last one of the page before


class Line(NamedTuple):
    number: int
    name: str
    email: str  # masked for who may not see it
    roles: list[RoleLine]
    state: str


def list_people(
    session: Session, visitor: Person, directory: Directory, wish: Wish, most: int = PAGE_ROWS
) -> tuple[Sequence[Person], bool]:
    """Return at most so many people in the order of their names, and whether more follow.

    Without words these are the staff of the visitor's places. With words, all staff, and for an
    administrator of the whole everybody who has an account.
    """
    rows = select(Person).where(Person.same_as_id.is_(None), Person.erased_at.is_(None))
    rows = rows.where(_is_asked_for(visitor, directory, wish))
    if wish.words:
        rows = rows.where(_is_named(visitor, wish.words))
    if wish.after is not None:
        same_name = (Person.name == wish.after.name) & (Person.id > wish.after.id)
        rows = rows.where((Person.name > wish.after.name) | same_name)
    found = session.scalars(rows.order_by(Person.name, Person.id).limit(most + 1)).all()
    return found[:most], len(found) > most


def _is_asked_for(visitor: Person, directory: Directory, wish: Wish) -> ColumnElement[bool]:
    conditions = []
    if wish.role:
        conditions.append(Role.name == wish.role)
    if wish.place:
        conditions.append(Place.path.startswith(wish.place))
    if not wish.words:
        conditions.append(_reached_by(visitor))
    if not conditions and administers_all(visitor, directory):
        return or_(_holds_role(), Person.email_confirmed_at.is_not(None))
    return _holds_role(*conditions)


def _holds_role(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return that a person holds a role of which all this is true."""
    roles = select(Role.id).join(Place, Place.id == Role.place_id)
    return roles.where(Role.person_id == Person.id, *conditions).exists()


def _reached_by(visitor: Person) -> ColumnElement[bool]:
    return or_(*(Place.path.startswith(place.path) for place in top_places(visitor)))


def _is_named(visitor: Person, words: str) -> ColumnElement[bool]:
    """Return that name or address hold the words; an address out of reach only counts as a whole."""
    part = Person.email.contains(words.lower(), autoescape=True)
    return or_(
        Person.name.icontains(words, autoescape=True),
        Person.email == words.lower(),
        part & _holds_role() & ~_holds_role(~_reached_by(visitor)),
    )


def get_person(session: Session, visitor: Person, directory: Directory, number: int) -> Person:
    """Return a member of staff; for an administrator of the whole, anybody. Else NotFound."""
    person = session.get(Person, number)
    if person is None or person.same_as_id or person.erased_at:
        raise NotFound()
    if not person.is_staff and not administers_all(visitor, directory):
        raise NotFound()
    return person


def sees_address(visitor: Person, person: Person, directory: Directory) -> bool:
    """Tell whether the visitor may see the address: that of staff of their places only, or of anybody.

    Who works elsewhere too stays masked: by giving somebody a role one learns no address.
    """
    return administers_all(visitor, directory) or (person.is_staff and _reaches_all_roles(visitor, person))


def _reaches_all_roles(visitor: Person, person: Person) -> bool:
    return all(administers(visitor, role.place.path) for role in person.roles)


def manages(session: Session, visitor: Person, person: Person, directory: Directory) -> bool:
    """Tell whether the visitor may close the account or let its owner in anew.

    An administrator of the whole may, of all accounts but their own. One of a part may if the
    account was made by an invitation to their places, gives no role outside them, and is used
    for work only. Whatever else it opens would be theirs too: so no role makes an account that
    was there before, or that is a resident's as well, one to look after.
    """
    if person.id == visitor.id:
        return False
    if administers_all(visitor, directory):
        return True
    made_for = directory.places.get(person.invited_place_id or 0)
    is_of_here = made_for is not None and administers(visitor, made_for.path)
    return is_of_here and _reaches_all_roles(visitor, person) and not _is_residents(session, person)


def _is_residents(session: Session, person: Person) -> bool:
    """Tell whether the account's owner also lives here, sent something, or voted."""
    if person.residency_confirmed_at is not None:
        return True
    signs = (Person.same_as_id == person.id, Thread.author_id == person.id, Vote.person_id == person.id)
    return bool(session.scalar(select(or_(*(exists().where(sign) for sign in signs)))))


def tell_line(visitor: Person, person: Person, directory: Directory) -> Line:
    return Line(
        person.id,
        person.name or _("Without a name"),
        tell_address(visitor, person, directory),
        tell_roles(person, directory),
        tell_state(person),
    )


def tell_address(visitor: Person, person: Person, directory: Directory) -> str:
    email = person.email or ""
    return email if not email or sees_address(visitor, person, directory) else mask_address(email)


def tell_state(person: Person) -> str:
    """Return what an administrator should know of the account, or an empty string."""
    if person.is_blocked:
        return _("Blocked")
    if person.password_hash is None:
        return _("Has not signed in yet") if person.is_staff else _("Has no password")
    return _("Has a second factor") if person.has_second_factor else ""
