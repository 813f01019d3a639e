"""The small buttons beside places, departments and categories: earlier, later, retire, bring back."""

from collections.abc import Callable, Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from portal.accounts.access import administers
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.actions import Listed, T, move
from portal.administration.pages import run
from portal.administration.retiring import bring_back, retire
from portal.administration.visit import Visit, begin_visit, blueprint
from portal.communities.models import Category, Department, Place
from portal.core.errors import NotFound

TABLES: dict[str, type[Listed]] = {"places": Place, "departments": Department, "categories": Category}
STEPS = {"earlier": -1, "later": 1}


@blueprint.post("/<any(places, departments, categories):kind>/<int:number>/<any(earlier, later):where>")
@staff_only(RoleName.ADMINISTRATOR)
def put(kind: str, number: int, where: str) -> ResponseReturnValue:
    visit = begin_visit()
    row = get_row(visit, kind, number)
    seen = request.form.get("order", "")
    siblings = list_siblings(visit, row)

    def change() -> None:
        move(visit.session, row, siblings, STEPS[where], seen=seen, by=visit.actor, now=visit.now)

    return run(change, done=page_of(row, f"{kind}-{number}"))


@blueprint.post("/<any(places, departments, categories):kind>/<int:number>/retire")
@staff_only(RoleName.ADMINISTRATOR)
def retire_row(kind: str, number: int) -> ResponseReturnValue:
    return change_use(kind, number, retire)


@blueprint.post("/<any(places, departments, categories):kind>/<int:number>/bring-back")
@staff_only(RoleName.ADMINISTRATOR)
def bring_row_back(kind: str, number: int) -> ResponseReturnValue:
    return change_use(kind, number, bring_back)


def change_use(kind: str, number: int, change: Callable[..., None]) -> ResponseReturnValue:
    visit = begin_visit()
    row = get_row(visit, kind, number)
    return run(
        lambda: change(visit.session, row, visit.directory, by=visit.actor, now=visit.now),
        done=page_of(row, f"{kind}-{number}"),
    )


def get_row(visit: Visit, kind: str, number: int) -> Listed:
    """Return the row. NotFound if it isn't the visitor's to arrange."""
    row = visit.session.get(TABLES[kind], number)
    if not isinstance(row, Listed) or not may_arrange(visit, row):
        raise NotFound()
    return row


def may_arrange(visit: Visit, row: Listed) -> bool:
    """Tell whether the visitor sets up the list that the row stands in."""
    if not isinstance(row, Place):
        return visit.is_everywhere
    return administers(visit.person, visit.directory.places[row.parent_id or row.id].path)


def list_siblings(visit: Visit, row: Listed) -> Sequence[Listed]:
    """Return what is in use and shown in one list with the row, in its order."""
    match row:
        case Place():
            return visit.session.scalars(in_order(Place).where(Place.parent_id == row.parent_id)).all()
        case Category():
            return visit.session.scalars(in_order(Category).where(Category.group == row.group)).all()
        case _:
            return visit.session.scalars(in_order(Department)).all()


def in_order(table: type[T]) -> Select[T]:
    return select(table).where(table.retired_at.is_(None)).order_by(table.position, table.id)


def page_of(row: Listed, anchor: str) -> str:
    """Return the address of the list that the row stands in."""
    if isinstance(row, Place):
        return url_for(".place", number=row.parent_id or row.id, _anchor=anchor)
    return url_for(".departments" if isinstance(row, Department) else ".categories", _anchor=anchor)
