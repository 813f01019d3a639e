"""Maps and pins as pages show them: what the script draws, and the same in words and a picture."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.communities.plan import nearest, plan_at, plan_for, plans_in_use, position_of
from portal.config import Settings
from portal.core.i18n import gettext as _
from portal.core.positions import Box, Point, box_around, write_point

AROUND_A_PLACE_M = 1_500  # is shown where there are only tiles


@dataclass(frozen=True)
class PinShown:
    """A pin as a reader sees it. Where there is no plan, `map` is what the script draws it on."""

    point: Point
    words: str
    picture: str  # the address of the piece of plan around it, or empty
    map: dict[str, Any] | None


def tell_pin(point: Point | None, directory: Directory) -> PinShown | None:
    """Return the pin in words, and as a picture where a plan shows it; None where there is no pin."""
    if point is None:
        return None
    plan = plan_at(directory, point)
    picture = url_for("plans.piece", drawing=plan.drawing, pin=write_point(point)) if plan else ""
    shown = None if plan else map_around(directory, box_around(point, AROUND_A_PLACE_M / 4))
    return PinShown(point, tell_whereabouts(point, directory), picture, shown)


def tell_whereabouts(point: Point, directory: Directory) -> str:
    """Return how far the nearest named place is, else latitude and longitude."""
    for kind in (PlaceKind.SPOT, PlaceKind.COMMUNITY):
        found = nearest(directory.of_kind(kind), point)
        if found:
            place, metres = found
            return _("about %(distance)s from %(place)s", distance=tell_metres(metres), place=place.name)
    return write_point(point).replace(",", ", ")


def tell_metres(metres: float) -> str:
    """Return a distance as one would say it."""
    if metres >= 950:
        return _("%(num)s km", num=f"{metres / 1000:.1f}".removesuffix(".0"))
    step = 10 if metres < 100 else 50
    return _("%(num)s m", num=max(step, round(metres / step) * step))


def is_map_set_up(directory: Directory) -> bool:
    """Tell whether there is anything to draw a map on."""
    return bool(_settings().tile_url or plans_in_use(directory))


def map_of(directory: Directory, place_id: int | None = None) -> dict[str, Any] | None:
    """Return what the script draws a map from, beginning with the place; None where there is no map."""
    return map_around(directory, _view_of(directory, place_id))


def map_around(directory: Directory, view: Box) -> dict[str, Any] | None:
    """Return what the script draws a map from, beginning with this part of it."""
    if not is_map_set_up(directory):
        return None
    settings = _settings()
    return {
        "plans": [
            {"href": url_for("plans.whole", drawing=plan.drawing), "bounds": _corners(plan.bounds)}
            for plan in plans_in_use(directory)
        ],
        "tiles": {"href": settings.tile_url, "attribution": settings.tile_attribution},
        "view": _corners(view),
    }


def _view_of(directory: Directory, place_id: int | None) -> Box:
    """Return the part of the map that shows a place: its plan, else what lies around."""
    plan = plan_for(directory, place_id)
    if plan:
        return plan.bounds
    inside = directory.within(place_id) if place_id else directory.places
    points = [point for point in (position_of(directory.places[i]) for i in inside) if point]
    if not points:
        return Box(-60, -180, 75, 180)
    boxes = [box_around(point, AROUND_A_PLACE_M) for point in points]
    return Box(
        min(b.south for b in boxes),
        min(b.west for b in boxes),
        max(b.north for b in boxes),
        max(b.east for b in boxes),
    )


def _corners(box: Box) -> list[list[float]]:
    return [[box.south, box.west], [box.north, box.east]]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["linli_settings"]
    return settings
