"""Where an administrator may change what."""

from portal.accounts.access import roles_at
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.communities.models import Place


def administers(person: Person | None, path: str) -> bool:
    """Tell whether the person is an administrator at this place or above it."""
    return bool(roles_at(person, path, RoleName.ADMINISTRATOR))


def administers_all(person: Person | None, directory: Directory) -> bool:
    """Tell whether the person may change what counts everywhere: an administrator at every root."""
    roots = [place for place in directory.places.values() if place.parent_id is None]
    return bool(roots) and all(administers(person, root.path) for root in roots)


def top_places(person: Person) -> list[Place]:
    """Return the highest places at which the person is an administrator, none inside another."""
    held = [role.place for role in person.roles if role.name == RoleName.ADMINISTRATOR]
    paths = {place.path: place for place in held}
    return [
        place
        for path, place in sorted(paths.items())
        if not any(path != other and path.startswith(other) for other in paths)
    ]
