"""The public page of how satisfied people are: by department, by category, by community.

It adds up nothing but the cells that the pages of the departments show, so that no number can be
found here, by taking one page from another, that is too small to be shown there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory, get_directory
from portal.communities.models import PlaceKind
from portal.core.db import db
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.sheets import Cell, csv_response
from portal.insight.models import DepartmentYear
from portal.insight.telling import percent
from portal.threads.models import Status
from portal.threads.public_files import count_file

blueprint = Blueprint("satisfaction", __name__, url_prefix="/satisfaction")

Said = list[int]  # yes, partly, no
Cells = Iterable[Sequence[Any]]  # a key (None: all others together), yes, partly, no


class Line(NamedTuple):
    """What was answered in one department, category or community; silent: fixed, and nobody answered."""

    name: str
    said: Said
    silent: int | None = None
    code: str = ""


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    session = db.session()
    directory, years = get_directory(session), list_years(session)
    lines = by_department(years, directory)
    return render_template(
        "insight/satisfaction.html",
        total=add_up([0, *line.said] for line in lines).get(0),
        lines=lines,
        tables=tables(years, directory),
        head=head(""),
        tell=tell_row,
        made_at=min((year.made_at for year in years), default=None),
    )


@blueprint.get("/table.csv")
@public
def table() -> Response:
    count_file()
    session = db.session()
    directory, years = get_directory(session), list_years(session)
    rows = [[_("Department"), *tell_row(line)] for line in by_department(years, directory)]
    for kind, lines in tables(years, directory):
        rows += [[kind, *tell_row(line)] for line in lines]
    return csv_response("satisfaction", [_("By"), *head(_("Name"))], rows)


def list_years(session: Session) -> Sequence[DepartmentYear]:
    return session.scalars(select(DepartmentYear).order_by(DepartmentYear.department_id)).all()


def by_department(years: Sequence[DepartmentYear], directory: Directory) -> list[Line]:
    """Return each department in use, in their set order, with all its answers, few or none."""
    figures = {year.department_id: year.figures for year in years}
    return [
        Line(
            department.name,
            add_up([0, *cell[1:]] for cell in figures[department.id]["said_of"]).get(0, [0, 0, 0]),
            figures[department.id]["states"].get(Status.SILENT, 0),
            department.code,
        )
        for department in directory.departments_in_use()
        if department.id in figures
    ]


def tables(years: Sequence[DepartmentYear], directory: Directory) -> list[tuple[str, list[Line]]]:
    """Return the answers by category and by community, each with its heading, the most first."""
    of = add_up(cell for year in years for cell in year.figures["said_of"])
    within = add_up(
        [community_of(cell[0], directory), *cell[1:]] for year in years for cell in year.figures["said_in"]
    )
    categories = {category.id: category.name for category in directory.categories.values()}
    places = {place.id: directory.full_name(place.id) for place in directory.places.values()}
    return [
        (_("Category"), name_lines(of, categories)),
        (_("Community"), name_lines(within, places)),
    ]


def community_of(place_id: int | None, directory: Directory) -> int | None:
    """Return the community that a place lies in; a place above communities counts as itself."""
    if place_id is None:
        return None
    above = directory.ancestors(place_id)
    return next((place.id for place in above if place.kind == PlaceKind.COMMUNITY), place_id)


def add_up(cells: Cells) -> dict[Any, Said]:
    """Return the sums of the cells with the same key."""
    sums: defaultdict[Any, Said] = defaultdict(lambda: [0, 0, 0])
    for key, *said in cells:
        sums[key] = [a + b for a, b in zip(sums[key], said, strict=True)]
    return dict(sums)


def name_lines(sums: Mapping[int | None, Said], names: Mapping[int, str]) -> list[Line]:
    """Return the lines with their names, the most answers first; what is not told apart comes last."""
    ordered = sorted(sums.items(), key=lambda each: (each[0] is None, -sum(each[1]), each[0] or 0))
    return [
        Line(_("All others together") if key is None else names.get(key) or _("No category"), said)
        for key, said in ordered
    ]


def head(first: str) -> list[str]:
    return [first, _("Answers"), _("Yes"), _("Partly"), _("No"), _("Confirmed by silence")]


def tell_row(line: Line) -> list[Cell]:
    """Return a row: name, how many answered and the share of each answer; of too few only that."""
    number = sum(line.said)
    shares = [percent(part / number) if number else "" for part in line.said]
    return [line.name, number or _("too few to show"), *shares, "" if line.silent is None else line.silent]
