"""The map beside a public list: the same submissions, in the same order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.communities.directory import Directory
from portal.communities.maps import is_map_set_up, map_of, tell_whereabouts
from portal.communities.plan import position_of
from portal.core.i18n import gettext as _
from portal.core.positions import write_point
from portal.threads.choices import Choice
from portal.threads.lines import ROOMS
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.near import find_near

WHERE: tuple[InstrumentedAttribute[Any], ...] = (
    Thread.id,
    Thread.latitude,
    Thread.longitude,
    Thread.spot_id,
)


@dataclass(frozen=True)
class Spot:
    """Where a line of the list is on the map, and in words."""

    at: str
    words: str


def list_views(kind: Kind, directory: Directory) -> list[tuple[str, str]]:
    """Return the list and the map with their addresses, which ask for the same; none without a map."""
    if not is_map_set_up(directory):
        return []
    asked = f"?{request.query_string.decode(errors='replace')}" if request.query_string else ""
    names = {_("List"): "index", _("Map"): "on_map"}
    return [(text, url_for(f"{ROOMS[kind]}.{view}") + asked) for text, view in names.items()]


def tell_map(
    session: Session, lines: Sequence[Row[Any]], choice: Choice, directory: Directory
) -> dict[str, Any]:
    """Return the map, and where on it each line is."""
    place = directory.place_codes.get(choice.place)
    near = find_near(choice.near, choice.within, directory)
    return {
        "map": map_of(directory, place.id if place else None),
        "around": f"{write_point(near.point)},{near.metres}" if near else None,
        "spots": tell_spots(session, lines, directory),
    }


def tell_spots(session: Session, lines: Sequence[Row[Any]], directory: Directory) -> list[Spot | None]:
    """Return where each line is, by its pin or its named place, as far as everybody may know it."""
    rows = session.execute(
        select(*WHERE).where(
            Thread.id.in_([line.id for line in lines]), Thread.visibility == Visibility.PUBLIC
        )
    )
    found = {row.id: _spot_of(row, directory) for row in rows}
    return [found.get(line.id) for line in lines]


def _spot_of(row: Row[Any], directory: Directory) -> Spot | None:
    if row.latitude is not None:
        pin = row.latitude, row.longitude
        return Spot(write_point(pin), tell_whereabouts(pin, directory))
    named = directory.places.get(row.spot_id or 0)
    point = position_of(named) if named else None
    return Spot(write_point(point), named.name) if named and point else None
