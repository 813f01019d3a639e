"""Who of the staff may do what with a pilot."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, roles_at
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.pilots.models import Pilot
from portal.pilots.queries import find_pilot
from portal.threads.events import Actor


@dataclass(frozen=True)
class Hand:
    """What one member of staff may do with one pilot."""

    actor: Actor
    plans: bool  # writes the plan, starts and ends it: coordinators of the place
    measures: bool  # enters what was measured and spent: they and whoever is responsible
    reads: bool


def hand_for(person: Person | None, pilot: Pilot, directory: Directory) -> Hand:
    """Say what this person may do here. The plan is public: whoever works at the place may read its desk."""
    path = directory.places[pilot.place_id].path
    if is_coordinator_at(person, path):
        return Hand(Actor(person, "coordinator"), plans=True, measures=True, reads=True)
    roles = roles_at(person, path, *RoleName)
    owns = bool(roles) and person is not None and pilot.owner_id in (person.id, person.root_id)
    role = str(roles[0].name) if roles else "none"
    shown_as = "officer" if role == RoleName.HEAD else role
    return Hand(Actor(person, shown_as), plans=False, measures=owns, reads=bool(roles))


def get_pilot_for(
    session: Session, person: Person | None, code: str, directory: Directory
) -> tuple[Pilot, Hand]:
    """Return the pilot and what the person may do with it; NotFound for who does not work at its place."""
    pilot = find_pilot(session, code)
    if pilot is None:
        raise NotFound()
    hand = hand_for(person, pilot, directory)
    if not hand.reads:
        raise NotFound()
    return pilot, hand
