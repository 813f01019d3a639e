"""Reads of people."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person
from portal.accounts.rules import read_code
from portal.core.tokens import digest


def records_of(person: Person) -> Select[int]:
    """Return the query for the numbers of all records that are this one person's."""
    return select(Person.id).where((Person.id == person.root_id) | (Person.same_as_id == person.root_id))


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of these people, for staff to read."""
    wanted = {i for i in ids if i is not None}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def find_holder(session: Session, email: str) -> Person | None:
    """Return whose password this address may set anew: who has confirmed it, else who registered last."""
    return find_confirmed(session, email) or session.scalar(
        select(Person)
        .where(Person.email == email.lower(), Person.password_hash.is_not(None), Person.same_as_id.is_(None))
        .order_by(Person.id.desc())
        .limit(1)
    )


def find_code(session: Session, code: str) -> OneTimeCode | None:
    """Return the one-time code as it was made, used or not, locked for this transaction."""
    return session.scalar(
        select(OneTimeCode).where(OneTimeCode.digest == digest(read_code(code))).with_for_update()
    )
