"""Whoever judges a pilot has no part in it: what the records know of that, beside what people declare."""

import re
from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, roles_at
from portal.accounts.models import OF_DEPARTMENT, Person
from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.panels.queries import concerned_in
from portal.pilots.models import Pilot
from portal.threads.models import Thread


@dataclass(frozen=True)
class Known:
    """Who is known to have a part in a pilot."""

    path: str  # of its place
    owner_id: int | None
    departments: Set[int]  # of the owner
    concerned: Set[int]  # who wrote the idea, or supports it
    partners: str  # in words

    def against(self, person: Person, body: str = "") -> str:
        """Return why this person, who speaks for a `body`, can't judge the pilot; nothing if they can."""
        if person.root_id == self.owner_id:
            return _("Whoever is responsible for a pilot can’t judge it.")
        if is_coordinator_at(person, self.path):
            return _("Whoever decides about a pilot can’t judge it.")
        if self.departments & _departments(person, self.path):
            return _("The department that carries out a pilot can’t judge it.")
        if person.root_id in self.concerned:
            return _("Whoever proposed or supports an idea can’t judge its pilot.")
        if any(is_named(name, self.partners) for name in (person.name or "", body)):
            return _("A partner of a pilot can’t judge it.")
        return ""


def read_known(session: Session, pilot: Pilot, thread: Thread, directory: Directory) -> Known:
    """Return who has a part in the pilot: its owner and their department, and whose idea it was."""
    path = directory.places[pilot.place_id].path
    owner = session.get(Person, pilot.owner_id) if pilot.owner_id else None
    return Known(
        path,
        owner.root_id if owner else None,
        _departments(owner, path) if owner else set(),
        set(session.scalars(concerned_in(thread))),
        pilot.partners,
    )


def is_named(name: str, partners: str) -> bool:
    """Tell whether a name stands among the partners; one in Latin letters as words of its own."""
    name = name.strip()
    pattern = rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)
    return len(name) > 1 and re.search(pattern, partners, re.IGNORECASE) is not None


def _departments(person: Person, path: str) -> set[int]:
    return {role.department_id for role in roles_at(person, path, *OF_DEPARTMENT) if role.department_id}
