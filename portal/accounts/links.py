"""The signed links that mails carry: to confirm an address, to set a new password."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.tokens import digest, sign, unsign

CONFIRM, RESET, INVITE = "confirm", "reset", "invite"
CONFIRM_SECONDS = 30 * 24 * 3600
RESET_SECONDS = 2 * 3600
INVITE_SECONDS = 7 * 24 * 3600


def confirm_token(person: Person) -> str:
    """Return the token by which whoever reads the mail proves that the address is theirs."""
    return sign(CONFIRM, person.id)


def find_to_confirm(session: Session, token: str) -> Person | None:
    return find_linked(session, unsign(CONFIRM, token, CONFIRM_SECONDS))


def find_linked(session: Session, number: Any) -> Person | None:
    """Return who a signed link is for; None where it names nobody, or they are deleted."""
    person = session.get(Person, number) if isinstance(number, int) else None
    return person if person and not person.erased_at else None


def reset_token(person: Person) -> str:
    """Return a token for one change of the password: with the change it ends."""
    return sign(RESET, [person.id, _state(person)])


def find_to_reset(session: Session, token: str) -> Person | None:
    return _find_by_state(session, unsign(RESET, token, RESET_SECONDS))


def invite_token(person: Person) -> str:
    """Return a token for a new member of staff's first password: with it, it ends."""
    return sign(INVITE, [person.id, _state(person)])


def find_invited(session: Session, token: str) -> Person | None:
    """Return who is invited by this link, as long as they hold a role: without one it is withdrawn."""
    person = _find_by_state(session, unsign(INVITE, token, INVITE_SECONDS))
    return person if person and person.roles else None


def _find_by_state(session: Session, value: Any) -> Person | None:
    """Return the person of a signed number, if their password is still that of the signed state."""
    if not isinstance(value, list):
        return None
    number, state = value
    person = session.get(Person, number)
    is_open = person is not None and not person.is_blocked and not person.erased_at
    return person if person and is_open and _state(person) == state else None


def _state(person: Person) -> str:
    return digest(f"{person.password_hash}")[:20]
