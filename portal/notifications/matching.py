"""Which wishes a submission fits: found by kind, place and category, then by distance and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.text import query_phrases, search_tokens
from portal.notifications.models import Subscription
from portal.threads.models import Statement, Thread
from portal.threads.words import public_texts

EARTH_M = 6_371_000  # its mean radius in metres
DEGREE_M = 111_320  # metres in a degree of latitude, rounded up

Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True)
class Subject:
    """What a submission is found by."""

    kind: str
    place_ids: Sequence[int]  # its place, its named place, and all above
    spot_id: int | None
    point: Point | None
    category_id: int | None
    category_group: str
    words: str  # the tokens that the public can search for


def read_subject(session: Session, thread: Thread, directory: Directory) -> Subject:
    """Return what wishes are compared with; one query."""
    statements = session.scalars(select(Statement).where(Statement.thread_id == thread.id))
    tokens = search_tokens("\n".join(public_texts(thread, statements)))
    category = directory.categories.get(thread.category_id or 0)
    return Subject(
        kind=thread.kind,
        place_ids=[place.id for place in directory.ancestors(thread.spot_id or thread.place_id)],
        spot_id=thread.spot_id,
        point=_point_of(thread, directory),
        category_id=thread.category_id,
        category_group=category.group if category else "",
        words=f" {' '.join(tokens)} ",
    )


def _point_of(thread: Thread, directory: Directory) -> Point | None:
    """Return where it is: by its pin, else by its named place."""
    spot = directory.places.get(thread.spot_id or 0)
    for place in (thread, spot):
        if place is not None and place.latitude is not None and place.longitude is not None:
            return place.latitude, place.longitude
    return None


def may_fit(subject: Subject) -> ColumnElement[bool]:
    """Return the condition that leaves the wishes for such a kind, category and neighbourhood."""
    wish = Subscription
    return and_(
        or_(wish.kind.is_(None), wish.kind == subject.kind),
        or_(wish.category_id.is_(None), wish.category_id == subject.category_id),
        wish.category_group.in_(("", subject.category_group)),
        or_(
            and_(wish.radius_m.is_(None), wish.place_id.in_(subject.place_ids)),
            and_(wish.radius_m.is_(None), wish.place_id.is_(None)),
            and_(wish.radius_m.is_not(None), _may_be_near(subject)),
        ),
    )


def _may_be_near(subject: Subject) -> ColumnElement[bool]:
    same_spot = Subscription.place_id == subject.spot_id if subject.spot_id else false()
    if subject.point is None:
        return same_spot
    north_or_south = func.abs(Subscription.latitude - subject.point[0]) * DEGREE_M
    return or_(same_spot, north_or_south <= Subscription.radius_m)


def fits(wish: Subscription, subject: Subject) -> bool:
    """Tell whether a wish that `may_fit` is for this submission."""
    return _is_near(wish, subject) and holds(subject.words, wish.query)


def _is_near(wish: Subscription, subject: Subject) -> bool:
    if wish.radius_m is None or (subject.spot_id is not None and wish.place_id == subject.spot_id):
        return True
    if subject.point is None or wish.latitude is None or wish.longitude is None:
        return False
    return metres_between((wish.latitude, wish.longitude), subject.point) <= wish.radius_m


def holds(words: str, query: str) -> bool:
    """Tell whether the tokens, each between spaces, hold every phrase of the query."""
    return all(f" {' '.join(phrase)} " in words for phrase in query_phrases(query))


def metres_between(here: Point, there: Point) -> float:
    """Return the distance on the globe, by the haversine formula."""
    (south, west), (north, east) = [(radians(lat), radians(lon)) for lat, lon in (here, there)]
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))
