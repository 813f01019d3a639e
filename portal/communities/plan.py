"""Where places are: the plans they are drawn on, and what is nearest to a pin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.core.positions import Box, Point, metres_between

FAR_M = 20_000  # from there on no place is near


@dataclass(frozen=True)
class Plan:
    drawing: str  # the digest of its SVG
    bounds: Box


def plan_of(place: PlaceEntry) -> Plan | None:
    if place.plan is None or place.is_retired:
        return None
    given = place.plan
    return Plan(given["drawing"], Box(given["south"], given["west"], given["north"], given["east"]))


def plans_in_use(directory: Directory) -> list[Plan]:
    """Return all plans, those of larger places first."""
    from_above = sorted(directory.places.values(), key=lambda place: place.path.count("/"))
    return [plan for plan in map(plan_of, from_above) if plan]


def plan_for(directory: Directory, place_id: int | None) -> Plan | None:
    """Return the plan of the place or the nearest above it; without a place, the largest."""
    if place_id is None:
        return next(iter(plans_in_use(directory)), None)
    return next((plan for plan in map(plan_of, directory.ancestors(place_id)) if plan), None)


def plan_at(directory: Directory, point: Point) -> Plan | None:
    """Return the smallest plan that shows the point."""
    return next((p for p in reversed(plans_in_use(directory)) if p.bounds.holds(point)), None)


class Positioned(Protocol):
    """A place or a submission: what may have a position."""

    @property
    def latitude(self) -> float | None: ...

    @property
    def longitude(self) -> float | None: ...


def position_of(thing: Positioned) -> Point | None:
    if thing.latitude is None or thing.longitude is None:
        return None
    return thing.latitude, thing.longitude


def nearest(places: Iterable[PlaceEntry], point: Point) -> tuple[PlaceEntry, float] | None:
    """Return the nearest of the places whose position is known, with its distance in metres."""
    known = [(place, position_of(place)) for place in places if not place.is_retired]
    distances = [(metres_between(point, there), place.id, place) for place, there in known if there]
    if not distances or min(distances)[0] > FAR_M:
        return None
    distance, _id, place = min(distances)
    return place, distance


def community_at(directory: Directory, point: Point) -> PlaceEntry | None:
    """Return the community that the point seems to lie in: whatever is nearest belongs to it."""
    kinds = (PlaceKind.COMMUNITY, PlaceKind.GRID, PlaceKind.SPOT)
    found = nearest([p for p in directory.places.values() if p.kind in kinds], point)
    above = directory.ancestors(found[0].id) if found else []
    return next((p for p in above if p.kind == PlaceKind.COMMUNITY and not p.is_retired), None)


def named_places_near(directory: Directory, point: Point, metres: float) -> list[int]:
    """Return the ids of the named places that lie so near to the point."""
    spots = [(place.id, position_of(place)) for place in directory.of_kind(PlaceKind.SPOT)]
    return [number for number, there in spots if there and metres_between(point, there) <= metres]
