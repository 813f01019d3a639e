"""Posters to hang up at a place, with its own address as a QR code."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import is_coordinator_at
from portal.accounts.identity import me, staff_only
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.communities.models import PlaceKind
from portal.core.dates import date_day
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import View
from portal.core.i18n import LANGUAGES, in_language, lazy_gettext, localized
from portal.core.i18n import gettext as _
from portal.core.links import whole_link
from portal.core.paper import qr_code
from portal.ideas.call_queries import find_public_call
from portal.ideas.calls import Call
from portal.pilots.access import hand_for
from portal.pilots.concerned import get_shown
from portal.pilots.models import Pilot

blueprint = Blueprint("posters", __name__, url_prefix="/staff/posters")
for_staff: View = staff_only(*RoleName)

SIZES = {"a4": lazy_gettext("A4, for a notice board"), "a6": lazy_gettext("A6, for a door or a counter")}
ALL = "all"  # languages on one sheet

Said = tuple[str, str]  # language, words


@blueprint.get("")
@for_staff
def index() -> ResponseReturnValue:
    """Offer a poster for each place in which this member of staff works."""
    directory = get_directory(db.session())
    return render_template(
        "intake/posters.html",
        places=grouped(places_of(me(), directory), directory),
        sizes=SIZES,
        every_language=ALL,
        site=whole_link("intake.start"),
    )


@blueprint.get("/print")
@for_staff
def sheet() -> ResponseReturnValue:
    """Show one poster, as it is printed."""
    directory, code = get_directory(db.session()), request.args.get("place", "")
    place = next((p for p in places_of(me(), directory) if p.code == code), None)
    if place is None:
        raise NotFound()
    return print_sheet(
        whole_link("arrival.arrive", code=place.code),
        tell_poster,
        name=lambda: place.name,
        above=lambda: name_above(place, directory),
        place=place,
    )


@blueprint.get("/call/<code>")
@for_staff
def call_sheet(code: str) -> ResponseReturnValue:
    """Show the poster of a public call for ideas, as it is printed."""
    call = find_public_call(db.session(), code)
    if call is None:
        raise NotFound()
    directory = get_directory(db.session())
    if not is_coordinator_at(me(), directory.places[call.place_id].path):
        raise NotFound()
    return print_sheet(
        whole_link("calls.show", code=call.code),
        lambda language: tell_call(language, call),
        name=lambda: call.name,
        above=lambda: directory.full_name(call.place_id),
    )


@blueprint.get("/pilot/<code>")
@for_staff
def pilot_sheet(code: str) -> ResponseReturnValue:
    """Show the poster that asks what a pilot does, as it is printed, to who coordinates or carries it out."""
    pilot, _thread = get_shown(db.session(), code)
    directory = get_directory(db.session())
    if not hand_for(me(), pilot, directory).measures:
        raise NotFound()
    return print_sheet(
        whole_link("effects.tell", code=pilot.code),
        lambda language: tell_pilot(language, pilot),
        name=lambda: pilot.title,
        above=lambda: directory.full_name(pilot.place_id),
    )


def print_sheet(
    link: str,
    tell: Callable[[str], dict[str, str]],
    *,
    name: Callable[[], str],
    above: Callable[[], str],
    place: PlaceEntry | None = None,
) -> ResponseReturnValue:
    """Show a poster with the square of this link, in the size and the languages that the address names.

    With a `place` the emergency numbers of it stand there too.
    """
    size, wanted = request.args.get("size", ""), request.args.get("language", "")
    if size not in SIZES or wanted not in (ALL, *LANGUAGES):
        raise NotFound()
    chosen = [wanted] if wanted in LANGUAGES else list(LANGUAGES)
    return render_template(
        "intake/poster.html",
        size=size,
        texts=[tell(language) for language in chosen],
        names=in_each(chosen, name),
        above=in_each(chosen, above),
        numbers=numbers_in_each(chosen, place, get_directory(db.session())) if place else [],
        code=qr_code(link),
        address=link.partition("://")[2],
    )


def tell_pilot(language: str, pilot: Pilot) -> dict[str, str]:
    """Return what the poster of a pilot says, in one language."""
    with in_language(language):
        until = _("Until %(day)s. Good or bad: you see what becomes of it.", day=date_day(pilot.ends_on))
        headline = _("Something is being tried here")
        asks = {"headline": headline, "call": _("Tell us what it does"), "promise": until}
        return tell_poster(language) | asks


def tell_call(language: str, call: Call) -> dict[str, str]:
    """Return what the poster of a call says, in one language."""
    with in_language(language):
        until = _("Until %(day)s. You see what becomes of it.", day=date_day(call.collects_until))
        asks = {"headline": _("Call for ideas"), "call": _("Send yours here"), "promise": until}
        return tell_poster(language) | asks


def places_of(person: Person, directory: Directory) -> list[PlaceEntry]:
    """Return the places of posters: communities, named places and the whole, where the person works."""
    kinds = (PlaceKind.COMMUNITY, PlaceKind.SPOT)
    paths = tuple(role.place.path for role in person.roles)
    offered = [p for p in directory.places_in_use() if p.kind in kinds or p.parent_id is None]
    return [p for p in offered if p.path.startswith(paths)]


def grouped(places: list[PlaceEntry], directory: Directory) -> dict[str, list[PlaceEntry]]:
    """Return the places under the name of what they lie in."""
    groups: dict[str, list[PlaceEntry]] = {}
    for place in places:
        groups.setdefault(name_above(place, directory), []).append(place)
    return groups


def name_above(place: PlaceEntry, directory: Directory) -> str:
    return directory.full_name(place.parent_id) if place.parent_id else ""


def tell_poster(language: str) -> dict[str, str]:
    """Return what every poster says, in one language."""
    with in_language(language):
        return {
            "language": language,
            "headline": _("Something broken, something dangerous, or an idea?"),
            "call": _("Tell us here"),
            "promise": _("In your own words, with or without your name. You see what becomes of it."),
            "scan": _("Point the camera of your telephone at the square"),
            "otherwise": _("or type"),
            "danger": _("In danger now? Ring"),
        }


def in_each(languages: Sequence[str], tell: Callable[[], str]) -> list[Said]:
    """Return what is told in each language; what is the same in two of them stands there once."""
    said: dict[str, str] = {}
    for language in languages:
        with in_language(language):
            said.setdefault(tell(), language)
    return [(language, words) for words, language in said.items() if words]


def numbers_in_each(
    languages: Sequence[str], place: PlaceEntry, directory: Directory
) -> list[tuple[str, list[Said]]]:
    """Return the emergency numbers of the place, each with what it is for."""
    lines = directory.emergency_lines(place.id)
    return [(line["number"], in_each(languages, partial(localized, line["names"]))) for line in lines]
