"""Adding and retiring what the neighbourhood is made of, and its order. All is kept on record."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.administration.changes import Values, add_row, name_row, record_change, seen_mark
from portal.administration.rules import moved
from portal.communities.actions import put_place
from portal.communities.models import Category, CategoryRoute, Department, Place, PlaceKind
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.threads.events import Actor

Listed = Place | Department | Category
T = TypeVar("T", Place, Department, Category)


def find_by_code(session: Session, table: type[T], code: str) -> T | None:
    return session.scalar(select(table).where(table.code == code))


def add_place(
    session: Session, parent: Place, kind: PlaceKind, code: str, values: Values, *, by: Actor, now: datetime
) -> None:
    """Add a place below another; one added with the same words already stays the only one."""
    if _is_there(find_by_code(session, Place, code), values):
        return
    place = put_place(
        session,
        code=code,
        kind=kind,
        parent=parent,
        names=values["names"],
        position=_last_position(session, Place) + 1,
    )
    place.latitude, place.longitude = values["latitude"], values["longitude"]
    session.flush()
    added = {"code": code, "kind": str(kind), "parent_id": parent.id} | values
    record_change(session, name_row(place), {}, added, by=by, now=now)


def add_listed(
    session: Session, table: type[T], code: str, values: Values, *, by: Actor, now: datetime
) -> None:
    """Add a department or a category; one added with the same words already stays the only one."""
    if not _is_there(find_by_code(session, table, code), values):
        row = table(code=code, position=_last_position(session, table) + 1, **values)
        add_row(session, row, {"code": code} | values, by=by, now=now)


def add_route(session: Session, values: Values, *, by: Actor, now: datetime) -> None:
    """Send a category, in a place and below, to another department. Invalid if it has a rule there."""
    category, place = values["category_id"], values["place_id"]
    route = session.scalar(select(CategoryRoute).filter_by(category_id=category, place_id=place))
    if route is None:
        session.add(CategoryRoute(**values))
        session.flush()
        record_change(session, ["route", category, place], {}, values, by=by, now=now)
    elif route.department_id != values["department_id"]:
        raise Invalid(_("This category has a rule for this place already. Remove that first."))


def remove_route(session: Session, route: CategoryRoute, *, by: Actor, now: datetime) -> None:
    before = {name: getattr(route, name) for name in ("category_id", "place_id", "department_id")}
    session.delete(route)
    session.flush()
    record_change(session, ["route", route.category_id, route.place_id], before, {}, by=by, now=now)


def _is_there(row: Listed | None, values: Values) -> bool:
    """Tell whether the row holds these values. Invalid if it is another thing of the same code."""
    if row is not None and any(getattr(row, name) != value for name, value in values.items()):
        raise Invalid(_("There is one with this short name already. Please choose another."))
    return row is not None


def _last_position(session: Session, table: type[T]) -> int:
    return session.scalar(select(func.max(table.position))) or 0


def move(
    session: Session,
    row: Listed,
    siblings: Sequence[Listed],
    step: int,
    *,
    seen: str,
    by: Actor,
    now: datetime,
) -> None:
    """Put the row one place earlier (-1) or later (1) among its siblings.

    Conflict if their order is no longer the one that was seen.
    """
    order = [sibling.id for sibling in siblings]
    if row.id not in order or seen != seen_mark({"order": order}):
        raise Conflict(_("The order has changed meanwhile. Please look again."))
    wanted = moved(order, row.id, step)
    if wanted == order:
        return
    by_id = {sibling.id: sibling for sibling in siblings}
    for number, position in zip(wanted, _increasing(s.position for s in siblings), strict=True):
        by_id[number].position = position
    session.flush()
    before, after = {"place": order.index(row.id) + 1}, {"place": wanted.index(row.id) + 1}
    record_change(session, name_row(row), before, after, by=by, now=now)


def _increasing(positions: Iterable[int]) -> Iterator[int]:
    """Return the positions, each raised above the one before where they are alike."""
    last = -1
    for position in positions:
        last = max(position, last + 1)
        yield last
