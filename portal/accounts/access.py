"""Who holds which role where."""

from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.communities.directory import Directory


def roles_at(person: Person | None, path: str, *names: RoleName) -> list[Role]:
    """Return the person's roles of these names whose place is this one or above it."""
    if person is None or person.is_blocked:
        return []
    return [r for r in person.roles if r.name in names and path.startswith(r.place.path)]


def is_coordinator_at(person: Person | None, path: str) -> bool:
    return bool(roles_at(person, path, RoleName.COORDINATOR))


def is_panellist_at(person: Person | None, path: str) -> bool:
    return bool(roles_at(person, path, RoleName.PANELLIST))


def is_officer_for(person: Person | None, path: str, department_id: int | None) -> bool:
    """Tell whether the person works for this department at this place or above it."""
    if department_id is None:
        return False
    return any(r.department_id == department_id for r in roles_at(person, path, *OF_DEPARTMENT))


def administers(person: Person | None, path: str) -> bool:
    """Tell whether the person is an administrator at this place or above it."""
    return bool(roles_at(person, path, RoleName.ADMINISTRATOR))


def administers_all(person: Person | None, directory: Directory) -> bool:
    """Tell whether the person may change what counts everywhere: an administrator at every root."""
    roots = [place for place in directory.places.values() if place.parent_id is None]
    return bool(roots) and all(administers(person, root.path) for root in roots)


def has_role(person: Person | None, *names: RoleName) -> bool:
    """Tell whether the person holds any of the roles anywhere."""
    return person is not None and not person.is_blocked and any(r.name in names for r in person.roles)


def places_reached(person: Person, directory: Directory, *names: RoleName) -> list[int]:
    """Return the ids of all places in which the person holds one of the roles."""
    ids: dict[int, None] = {}
    for role in person.roles:
        if role.name in names:
            ids.update(dict.fromkeys(directory.within(role.place_id)))
    return list(ids)
