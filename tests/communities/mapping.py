"""The test neighbourhood with positions, drawn on a plan of 4 by 3 kilometres."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.actions import put_plan
from portal.communities.directory import raise_version
from portal.communities.drawing import read_drawing
from portal.communities.models import Place
from portal.core.positions import Box, Point

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
    '<rect width="400" height="300" fill="#f5efe2"/><path d="M0 150H400" stroke="#fff"/></svg>'
)
BOUNDS = Box(31.300, 120.600, 31.327, 120.642)
GATE: Point = (31.310, 120.610)
POSITIONS: dict[str, Point] = {
    "liu-1-gate": GATE,
    "liu-1": (31.312, 120.612),
    "liu-2": (31.312, 120.630),
    "qiao-1": (31.322, 120.612),
}


def put_on_map(session: Session, *, plan: bool = True) -> None:
    """Give the places their positions and, unless told otherwise, the district its plan."""
    for code, (latitude, longitude) in POSITIONS.items():
        place = _place(session, code)
        place.latitude, place.longitude = latitude, longitude
    if plan:
        put_plan(session, _place(session, "yunhe"), read_drawing(SVG.encode()), BOUNDS)
    raise_version(session)


def _place(session: Session, code: str) -> Place:
    return session.scalars(select(Place).where(Place.code == code)).one()
