"""The start page: three doors, the numbers to ring, and what neighbours sent lately."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, current_app, make_response, render_template, request

from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.communities.models import PlaceKind
from portal.core import clock
from portal.core.dates import local_time, today
from portal.core.db import db
from portal.core.i18n import localized
from portal.core.web import YEAR_SECONDS
from portal.ideas.call_queries import list_collecting
from portal.intake.queries import count_since, list_fixed_lately, list_recent
from portal.intake.telling import numbers_to_ring
from portal.threads.lines import tell_lines
from portal.threads.photos import first_photos

PLACE_COOKIE = "linli_place"


def show_start() -> Response:
    """Show what is going on in the community this browser chose, or in the whole district."""
    session = db.session()
    directory = get_directory(session)
    community = remembered_place(directory)
    district = next(iter(directory.children(None)), None)
    place = community or district
    places = submission_places(directory, community)
    recent, fixed = list_recent(session, places), list_fixed_lately(session, places)
    photos = first_photos(session, [*recent, *fixed])
    page = render_template(
        "intake/start.html",
        community=community,
        place=place,
        district=district,
        choices=communities_by_street(directory),
        welcome=localized(place.welcome) if place else "",
        emergencies=directory.emergencies(place.id) if place else [],
        numbers=numbers_to_ring(directory, place.id if place else None),
        recent=tell_lines(recent, directory, photos),
        fixed=tell_lines(fixed, directory, photos, by_change=True),
        calls=list_collecting(session, today(), call_places(directory, community)),
        counts=count_since(session, places, start_of_month(clock.now())),
    )
    return remember_place(make_response(page), directory)


def remembered_place(directory: Directory) -> PlaceEntry | None:
    """Return the community asked for in the address, else the one kept; None: the whole district."""
    asked = request.args.get("place")
    code = request.cookies.get(PLACE_COOKIE, "") if asked is None else asked
    place = directory.place_codes.get(code)
    return place if place in directory.of_kind(PlaceKind.COMMUNITY) else None


def remember_place(response: Response, directory: Directory) -> Response:
    """Keep the community asked for in the address, if it asks for one."""
    return keep_place(response, remembered_place(directory)) if "place" in request.args else response


def keep_place(response: Response, place: PlaceEntry | None) -> Response:
    """Let this browser remember its community for a year, or forget it (None: the whole district)."""
    return keep_code(response, PLACE_COOKIE, place, YEAR_SECONDS)


def keep_code(response: Response, cookie: str, place: PlaceEntry | None, seconds: int) -> Response:
    """Let a cookie hold a place for so long, or end it (None)."""
    response.set_cookie(
        cookie,
        place.code if place else "",
        max_age=seconds if place else 0,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def submission_places(directory: Directory, community: PlaceEntry | None) -> Sequence[int] | None:
    """Return the ids that submissions of this community stand under; None for everything."""
    if community is None:
        return None
    return [i for i in directory.within(community.id) if directory.places[i].kind != PlaceKind.SPOT]


def call_places(directory: Directory, community: PlaceEntry | None) -> Sequence[int] | None:
    """Return the places whose calls concern this community: its own and those above; None for all."""
    if community is None:
        return None
    return [*directory.within(community.id), *(place.id for place in directory.ancestors(community.id))]


def communities_by_street(directory: Directory) -> list[tuple[str, list[PlaceEntry]]]:
    """Return the communities under the name of what they belong to."""
    groups: dict[str, list[PlaceEntry]] = {}
    for place in directory.of_kind(PlaceKind.COMMUNITY):
        parent = directory.places[place.parent_id].name if place.parent_id else ""
        groups.setdefault(parent, []).append(place)
    return list(groups.items())


def start_of_month(now: datetime) -> datetime:
    """Return when this month began on the clock of the neighbourhood."""
    return local_time(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
