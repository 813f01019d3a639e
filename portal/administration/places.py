"""The pages of places: the tree, one place with what is below it, adding, changing."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import administers
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.access import top_places
from portal.administration.actions import add_place
from portal.administration.changes import Values, seen_mark
from portal.administration.forms import KINDS, AddPlaceForm, PlaceForm, SpotForm
from portal.administration.pages import edit, edit_row
from portal.administration.rules import kinds_below
from portal.administration.visit import Visit, begin_visit, blueprint
from portal.communities.directory import Directory, PlaceEntry
from portal.communities.models import Place, PlaceKind
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import gettext as _

EVERY_PLACE = ("names", "latitude", "longitude")
LARGER_PLACE = (*EVERY_PLACE, "welcome", "emergency")


@dataclass(frozen=True)
class Branch:
    """A place of the tree with the branches below it; named places are only counted."""

    place: PlaceEntry
    kind: str
    below: list["Branch"]
    spots: int


@blueprint.get("/places")
@staff_only(RoleName.ADMINISTRATOR)
def places() -> ResponseReturnValue:
    visit = begin_visit()
    trees = [grow(visit.directory, visit.directory.places[place.id]) for place in top_places(visit.person)]
    return render_template("administration/places.html", trees=trees)


@blueprint.get("/places/<int:number>")
@staff_only(RoleName.ADMINISTRATOR)
def place(number: int) -> ResponseReturnValue:
    visit = begin_visit()
    entry = get_place(visit, number)
    below = all_below(visit.directory, entry)
    in_use = [p for p in below if not p.is_retired]
    return render_template(
        "administration/place.html",
        place=entry,
        kinds=KINDS,
        above=above(visit, entry),
        in_use=in_use,
        retired=[p for p in below if p.is_retired],
        order=seen_mark({"order": [p.id for p in in_use]}),
        can_add=bool(kinds_below(entry.kind)) and not entry.is_retired,
        working_days=tell_working_days(visit.directory, number),
        can_retire=bool(entry.parent_id) and administers(visit.person, parent_path(visit.directory, entry)),
    )


@blueprint.route("/places/<int:number>/edit", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def edit_place(number: int) -> ResponseReturnValue:
    visit = begin_visit()
    entry = get_place(visit, number)
    row = visit.session.get_one(Place, number)
    is_spot = entry.kind == PlaceKind.SPOT
    form_class, names = (SpotForm, EVERY_PLACE) if is_spot else (PlaceForm, LARGER_PLACE)

    def make_form(present: Values) -> SpotForm:
        return form_class(data=form_class.data_of(present))

    return edit_row(visit, row, names, make_form, back=url_for(".place", number=number), title=entry.name)


@blueprint.route("/places/<int:number>/add", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def add_place_below(number: int) -> ResponseReturnValue:
    visit = begin_visit()
    entry = get_place(visit, number)
    if entry.is_retired or not kinds_below(entry.kind):
        raise Invalid(_("Nothing can be added below this place."))
    form = AddPlaceForm(kinds_below(entry.kind))
    here = url_for(".place", number=number)

    def save(typed: Values, _seen: str) -> None:
        parent = visit.session.get_one(Place, number)
        kind, code = PlaceKind(form.kind.data), str(form.code.data)
        add_place(visit.session, parent, kind, code, typed, by=visit.actor, now=visit.now)

    title = _("Add a place to %(place)s", place=entry.name)
    return edit(form, {}, save, done=here, back=here, title=title)


def get_place(visit: Visit, number: int) -> PlaceEntry:
    """Return the place. NotFound if it isn't the visitor's to set up."""
    entry = visit.directory.places.get(number)
    if entry is None or not administers(visit.person, entry.path):
        raise NotFound()
    return entry


def above(visit: Visit, entry: PlaceEntry) -> list[PlaceEntry]:
    """Return the places above this one that the visitor sets up, the highest first."""
    higher = visit.directory.ancestors(entry.id)[1:]
    return [p for p in reversed(higher) if administers(visit.person, p.path)]


def tell_working_days(directory: Directory, place_id: int) -> str:
    if place_id in directory.calendars:
        return _("Its own calendar")
    if directory.calendar_for(place_id):
        return _("As the place above it")
    return _("No calendar: every day counts")


def parent_path(directory: Directory, entry: PlaceEntry) -> str:
    return directory.places[entry.parent_id or entry.id].path


def all_below(directory: Directory, entry: PlaceEntry) -> list[PlaceEntry]:
    """Return the places right below this one, the retired ones too."""
    return [p for p in directory.places.values() if p.parent_id == entry.id]


def grow(directory: Directory, entry: PlaceEntry) -> Branch:
    """Return the tree of what is in use from this place down."""
    below = directory.children(entry.id)
    larger = [p for p in below if p.kind != PlaceKind.SPOT]
    branches = [grow(directory, p) for p in larger]
    return Branch(entry, str(KINDS[entry.kind]), branches, len(below) - len(larger))
