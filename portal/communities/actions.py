"""Putting places, departments, categories and routes in order. Each may be repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.calendars import CLOSES, OPENS, WORKING_WEEK
from portal.communities.models import Calendar, Category, CategoryRoute, Department, Drawing, Place, PlaceKind
from portal.communities.times import TIMES
from portal.core.positions import Box, Point
from portal.core.tokens import digest

Names = Mapping[str, str]
# How bad it is when something goes wrong there, from 1 to 5; administrators may say otherwise.
SEVERITIES = {
    5: "fire natural-hazards work-safety lifts-equipment",
    4: "utilities drainage old-housing illegal-building crime-fraud food-safety public-health highways"
    " water-pollution waste-radiation rural-water-power rivers-irrigation",
    2: "street-cleaning tourism culture-sport committee-service volunteering prices taxis bus-metro",
}
SHIPPED = {code: severity for severity, codes in SEVERITIES.items() for code in codes.split()}


def put_place(
    session: Session,
    *,
    code: str,
    kind: PlaceKind,
    parent: Place | None,
    names: Names,
    position: int,
    welcome: Names | None = None,
    emergency: Sequence[Mapping[str, Any]] = (),
    point: Point | None = None,
) -> Place:
    """Add the place with this code, or bring it up to date. A place keeps its parent.

    Without a point it also keeps its position.
    """
    place = session.scalar(select(Place).where(Place.code == code))
    if place is None:
        place = Place(code=code, kind=kind, parent_id=parent.id if parent else None, path="")
        place.names = dict(names)
        session.add(place)
        session.flush()
        place.path = f"{parent.path if parent else '/'}{place.id}/"
    place.kind, place.names, place.position = kind, dict(names), position
    place.welcome, place.emergency = dict(welcome or {}), [dict(line) for line in emergency]
    if point is not None:
        place.latitude, place.longitude = point
    session.flush()
    return place


def put_calendar(
    session: Session,
    place: Place,
    *,
    weekdays: Sequence[int] = WORKING_WEEK,
    opens: int = OPENS,
    closes: int = CLOSES,
    days: Mapping[str, Any],
) -> Calendar:
    """Give a place its calendar, or bring that up to date; `days` as day_lines.read_days returns them."""
    calendar = session.scalar(select(Calendar).where(Calendar.place_id == place.id))
    if calendar is None:
        calendar = Calendar(place_id=place.id)
        session.add(calendar)
    calendar.weekdays, calendar.opens, calendar.closes = list(weekdays), opens, closes
    calendar.days = dict(days)
    session.flush()
    return calendar


def put_plan(session: Session, place: Place, svg: str, bounds: Box) -> None:
    """Let the place be shown on this drawing, as `drawing.read_drawing` returned it."""
    name = digest(svg)
    if session.get(Drawing, name) is None:
        session.add(Drawing(digest=name, svg=svg))
    place.plan = {"drawing": name, **asdict(bounds)}
    session.flush()


def put_department(session: Session, *, code: str, names: Names, position: int) -> Department:
    """Add the department with this code, or bring it up to date."""
    department = session.scalar(select(Department).where(Department.code == code))
    if department is None:
        department = Department(code=code, names=dict(names))
        session.add(department)
    department.names, department.position = dict(names), position
    session.flush()
    return department


def put_category(
    session: Session,
    *,
    code: str,
    group: str,
    names: Names,
    group_names: Names,
    department: Department,
    times: Mapping[str, int],
    position: int,
) -> Category:
    """Add the category with this code, or bring it up to date."""
    category = session.scalar(select(Category).where(Category.code == code))
    if category is None:
        category = Category(code=code, severity=SHIPPED.get(code, 3))
        session.add(category)
    category.group, category.names, category.group_names = group, dict(names), dict(group_names)
    category.department_id, category.position = department.id, position
    for name in TIMES:
        setattr(category, name, times[name])
    session.flush()
    return category


def put_route(session: Session, category: Category, place: Place, department: Department) -> None:
    """Send this category, in this place and below, to this department."""
    route = session.scalar(
        select(CategoryRoute).where(
            CategoryRoute.category_id == category.id, CategoryRoute.place_id == place.id
        )
    )
    if route is None:
        session.add(CategoryRoute(category_id=category.id, place_id=place.id, department_id=department.id))
    else:
        route.department_id = department.id
    session.flush()
