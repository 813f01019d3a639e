"""Who of the staff may take something down for somebody else, and hold its private link."""

from portal.accounts.access import is_coordinator_at
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.threads.channels import TAKEN_DOWN
from portal.threads.models import Thread

TAKERS = (RoleName.COORDINATOR, *OF_DEPARTMENT)


def taking_role(person: Person, place: PlaceEntry) -> RoleName | None:
    """Return the role in which the person takes things down for this place, or None.

    A role reaches everything below its place; in a community it is enough to work in a part of it.
    """
    if person.is_blocked:
        return None
    held = {role.name for role in person.roles if _reaches(role.place.path, place)}
    return next((name for name in TAKERS if name in held), None)


def _reaches(path: str, place: PlaceEntry) -> bool:
    is_part = place.kind == PlaceKind.COMMUNITY and path.startswith(place.path)
    return is_part or place.path.startswith(path)


def may_print_slip(person: Person, thread: Thread, taken_by: int | None, directory: Directory) -> bool:
    """Tell whether the person may print the sender's private link: who took it down, or who coordinates."""
    if thread.channel not in TAKEN_DOWN:
        return False
    return person.id == taken_by or is_coordinator_at(person, directory.places[thread.place_id].path)
