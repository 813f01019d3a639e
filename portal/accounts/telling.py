"""Roles in words."""

from typing import NamedTuple

from portal.accounts.models import Mark, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.i18n import lazy_gettext

# Translated when they are shown.
ROLE_NAMES = {
    RoleName.OFFICER: lazy_gettext("Officer"),
    RoleName.HEAD: lazy_gettext("Head of department"),
    RoleName.COORDINATOR: lazy_gettext("Coordinator"),
    RoleName.PANELLIST: lazy_gettext("Panellist"),
    RoleName.ADMINISTRATOR: lazy_gettext("Administrator"),
}


MARK_NAMES = {
    Mark.INSTITUTION: lazy_gettext("Institution"),
    Mark.FIRM: lazy_gettext("Firm"),
    Mark.EXPERT: lazy_gettext("Expert"),
}


class RoleLine(NamedTuple):
    role: str
    department: str  # or ""
    place: str


def tell_mark(person: Person, *, named: bool = True) -> str:
    """Return what the account speaks for in the language of the request; nothing for most people.

    Where somebody doesn't show their name, the name of their body stays away too (`named`).
    """
    if person.mark is None:
        return ""
    kind = str(MARK_NAMES[Mark(person.mark)])
    return f"{kind} · {person.mark_name}" if named and person.mark_name else kind


def tell_role(role: Role, directory: Directory) -> RoleLine:
    """Return a role in the language of the request."""
    department = directory.departments.get(role.department_id or 0)
    return RoleLine(
        str(ROLE_NAMES[role.name]),
        department.name if department else "",
        directory.full_name(role.place_id),
    )


def tell_roles(person: Person, directory: Directory) -> list[RoleLine]:
    """Return each role that the person holds in the language of the request."""
    return [tell_role(role, directory) for role in person.roles]
