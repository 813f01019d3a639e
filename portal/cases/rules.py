"""The clocks between departments and levels, and where an offer goes. No database."""

from datetime import datetime, timedelta

from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import PlaceKind
from portal.threads.clocks import hours_of
from portal.threads.models import Kind, Pace

OFFERS_BETWEEN_DEPARTMENTS = 1  # every further one goes to the coordinator


def due_after(days: int, place_id: int, directory: Directory, now: datetime) -> datetime:
    """Return when so many working days of the place are over."""
    hours = hours_of(Kind.REPORT, Pace.NORMAL, directory.calendar_for(place_id))
    allowed: timedelta = days * hours.day
    return hours.add(now, allowed)


def goes_to_coordinator(earlier: int, to_department_id: int | None) -> bool:
    """Tell whether an offer goes to the coordinator by itself: after the first, or to a body outside."""
    return to_department_id is None or earlier >= OFFERS_BETWEEN_DEPARTMENTS


def levels_for(place: PlaceEntry, directory: Directory) -> list[PlaceEntry]:
    """Return the places a matter can be handed to from here: those above, then those below."""
    above = [p for p in directory.ancestors(place.id) if p.id != place.id]
    below = [directory.places[number] for number in directory.within(place.id) if number != place.id]
    return [*above, *(p for p in below if p.kind not in (PlaceKind.SPOT, PlaceKind.GRID))]
