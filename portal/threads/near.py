"""What lies near a point: by its pin, else by its named place."""

from dataclasses import dataclass

from sqlalchemy import CompoundSelect, Select, select, union_all

from portal.communities.directory import Directory
from portal.communities.maps import tell_metres
from portal.communities.models import PlaceKind
from portal.communities.plan import named_places_near, position_of
from portal.core.i18n import gettext as _
from portal.core.positions import DEGREE_M, Point, box_around, degree_of_longitude, parse_point, write_point
from portal.threads.models import IS_LISTED, Kind, Thread, Visibility

WITHIN = (200, 500, 1000, 2000)  # metres
USUAL_WITHIN = 500


@dataclass(frozen=True)
class Near:
    """A circle, and the named places in it."""

    point: Point
    metres: int
    spot_ids: tuple[int, ...]


def ids_near(kind: Kind, near: Near) -> CompoundSelect[int]:
    """Return what the public may know to lie there: not before its words can be read.

    So small a circle may be measured as if the earth were flat, which both engines can.
    """
    box, (latitude, longitude) = box_around(near.point, near.metres), near.point
    up = (Thread.latitude - latitude) * DEGREE_M
    aside = (Thread.longitude - longitude) * degree_of_longitude(latitude)
    pinned = _readable(kind).where(
        Thread.latitude.between(box.south, box.north),
        Thread.longitude.between(box.west, box.east),
        up * up + aside * aside <= near.metres**2,
    )
    named = _readable(kind).where(Thread.spot_id.in_(near.spot_ids), Thread.latitude.is_(None))
    return union_all(pinned, named)


def _readable(kind: Kind) -> Select[int]:
    """Return a select of its own, whatever it stands in."""
    is_readable = Thread.visibility == Visibility.PUBLIC
    return select(Thread.id).where(Thread.kind == kind, IS_LISTED, is_readable).correlate(None)


def read_near(text: str, directory: Directory) -> str:
    """Return the code of a place whose position is known, or a tidy point; anything else is empty."""
    place, point = directory.place_codes.get(text), parse_point(text)
    if place is not None and position_of(place):
        return text
    return write_point(point) if point else ""


def find_near(near: str, metres: int, directory: Directory) -> Near | None:
    """Return the circle around what `read_near` returned."""
    place = directory.place_codes.get(near)
    point = position_of(place) if place else parse_point(near)
    if point is None:
        return None
    return Near(point, metres, tuple(named_places_near(directory, point, metres)))


def tell_near(near: str, metres: int, directory: Directory) -> str:
    """Return the circle in words."""
    place, distance = directory.place_codes.get(near), tell_metres(metres)
    if place is None:
        return _("Within %(distance)s of the chosen point", distance=distance)
    return _("Within %(distance)s of %(place)s", distance=distance, place=place.name)


def near_options(directory: Directory) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each community's name with the places there whose position is known."""
    groups = []
    for community in directory.of_kind(PlaceKind.COMMUNITY):
        places = [community, *directory.children(community.id, PlaceKind.SPOT)]
        groups.append((community.name, [(p.code, p.name) for p in places if position_of(p)]))
    return [group for group in groups if group[1]]


def distance_options() -> list[tuple[str, str]]:
    return [(str(metres), tell_metres(metres)) for metres in WITHIN]
