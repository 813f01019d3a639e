"""What administrators do with people: inviting, roles, closing accounts. Each is kept on record."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.actions import grant_role, make_code, put_staff, send_account_mail
from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person, Role, RoleName
from portal.accounts.second_factor import switch_off
from portal.accounts.sign_ins import end_sign_ins
from portal.communities.directory import get_directory
from portal.communities.models import Department, Place
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.threads.events import Actor, record_administration
from portal.triage.handing import leave_what_is_not_theirs

INVITATIONS_A_DAY = 5  # mails to one address


def invite(session: Session, *, email: str, name: str, language: str, place: Place, now: datetime) -> Person:
    """Return the person of this address; who has none yet is added, and the inviter vouches for it.

    What somebody calls themselves stays. A new account, or one that nobody has used, is noted as made
    for work at the place. Invalid for an account that is blocked.
    """
    person = find_confirmed(session, email)
    if person is None:
        person = put_staff(session, email=email, name=name, language=language, now=now)
    if person.is_blocked:
        raise Invalid(_("This account is blocked. Open it again first."))
    if is_vouched_for(person) and person.password_hash is None and not person.roles:
        person.invited_place_id = place.id
    person.name = person.name or name
    return person


def is_vouched_for(person: Person) -> bool:
    """Tell whether the address was only vouched for: who proved it can set a password by mail."""
    return person.email_confirmed_at == person.created_at


def grant(
    session: Session,
    person: Person,
    name: RoleName,
    place: Place,
    department: Department | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Give the person a role at a place and below; one they hold already changes nothing."""
    if grant_role(session, person, name, place, department):
        role = {
            "role": str(name),
            "place_id": place.id,
            "department_id": department.id if department else None,
        }
        _record(session, person, "role_granted", {}, role, by=by, now=now)


def take(session: Session, role: Role, *, by: Actor, now: datetime) -> None:
    """Take a role from its person, and leave to the departments what they may no longer work.

    Conflict for the last administrator of the whole.
    """
    person = role.person
    if role.name == RoleName.ADMINISTRATOR and role.place.parent_id is None:
        _refuse_last(session, person, role.place_id)
    person.roles.remove(role)
    session.delete(role)
    session.flush()
    taken = {"role": str(role.name), "place_id": role.place_id, "department_id": role.department_id}
    _record(session, person, "role_taken", taken, {}, by=by, now=now)
    leave_what_is_not_theirs(session, person, get_directory(session), by=by, now=now)


def block(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Close the account: it is signed out everywhere, and its work is left to the departments.

    Conflict for the last administrator of the whole.
    """
    if person.is_blocked:
        return
    for role in person.roles:
        if role.name == RoleName.ADMINISTRATOR and role.place.parent_id is None:
            _refuse_last(session, person, role.place_id)
    person.is_blocked = True
    session.flush()
    end_sign_ins(session, person)
    _record(session, person, "blocked", {"blocked": False}, {"blocked": True}, by=by, now=now)
    leave_what_is_not_theirs(session, person, get_directory(session), by=by, now=now)


def unblock(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Open a closed account again."""
    if person.is_blocked:
        person.is_blocked = False
        session.flush()
        _record(session, person, "unblocked", {"blocked": True}, {"blocked": False}, by=by, now=now)


def send_invitation(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Mail the person what roles they have and, until they have a password, a link to choose it.

    Raises TooMany where the address had several today.
    """
    subject = person.email or ""
    count_attempt(
        session, "account_mail.invited", subject, most=INVITATIONS_A_DAY, within=timedelta(days=1), now=now
    )
    send_account_mail(session, person, "invited", now)
    _record(session, person, "invited", {}, {}, by=by, now=now)


def withdraw_invitation(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Take all roles from somebody who never signed in; link and printed code end with them."""
    if person.password_hash is not None:
        raise Conflict(_("This person has a password already. Take the roles one by one instead."))
    for role in list(person.roles):
        take(session, role, by=by, now=now)
    session.execute(update(OneTimeCode).where(OneTimeCode.person_id == person.id).values(expires_at=now))


def print_code(session: Session, person: Person, *, by: Actor, now: datetime) -> str:
    """Return a new code for a sign-in within 14 days, to be handed to the person; those before end."""
    code = make_code(session, person, now=now)
    _record(session, person, "code_made", {}, {}, by=by, now=now)
    return code


def reset_second_factor(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Switch somebody's second factor off, who lost phone and recovery codes. They are told by mail."""
    if not person.has_second_factor:
        return
    switch_off(session, person)
    end_sign_ins(session, person)
    send_account_mail(session, person, "second_factor_reset", now)
    state = {"second_factor": True}, {"second_factor": False}
    _record(session, person, "second_factor_reset", *state, by=by, now=now)


def _refuse_last(session: Session, person: Person, root_id: int) -> None:
    """Raise Conflict if nobody else is an administrator of the whole."""
    others = (
        select(Person.id)
        .join(Role, Role.person_id == Person.id)
        .where(Role.name == RoleName.ADMINISTRATOR, Role.place_id == root_id)
        .where(Person.id != person.id, ~Person.is_blocked)
    )
    if session.scalar(others.limit(1)) is None:
        raise Conflict(
            _("This is the last administrator for all places. Give somebody else that role first.")
        )


def _record(
    session: Session,
    person: Person,
    verb: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    data = {"what": ["person", person.id], "before": before, "after": after}
    record_administration(session, f"person.{verb}", by=by, data=data, now=now)
