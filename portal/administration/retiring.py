"""Retiring what is no longer to be chosen, and bringing it back. What was sent keeps its names."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.administration.changes import name_row, record_change
from portal.communities.directory import CategoryEntry, Directory
from portal.communities.models import Category, Department, Place
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import listed
from portal.threads.events import Actor

Retirable = Place | Department | Category


def retire(session: Session, row: Retirable, directory: Directory, *, by: Actor, now: datetime) -> None:
    """Take the row out of all choices; with a place goes all that is below it.

    Conflict for a place with nothing above it, and for a department that something still goes to.
    """
    if row.retired_at is not None:
        return
    _refuse_what_is_needed(row, directory)
    for each in _with_what_is_below(session, row):
        each.retired_at = each.retired_at or now
    session.flush()
    record_change(session, name_row(row), {"retired": False}, {"retired": True}, by=by, now=now)


def bring_back(session: Session, row: Retirable, directory: Directory, *, by: Actor, now: datetime) -> None:
    """Offer the row again, and with a place what was retired together with it.

    Conflict where what it hangs on is retired itself.
    """
    since = row.retired_at
    if since is None:
        return
    _refuse_what_hangs(row, directory)
    for each in _with_what_is_below(session, row):
        each.retired_at = None if each.retired_at == since else each.retired_at
    session.flush()
    record_change(session, name_row(row), {"retired": True}, {"retired": False}, by=by, now=now)


def categories_going_to(directory: Directory, department_id: int) -> list[CategoryEntry]:
    """Return the categories in use that somewhere go to this department."""
    here = {
        category_id
        for (category_id, place_id), target in directory.routes.items()
        if target == department_id and not directory.places[place_id].is_retired
    }
    return [c for c in directory.categories_in_use() if c.department_id == department_id or c.id in here]


def _refuse_what_is_needed(row: Retirable, directory: Directory) -> None:
    if isinstance(row, Place) and row.parent_id is None:
        raise Conflict(_("The whole can't be retired: everything stands below it."))
    if isinstance(row, Department) and (needing := categories_going_to(directory, row.id)):
        names = listed(category.name for category in needing)
        raise Conflict(
            _("These categories still go to it. Give them another department first: %(names)s.", names=names)
        )


def _refuse_what_hangs(row: Retirable, directory: Directory) -> None:
    if isinstance(row, Place) and row.parent_id and directory.places[row.parent_id].is_retired:
        raise Conflict(_("The place above it is retired. Bring that back first."))
    if isinstance(row, Category) and directory.departments[row.department_id].is_retired:
        raise Conflict(_("Its department is retired. Give it another department first."))


def _with_what_is_below(session: Session, row: Retirable) -> Sequence[Retirable]:
    if not isinstance(row, Place):
        return [row]
    return session.scalars(select(Place).where(Place.path.startswith(row.path))).all()
