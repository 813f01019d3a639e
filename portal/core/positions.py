"""Positions on the globe: latitude and longitude of WGS84, in degrees."""

from dataclasses import dataclass
from math import asin, cos, pi, radians, sin, sqrt

EARTH_M = 6_371_008.8  # its mean radius
DEGREE_M = EARTH_M * pi / 180  # metres in a degree of latitude

Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True)
class Box:
    """A part of the map, between two latitudes and two longitudes."""

    south: float
    west: float
    north: float
    east: float

    @property
    def middle(self) -> Point:
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    @property
    def is_on_earth(self) -> bool:
        return -90 <= self.south < self.north <= 90 and -180 <= self.west < self.east <= 180

    @property
    def metres(self) -> tuple[float, float]:
        """Return how wide and how high it is, measured through its middle."""
        wide = (self.east - self.west) * degree_of_longitude(self.middle[0])
        return wide, (self.north - self.south) * DEGREE_M

    def holds(self, point: Point) -> bool:
        latitude, longitude = point
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


def parse_point(text: str | None) -> Point | None:
    """Return latitude and longitude as in "31.29,120.61", or None if this is no point on earth."""
    numbers = _numbers(text, 2)
    if numbers is None or not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
        return None
    return numbers[0], numbers[1]


def write_point(point: Point) -> str:
    """Return the point as `parse_point` reads it, to about a metre."""
    return f"{point[0]:.5f},{point[1]:.5f}"


def parse_box(text: str | None) -> Box | None:
    """Return the box that `write_box` wrote, or None if this is none."""
    numbers = _numbers(text, 4)
    box = Box(*numbers) if numbers else None
    return box if box and box.is_on_earth else None


def write_box(box: Box) -> str:
    return f"{box.south:.6f},{box.west:.6f},{box.north:.6f},{box.east:.6f}"


def _numbers(text: str | None, count: int) -> list[float] | None:
    parts = (text or "")[:100].split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return numbers if len(numbers) == count else None


def metres_between(here: Point, there: Point) -> float:
    """Return the distance on the globe, by the haversine formula."""
    (south, west), (north, east) = [(radians(lat), radians(lon)) for lat, lon in (here, there)]
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def degree_of_longitude(latitude: float) -> float:
    """Return how many metres a degree of longitude has at this latitude; never quite nothing."""
    return DEGREE_M * max(cos(radians(latitude)), 0.01)


def box_around(point: Point, metres: float) -> Box:
    """Return the box that reaches so far to each side of the point."""
    latitude, longitude = point
    up, aside = metres / DEGREE_M, metres / degree_of_longitude(latitude)
    return Box(latitude - up, longitude - aside, latitude + up, longitude + aside)
