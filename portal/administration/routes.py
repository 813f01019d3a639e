"""The page of routes: which department has a category, and where it is another one."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.access import administers
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.actions import add_route, remove_route
from portal.administration.categories import groups_in_use
from portal.administration.changes import Values
from portal.administration.forms import RouteForm
from portal.administration.pages import edit, run
from portal.administration.visit import Visit, begin_visit, blueprint
from portal.communities.directory import DepartmentEntry, PlaceEntry
from portal.communities.models import CategoryRoute
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _

Exceptions = dict[int, list[tuple[int, PlaceEntry, DepartmentEntry, bool]]]


@blueprint.get("/routes")
@staff_only(RoleName.ADMINISTRATOR)
def routes() -> ResponseReturnValue:
    visit = begin_visit()
    return render_template(
        "administration/routes.html",
        groups=groups_in_use(visit.directory),
        departments=visit.directory.departments,
        exceptions=list_exceptions(visit),
    )


@blueprint.route("/routes/add", methods=["GET", "POST"])
@staff_only(RoleName.ADMINISTRATOR)
def add_new_route() -> ResponseReturnValue:
    visit = begin_visit()
    form = RouteForm(visit.directory, own_places(visit), data={"category": request.args.get("category", "")})
    back = url_for(".routes")

    def save(typed: Values, _seen: str) -> None:
        add_route(visit.session, typed, by=visit.actor, now=visit.now)

    return edit(form, {}, save, done=back, back=back, title=_("Send a category elsewhere"))


@blueprint.post("/routes/<int:number>/remove")
@staff_only(RoleName.ADMINISTRATOR)
def remove_old_route(number: int) -> ResponseReturnValue:
    """Remove an exception; one that is gone already needs nothing more."""
    visit = begin_visit()
    row = visit.session.get(CategoryRoute, number)
    if row is not None and not administers(visit.person, visit.directory.places[row.place_id].path):
        raise NotFound()

    def change() -> None:
        if row is not None:
            remove_route(visit.session, row, by=visit.actor, now=visit.now)

    return run(change, done=url_for(".routes"))


def own_places(visit: Visit) -> list[PlaceEntry]:
    """Return the places in use that the visitor sets up, each after the one above it."""
    found = [p for p in visit.directory.places_in_use() if administers(visit.person, p.path)]
    return sorted(found, key=lambda place: place.path)


def list_exceptions(visit: Visit) -> Exceptions:
    """Return the rules for single places by category: number, where, to whom, may be removed."""
    found: Exceptions = {}
    for row in visit.session.scalars(select(CategoryRoute).order_by(CategoryRoute.id)):
        place, target = visit.directory.places[row.place_id], visit.directory.departments[row.department_id]
        entry = (row.id, place, target, administers(visit.person, place.path))
        found.setdefault(row.category_id, []).append(entry)
    return found
