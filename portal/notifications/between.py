"""Warnings of what is overdue between departments and levels: who is told, and in which words."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.models import CaseDecision, Offer, Referral, Task
from portal.cases.overdue import SORTS, Overdue, list_overdue
from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.notifications.crew import Crew
from portal.notifications.models import Delivery, DueWarning
from portal.triage.deadlines import Level


def list_new(
    session: Session, crew: Crew, places: Collection[int], now: datetime
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give for each overdue thing nobody was told of yet whom to tell, and the warning to keep."""
    for sort in SORTS:
        known = select(DueWarning.id).where(
            DueWarning.clock == sort.name, DueWarning.item_id == sort.table.id
        )
        for each in list_overdue(session, sort, now, places=places, besides=~known.exists()):
            for person_id in told_of(crew, each):
                yield person_id, _warning(each, person_id, now)


def told_of(crew: Crew, each: Overdue) -> set[int]:
    """Return who is told: whose it is and their head; of what a coordinator decides, coordinators.

    Of a call that is not decided in time also the coordinators of the level above hear.
    """
    place_id, row = each.thread.place_id, each.row
    if isinstance(row, Task):
        return _with_head(crew, place_id, row.department_id, row.assignee_id)
    if isinstance(row, CaseDecision):
        return _with_head(crew, place_id, row.department_id, row.person_id)
    if isinstance(row, Referral):
        return crew.sorters(row.to_place_id) | crew.still(row.asked_by_id)
    if isinstance(row, Offer):
        return crew.sorters(place_id)
    return crew.sorters(place_id) | crew.sorters(place_id, higher=True)


def _with_head(crew: Crew, place_id: int, department_id: int | None, person_id: int | None) -> set[int]:
    has_it = crew.still(person_id)
    if department_id is None:
        return has_it or crew.sorters(place_id)
    own = has_it or crew.workers(place_id, department_id)
    return own | crew.heads(place_id, department_id) or crew.sorters(place_id)


def _warning(each: Overdue, person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "thread_id": each.thread.id,
        "clock": each.sort,
        "item_id": each.row.id,
        "level": Level.LATE,
        "since": each.due,
        "person_id": person_id,
        "at": now,
    }


def list_standing(session: Session, delivery: Delivery, now: datetime) -> Sequence[Overdue]:
    """Return what of this a mail carries and is still true, what was due first before the rest."""
    names = [sort.name for sort in SORTS]
    carried = DueWarning.delivery_id == delivery.id
    if session.scalar(select(DueWarning.id).where(carried, DueWarning.clock.in_(names)).limit(1)) is None:
        return []
    found: list[Overdue] = []
    for sort in SORTS:
        here = select(DueWarning.item_id).where(carried, DueWarning.clock == sort.name)
        found += list_overdue(session, sort, now, besides=sort.table.id.in_(here))
    return sorted(found, key=lambda each: (each.due, each.thread.id))


def tell_overdue(each: Overdue, directory: Directory) -> str:
    """Return in words what is overdue, and of whom."""
    row = each.row
    if isinstance(row, Task):
        return _("%(department)s has not finished its task", department=_name(row.department_id, directory))
    if isinstance(row, CaseDecision):
        return _("what was decided together is not noted as done")
    if isinstance(row, Referral):
        return _("%(place)s has not answered", place=directory.full_name(row.to_place_id))
    if isinstance(row, Offer):
        return _(
            "it is not decided whose it is: %(department)s passed it on",
            department=_name(row.from_department_id, directory),
        )
    return _("a call for a joint case is not decided")


def _name(number: int, directory: Directory) -> str:
    return directory.departments[number].name
