"""The second factor: codes that a phone makes from a shared key, and recovery codes for a lost phone.

The database keeps a random seed. The key is made from it and the signing key each time, so that
whoever reads a copy of the database alone can make no codes.
"""

import base64
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RecoveryCode
from portal.accounts.rules import CODE_LENGTH, CODE_SIGNS, read_code, write_code
from portal.accounts.sign_ins import end_sign_ins
from portal.core.tokens import derive, digest, new_token

ISSUER = "Linli"  # how the app on the phone lists it
KEY_BYTES = 20  # 160 bits, 32 letters to type
FIGURES = 6
RECOVERY_CODES = 10


def new_seed() -> str:
    """Return what to keep for a new key. It is no secret by itself."""
    return new_token()


def key_of(seed: str) -> str:
    """Return the key as letters and figures, as the phone wants it."""
    made = base64.urlsafe_b64decode(derive("second-factor", seed))
    return base64.b32encode(made[:KEY_BYTES]).decode()


def address_of(seed: str, email: str) -> str:
    """Return the address that the picture holds: the phone reads key and account from it."""
    return pyotp.TOTP(key_of(seed)).provisioning_uri(name=email, issuer_name=ISSUER)


def find_step(seed: str, typed: str, *, now: datetime) -> int | None:
    """Return the half minute that the code belongs to: this one or one beside it, as clocks differ."""
    code, totp = read_code(typed).encode(errors="replace"), pyotp.TOTP(key_of(seed))
    present = totp.timecode(now)
    steps = (present, present - 1, present + 1)
    return next((s for s in steps if secrets.compare_digest(totp.generate_otp(s).encode(), code)), None)


def switch_on(session: Session, person: Person, seed: str, step: int, *, now: datetime) -> list[str]:
    """Ask for a second factor from now on. Return the recovery codes, to be shown this once.

    Whoever is signed in as this person without it is signed out; `step` is that of the code by
    which they showed that their phone has the key.
    """
    person.totp_seed, person.totp_confirmed_at, person.totp_last_step = seed, now, step
    session.flush()
    end_sign_ins(session, person)
    return make_recovery_codes(session, person)


def switch_off(session: Session, person: Person) -> None:
    """Ask for the password only from now on."""
    person.totp_seed = person.totp_confirmed_at = person.totp_last_step = None
    session.flush()
    _forget_recovery_codes(session, person)


def make_recovery_codes(session: Session, person: Person) -> list[str]:
    """Return ten new codes, of which only digests are kept; those made before end."""
    _forget_recovery_codes(session, person)
    codes = [
        write_code(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(person_id=person.id, digest=_digest(person, code)) for code in codes)
    session.flush()
    return codes


def count_recovery_codes(session: Session, person: Person) -> int:
    mine = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person.id)
    return session.scalar(mine) or 0


def use_second_factor(session: Session, person: Person, typed: str, *, now: datetime) -> bool:
    """Take a code of the phone or a recovery code. Return False if it is wrong or was used before."""
    if person.totp_seed is None:
        return False
    if len(read_code(typed)) == FIGURES:
        step = find_step(person.totp_seed, typed, now=now)
        return step is not None and _use_step(session, person, step)
    used = delete(RecoveryCode).where(
        RecoveryCode.person_id == person.id, RecoveryCode.digest == _digest(person, typed)
    )
    return session.execute(used.returning(RecoveryCode.id)).first() is not None


def _use_step(session: Session, person: Person, step: int) -> bool:
    """Note the step, unless it or a later one was used: also by somebody else at this moment."""
    unused = (Person.totp_last_step.is_(None)) | (Person.totp_last_step < step)
    noted = update(Person).where(Person.id == person.id, unused).values(totp_last_step=step)
    return session.execute(noted.returning(Person.id)).first() is not None


def _digest(person: Person, code: str) -> str:
    return digest(f"{person.id}:{read_code(code)}")


def _forget_recovery_codes(session: Session, person: Person) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
