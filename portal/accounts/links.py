"""The signed links that mails carry: to confirm an address, to set a new password."""

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.core.tokens import digest, sign, unsign

CONFIRM, RESET = "confirm", "reset"
CONFIRM_SECONDS = 30 * 24 * 3600
RESET_SECONDS = 2 * 3600


def confirm_token(person: Person) -> str:
    """Return the token by which whoever reads the mail proves that the address is theirs."""
    return sign(CONFIRM, person.id)


def find_to_confirm(session: Session, token: str) -> Person | None:
    number = unsign(CONFIRM, token, CONFIRM_SECONDS)
    return session.get(Person, number) if isinstance(number, int) else None


def reset_token(person: Person) -> str:
    """Return a token for one change of the password: with the change it ends."""
    return sign(RESET, [person.id, _state(person)])


def find_to_reset(session: Session, token: str) -> Person | None:
    value = unsign(RESET, token, RESET_SECONDS)
    if not isinstance(value, list):
        return None
    number, state = value
    person = session.get(Person, number)
    return person if person and not person.is_blocked and _state(person) == state else None


def _state(person: Person) -> str:
    return digest(f"{person.password_hash}:{person.session_epoch}")[:20]
