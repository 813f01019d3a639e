"""Where an administrator may change what."""

from portal.accounts.models import Person, RoleName
from portal.communities.models import Place


def top_places(person: Person) -> list[Place]:
    """Return the highest places at which the person is an administrator, none inside another."""
    held = [role.place for role in person.roles if role.name == RoleName.ADMINISTRATOR]
    paths = {place.path: place for place in held}
    return [
        place
        for path, place in sorted(paths.items())
        if not any(path != other and path.startswith(other) for other in paths)
    ]
