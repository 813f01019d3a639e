"""Codes on paper by which the people of a household show that they live in a community."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from portal.accounts.actions import VERIFIED_TOPIC
from portal.accounts.identity import root_person
from portal.accounts.models import HouseholdCode, Person
from portal.accounts.rules import CODE_SIGNS, read_code, write_code
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.core.tokens import derive

LENGTH = 8  # signs: a million million codes, of which nobody can try more than some hundred a day
MOST_AT_ONCE = 500  # households
LONGEST_HOUSEHOLD = 80  # characters of its name


@dataclass(frozen=True)
class Printed:
    """A household and its code, which is nowhere but on the paper."""

    household: str
    code: str


def make_household_codes(
    session: Session, place_id: int, households: Iterable[str], *, uses: int, days: int, now: datetime
) -> tuple[list[HouseholdCode], list[Printed]]:
    """Make a code for each household of a community, good for so many people and days.

    Earlier codes of these households end with it, and what has ended here is removed.
    """
    names = list(dict.fromkeys(households))
    ended = or_(HouseholdCode.expires_at <= now, HouseholdCode.household.in_(names))
    session.execute(delete(HouseholdCode).where(HouseholdCode.place_id == place_id, ended))
    printed = [
        Printed(name, write_code(secrets.choice(CODE_SIGNS) for _sign in range(LENGTH))) for name in names
    ]
    rows = [
        HouseholdCode(
            place_id=place_id,
            household=each.household,
            digest=_digest(each.code),
            made_at=now,
            expires_at=now + timedelta(days=days),
            uses_left=uses,
        )
        for each in printed
    ]
    session.add_all(rows)
    session.flush()
    return rows, printed


def use_household_code(session: Session, person: Person, code: str, *, now: datetime) -> None:
    """Keep that the person lives where the code is from. Raises Invalid for a code that isn't good.

    Who lives there already uses nothing up, so that a code typed twice counts once.
    """
    found = session.scalar(
        select(HouseholdCode).where(HouseholdCode.digest == _digest(code)).with_for_update()
    )
    if found is None or found.expires_at <= now:
        raise Invalid(_("This code is not right, or it has ended. Please ask the committee for another."))
    root = root_person(session, person)
    if root.residency_place_id == found.place_id and root.residency_confirmed_at is not None:
        return
    if found.uses_left < 1:
        raise Invalid(_("This code has been used by as many people as it is for."))
    found.uses_left -= 1
    root.residency_place_id, root.residency_confirmed_at = found.place_id, now
    session.flush()
    enqueue(session, VERIFIED_TOPIC, {"person_id": root.id}, now=now)


def withdraw_household_code(session: Session, code: HouseholdCode, *, now: datetime) -> None:
    """End a code. Who has used it still lives where they live."""
    code.expires_at = min(code.expires_at, now)
    session.flush()


def list_household_codes(
    session: Session, place_ids: Sequence[int], *, before: int | None, limit: int, now: datetime
) -> Sequence[HouseholdCode]:
    """Return the codes of these communities that are good, newest first, older than `before`."""
    good = select(HouseholdCode).where(HouseholdCode.place_id.in_(place_ids), HouseholdCode.expires_at > now)
    if before is not None:
        good = good.where(HouseholdCode.id < before)
    return session.scalars(good.order_by(HouseholdCode.id.desc()).limit(limit)).all()


def _digest(code: str) -> str:
    """Return what is kept of a code: with the key of the installation, for it is too short for less."""
    return derive("household", read_code(code))
