"""Where ideas meet risks, for everybody: what is reported most, which ideas answer it, and what has none."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import is_coordinator_at, roles_at
from portal.accounts.identity import signed_in_person
from portal.accounts.models import OF_DEPARTMENT
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.sheets import Cell, csv_response, print_page
from portal.ideas.aim_sections import need_address
from portal.ideas.aim_telling import reports_address, tell_answered
from portal.ideas.needs import Need, list_answers, read_needs
from portal.threads.lines import tell_lines
from portal.threads.photos import first_photos
from portal.threads.public_files import count_file

blueprint = Blueprint("needs", __name__, url_prefix="/ideas/needs")
MOST, MOST_IDEAS = 20, 100


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    session = db.session()
    directory = get_directory(session)
    needs = read_needs(session, directory, clock.now())
    answered = sorted((need for need in needs if need.ideas), key=lambda need: -need.reports)
    return render_template(
        "ideas/needs.html",
        answered=[tell_need(need, directory) for need in answered[:MOST]],
        unanswered=[tell_need(need, directory) for need in needs if not need.ideas][:MOST],
    )


@blueprint.get("/table.csv")
@public
def table() -> Response:
    count_file()
    return csv_response("needs", head(), list_rows())


@blueprint.get("/print")
@public
def sheet() -> ResponseReturnValue:
    count_file()
    return print_page(_("What needs ideas"), head(), list_rows(), back=url_for(".index"))


@blueprint.get("/<category>/<place>")
@public
def show(category: str, place: str) -> ResponseReturnValue:
    """Show the ideas that answer one need."""
    session = db.session()
    directory = get_directory(session)
    about, where = directory.category_codes.get(category), directory.place_codes.get(place)
    if about is None or where is None:
        raise NotFound()
    now = clock.now()
    needs = read_needs(session, directory, now)
    need = next((n for n in needs if (n.category_id, n.place_id) == (about.id, where.id)), None)
    lines = list_answers(session, about.id, where.id, directory, MOST_IDEAS)
    return render_template(
        "ideas/need.html",
        category=about.name,
        place=directory.full_name(where.id),
        need=tell_need(need, directory) if need else None,
        lines=tell_lines(lines, directory, first_photos(session, lines)),
        reports=reports_address(about.id, where.id, directory),
        ask=ask_address(about.id, where.id, directory),
    )


def tell_need(need: Need, directory: Directory) -> dict[str, Any]:
    return {
        "category": directory.categories[need.category_id].name,
        "place": directory.full_name(need.place_id),
        "sentence": tell_answered(need.ideas, need.reports),
        "open": need.open,
        "href": need_address(need.category_id, need.place_id, directory),
        "reports": reports_address(need.category_id, need.place_id, directory),
        "ask": ask_address(need.category_id, need.place_id, directory),
    }


def ask_address(category_id: int, place_id: int, directory: Directory) -> str | None:
    """Return where this person can ask the neighbourhood for ideas about it, if they are staff there."""
    person, path = signed_in_person(), directory.places[place_id].path
    if not (is_coordinator_at(person, path) or roles_at(person, path, *OF_DEPARTMENT)):
        return None
    category, place = directory.categories[category_id], directory.places[place_id]
    return url_for("asking.of_need", category=category.code, place=place.code)


def head() -> list[str]:
    return [
        _("Category"),
        _("Place"),
        _("Reports in twelve months"),
        _("Open"),
        _("Sum of their priorities"),
        _("Ideas that answer them"),
    ]


def list_rows() -> Sequence[Sequence[Cell]]:
    session = db.session()
    directory = get_directory(session)
    return [
        (
            directory.categories[need.category_id].name,
            directory.full_name(need.place_id),
            need.reports,
            need.open,
            need.pressing,
            need.ideas,
        )
        for need in read_needs(session, directory, clock.now())
    ]
