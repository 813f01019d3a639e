"""The browsers in which people are signed in: a row for each, which its secret cookie finds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, SignIn
from portal.core.tokens import digest, new_token

STAFF_SESSION = timedelta(hours=12)
RESIDENT_SESSION = timedelta(days=30)


def begin_sign_in(session: Session, person: Person, browser: str, *, now: datetime) -> str:
    """Note a browser in which the person is signed in from now on. Return its secret."""
    secret = new_token()
    session.add(
        SignIn(person_id=person.id, digest=digest(secret), browser=browser, began_at=now, seen_at=now)
    )
    session.flush()
    return secret


def find_sign_in(session: Session, secret: str, *, now: datetime) -> SignIn | None:
    """Return the sign-in of this secret with its person, unless it is over or they are blocked."""
    found = session.scalar(select(SignIn).where(SignIn.digest == digest(secret)))
    if found is None or found.person.is_blocked or now - found.began_at > longest(found.person):
        return None
    return found


def longest(person: Person) -> timedelta:
    """Return after what time the person must sign in again: staff sooner."""
    return STAFF_SESSION if person.is_staff else RESIDENT_SESSION


def list_sign_ins(session: Session, person: Person, *, now: datetime) -> Sequence[SignIn]:
    """Return where the person is signed in, the last seen first."""
    going_on = SignIn.began_at >= now - longest(person)
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person.id, going_on)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    ).all()


def end_sign_in(session: Session, person: Person, number: int) -> bool:
    """End one of the person's sign-ins. Return False if they have none of this number."""
    ended = session.execute(
        delete(SignIn).where(SignIn.id == number, SignIn.person_id == person.id).returning(SignIn.id)
    )
    return ended.first() is not None


def end_sign_ins(session: Session, person: Person, *, but: int | None = None) -> None:
    """Sign the person out everywhere, `but` in the browser with this number."""
    others = delete(SignIn).where(SignIn.person_id == person.id)
    session.execute(others if but is None else others.where(SignIn.id != but))


def forget_sign_ins(session: Session, now: datetime) -> None:
    """Remove those that are over for everybody."""
    session.execute(delete(SignIn).where(SignIn.began_at < now - RESIDENT_SESSION))
