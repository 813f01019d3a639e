"""Arriving by the address of a place, as the poster there gives it: the way in with the place filled in."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.communities.models import PlaceKind
from portal.core.db import db
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.intake.start import keep_code, keep_place, remembered_place
from portal.intake.telling import numbers_to_ring

blueprint = Blueprint("arrival", __name__)
SPOT_COOKIE = "linli_spot"
SPOT_SECONDS = 3600  # who stands at a poster writes soon; tomorrow they are somewhere else


@blueprint.get("/at/<code>")
@public
def arrive(code: str) -> ResponseReturnValue:
    """Show the doors of a place, and remember it; of a place that is no more, lead to the start page."""
    directory = get_directory(db.session())
    place = directory.place_codes.get(code)
    if place is None or place.is_retired:
        flash(
            _("The place of this poster is not known here any more. You can choose another below."), "warning"
        )
        return redirect(url_for("intake.start"), 303)
    community = community_of(place, directory)
    page = render_template(
        "intake/at.html",
        place=place,
        community=community,
        where=directory.full_name(place.id),
        numbers=numbers_to_ring(directory, place.id),
    )
    return keep_arrival(make_response(page), place, community)


def community_of(place: PlaceEntry, directory: Directory) -> PlaceEntry | None:
    """Return the community that a place is or lies in; None for a street or the whole district."""
    return next((p for p in directory.ancestors(place.id) if p.kind == PlaceKind.COMMUNITY), None)


def keep_arrival(response: Response, place: PlaceEntry, community: PlaceEntry | None) -> Response:
    """Let this browser remember the community, and the named place as long as one stands there."""
    if community is not None:
        keep_place(response, community)
    spot = place if place.kind == PlaceKind.SPOT else None
    return keep_code(response, SPOT_COOKIE, spot, SPOT_SECONDS)


def place_of_browser(directory: Directory) -> dict[str, str]:
    """Return what "Where is it?" begins with: the place of the poster, else the browser's community."""
    community = remembered_place(directory)
    spot = directory.place_codes.get(request.cookies.get(SPOT_COOKIE, ""))
    if (
        community is not None
        and spot in directory.of_kind(PlaceKind.SPOT)
        and spot.path.startswith(community.path)
    ):
        return {"place": community.code, "spot": spot.code}
    return {"place": community.code if community else ""}
