"""Room for trials: how many pilots a community may have at once and begin in a year. Seen by everybody.

A pilot that was stopped gives its place back: stopping well is not failing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.communities.models import Place, PlaceKind
from portal.core.dates import local_time
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.pilots.models import Pilot, PilotState
from portal.pilots.practices import Allowance
from portal.threads.events import Actor, record_administration

AT_ONCE, IN_A_YEAR = 4, 8  # where nobody has set another number
MOST = 99
INSIDE = (PlaceKind.SPOT, PlaceKind.GRID)  # count with the community that they lie in


@dataclass(frozen=True)
class Room:
    """How much room a place has for trials, and how much of it is taken."""

    place_id: int
    at_once: int
    in_a_year: int
    running: int
    begun: int  # this year, without those that were stopped

    @property
    def is_free(self) -> bool:
        return self.running < self.at_once and self.begun < self.in_a_year


def home_of(place_id: int, directory: Directory) -> int:
    """Return the place whose room a trial here takes: the community of a gate or a building."""
    return next(p.id for p in directory.ancestors(place_id) if p.kind not in INSIDE)


def read_rooms(
    session: Session, place_ids: Iterable[int], directory: Directory, today: date
) -> Mapping[int, Room]:
    """Return the room of each of these places, and of all others where something was tried; two queries."""
    limits = {a.place_id: a for a in session.scalars(select(Allowance))}
    running, begun = _count(session, directory, today)
    rooms = {}
    for place_id in {*place_ids, *running, *begun}:
        found = (limits.get(place.id) for place in directory.ancestors(place_id))
        limit = next((each for each in found if each), None)
        rooms[place_id] = Room(
            place_id,
            limit.at_once if limit else AT_ONCE,
            limit.in_a_year if limit else IN_A_YEAR,
            running[place_id],
            begun[place_id],
        )
    return rooms


def _count(session: Session, directory: Directory, today: date) -> tuple[Counter[int], Counter[int]]:
    started = select(Pilot.place_id, Pilot.state, Pilot.started_at).where(Pilot.started_at.is_not(None))
    running: Counter[int] = Counter()
    begun: Counter[int] = Counter()
    for place_id, state, started_at in session.execute(started):
        home = home_of(place_id, directory)
        if state == PilotState.RUNNING:
            running[home] += 1
        if started_at and local_time(started_at).year == today.year and state != PilotState.STOPPED:
            begun[home] += 1
    return running, begun


def need_room(session: Session, pilot: Pilot, directory: Directory, today: date) -> None:
    """Raise Conflict where the community of a pilot that is to begin has no room for it."""
    home = home_of(pilot.place_id, directory)
    session.execute(select(Place.id).where(Place.id == home).with_for_update())  # one begins at a time there
    room = read_rooms(session, [home], directory, today)[home]
    if not room.is_free:
        raise Conflict(
            _(
                "%(place)s has no room for another trial now. %(room)s",
                place=directory.full_name(home),
                room=tell_room(room),
            )
        )


def tell_room(room: Room) -> str:
    """Return how much of the room for trials is taken, in words."""
    return _("%(running)s of %(at_once)s trials at once; %(begun)s of %(in_a_year)s this year.", **vars(room))


def set_room(
    session: Session,
    place_id: int,
    at_once: int,
    in_a_year: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Set how much room a place and all below it have each. Invalid where the numbers make no sense."""
    if not (0 <= at_once <= in_a_year <= MOST):
        raise Invalid(_("In a year there must be room for at least as many as at once, and at most 99."))
    found = session.scalar(select(Allowance).where(Allowance.place_id == place_id).with_for_update())
    if found is not None and (found.at_once, found.in_a_year) == (at_once, in_a_year):
        return
    if found is None:
        session.add(Allowance(place_id=place_id, at_once=at_once, in_a_year=in_a_year))
    else:
        found.at_once, found.in_a_year = at_once, in_a_year
    data = {"place_id": place_id, "at_once": at_once, "in_a_year": in_a_year}
    record_administration(session, "pilots.room_set", by=by, data=data, now=now)
