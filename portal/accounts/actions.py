"""The verbs of having an account."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person, Role, RoleName
from portal.accounts.passwords import hash_password
from portal.accounts.queries import find_code, find_holder
from portal.accounts.rules import CODE_LENGTH, CODE_SIGNS, read_code, write_code
from portal.accounts.sign_ins import end_sign_ins
from portal.communities.models import Department, Place
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.core.tokens import digest, new_token

MAIL_TOPIC = "account.mail"
VERIFIED_TOPIC = "person.verified"
CODE_DAYS = 14
KEEP_REGISTRATIONS = timedelta(days=30)  # unconfirmed


def register(
    session: Session, *, email: str, name: str, password_hash: str, language: str, now: datetime
) -> None:
    """Ask the address for proof. Whoever has an account there already is told so by mail."""
    holder = find_confirmed(session, email)
    if holder is not None and holder.password_hash:
        send_account_mail(session, holder, "already_registered", now)
        return
    person = Person(
        email=email.lower(), name=name, language=language, password_hash=password_hash, created_at=now
    )
    session.add(person)
    session.flush()
    send_account_mail(session, person, "confirm", now)


def forget_registrations(session: Session, now: datetime) -> None:
    """Empty registrations whose address nobody has confirmed in 30 days. Their links have ended too."""
    session.execute(
        update(Person)
        .where(
            Person.password_hash.is_not(None),
            Person.email.is_not(None),
            Person.email_confirmed_at.is_(None),
            Person.residency_confirmed_at.is_(None),
            Person.same_as_id.is_(None),
            Person.created_at < now - KEEP_REGISTRATIONS,
        )
        .values(email=None, password_hash=None, name="")
    )


def confirm_email(session: Session, person: Person, *, now: datetime) -> Person:
    """Take the address as proven. Return who the person is: the one who proved it before, if any.

    A password given with this registration becomes that one's: its owner has just shown that
    both the address and the password are theirs.
    """
    holder = find_confirmed(session, person.email or "")
    if holder is not None and holder.id != person.id:
        if person.password_hash:
            keep_password(session, holder, person.password_hash)
            person.password_hash = None
        holder.name = holder.name or person.name
        become_same(session, person, holder)
    person.email_confirmed_at = person.email_confirmed_at or now
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(_("This address is being confirmed elsewhere right now. Please try again.")) from error
    root = holder or person
    enqueue(session, VERIFIED_TOPIC, {"person_id": root.id}, now=now)
    return root


def become_same(session: Session, person: Person, root: Person) -> None:
    """Count this person, and whoever was found to be them, as `root` from now on.

    Where they are proven to live goes with them.
    """
    if root.residency_confirmed_at is None:
        root.residency_place_id = person.residency_place_id
        root.residency_confirmed_at = person.residency_confirmed_at
    session.execute(update(Person).where(Person.same_as_id == person.id).values(same_as_id=root.id))
    person.same_as_id = root.id
    session.flush()


def link_browser(session: Session, browser: Person | None, person: Person, *, now: datetime) -> None:
    """Let what a browser did before its user signed in count as this person's."""
    if browser is None or browser.email or browser.same_as_id or browser.id == person.id:
        return
    become_same(session, browser, person)
    enqueue(session, VERIFIED_TOPIC, {"person_id": person.id}, now=now)


def ask_for_reset(session: Session, email: str, *, now: datetime) -> None:
    """Mail a link for a new password, if anybody has an account with this address."""
    holder = find_holder(session, email)
    if holder is not None and not holder.is_blocked:
        send_account_mail(session, holder, "reset", now)


def reset_password(session: Session, person: Person, password_hash: str, *, now: datetime) -> Person:
    """Set the password by a mailed link, which proves the address too. Return who it is."""
    keep_password(session, person, password_hash)
    root = person if person.has_confirmed_email else confirm_email(session, person, now=now)
    send_account_mail(session, root, "password_changed", now)
    return root


def change_password(session: Session, person: Person, password_hash: str, *, now: datetime) -> None:
    """Set the password; every session of this person ends, and they are told by mail."""
    keep_password(session, person, password_hash)
    send_account_mail(session, person, "password_changed", now)


def set_password(session: Session, person: Person, password: str) -> None:
    """Hash and keep a password for this person. Every session of theirs ends."""
    keep_password(session, person, hash_password(password))


def keep_password(session: Session, person: Person, password_hash: str) -> None:
    person.password_hash = password_hash
    session.flush()
    end_sign_ins(session, person)


def change_details(
    session: Session, person: Person, *, name: str, language: str, mails: bool, now: datetime
) -> None:
    """Keep the person's name, language, and whether they want mails about what they sent."""
    person.name, person.language = name, language
    if mails:
        person.mail_stopped_at = None
    else:
        person.mail_stopped_at = person.mail_stopped_at or now
    session.flush()


def put_staff(session: Session, *, email: str, name: str, language: str, now: datetime) -> Person:
    """Add a member of staff, or bring name and language up to date.

    The set-up vouches for the address, so it counts as confirmed.
    """
    person = find_confirmed(session, email)
    if person is None:
        person = Person(email=email.lower(), created_at=now, email_confirmed_at=now)
        session.add(person)
    person.name, person.language = name, language
    session.flush()
    return person


def grant_role(
    session: Session, person: Person, name: RoleName, place: Place, department: Department | None = None
) -> bool:
    """Give the person this role at this place and below. Return False if they hold it already.

    An officer's role needs the department, the others have none.
    """
    department_id = department.id if department else None
    held = any((r.name, r.place_id, r.department_id) == (name, place.id, department_id) for r in person.roles)
    if not held:
        role = Role(name=name, place_id=place.id, place=place, department_id=department_id)
        person.roles.append(role)
        session.flush()
    return not held


def make_code(session: Session, person: Person, *, now: datetime) -> str:
    """Return a code, as it is to be printed, for the person's first sign-in within 14 days.

    Codes made for them before end.
    """
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.person_id == person.id, OneTimeCode.used_at.is_(None))
        .values(expires_at=now)
    )
    code = write_code(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
    session.add(
        OneTimeCode(
            person_id=person.id, digest=digest(read_code(code)), expires_at=now + timedelta(days=CODE_DAYS)
        )
    )
    session.flush()
    return code


def use_code(session: Session, code: str, password_hash: str, *, now: datetime) -> Person:
    """Set a password by a one-time code, which is then used up. Return whose code it was."""
    found = find_code(session, code)
    person = session.get(Person, found.person_id) if found else None
    if found is None or person is None or person.is_blocked or found.used_at or found.expires_at <= now:
        raise Invalid(_("This code is not right, or it has been used, or it is too old."))
    found.used_at = now
    keep_password(session, person, password_hash)
    return person


def send_account_mail(session: Session, person: Person, about: str, now: datetime) -> None:
    """Have a mail about the account sent; the key makes it the same mail however often tried."""
    enqueue(session, MAIL_TOPIC, {"person_id": person.id, "about": about, "key": new_token()}, now=now)
