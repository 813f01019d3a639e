"""The public pages of the departments: what came, what was done, how fast, how satisfied people are."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import DepartmentEntry, Directory, get_directory
from portal.core import clock
from portal.core.charts import Sheet
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext, select_locale
from portal.core.sheets import Cell, csv_response
from portal.ideas.need_views import tell_need
from portal.ideas.needs import read_needs
from portal.insight import charts
from portal.insight.models import DepartmentYear
from portal.insight.telling import percent
from portal.threads.models import CLOSED, Status
from portal.threads.public_files import count_file
from portal.threads.timeline import status_label

blueprint = Blueprint("departments", __name__, url_prefix="/departments")
PROMISED = ("answer_days", "fix_days", "urgent_answer_hours", "urgent_fix_hours")
TICK_EVERY = 3  # months
MOST_NEEDS = 5
LOOKS = ("sent-on", "to-desk", "other")  # fixed, ended otherwise, open


class Summary(NamedTuple):
    """A department's year in a line."""

    code: str
    name: str
    came: int
    fixed: int
    silent: int  # of these, confirmed by silence
    unfixed: int  # ended otherwise: not ours, no action, joined
    open: int
    days_to_answer: float | None
    answered: str  # in time
    days_to_fix: float | None
    fixed_in_time: str
    satisfied: str


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    session = db.session()
    directory = get_directory(session)
    lines = list_summaries(session, directory)
    return render_template(
        "insight/departments.html",
        lines=lines,
        head=head(),
        rows=[tell_row(line) for line in lines],
        promised=tell_promised(directory),
    )


def tell_promised(directory: Directory) -> list[list[Cell]]:
    """Return what is promised of each category: working days, and hours where there is danger."""
    return [
        [c.name, directory.departments[c.department_id].name, *(c.times[name] for name in PROMISED)]
        for c in directory.categories_in_use()
    ]


@blueprint.get("/table.csv")
@public
def table() -> Response:
    count_file()
    session = db.session()
    lines = list_summaries(session, get_directory(session))
    return csv_response("departments", head(), [tell_row(line) for line in lines])


@blueprint.get("/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    session = db.session()
    directory = get_directory(session)
    department, year = find_year(session, directory, code)
    if year is None:
        return render_template("insight/department.html", department=department, line=None)
    return render_template(
        "insight/department.html",
        department=department,
        line=summarise(department, year.figures),
        made_at=year.made_at,
        since=month_name(next(iter(year.figures["months"]))),
        states=tell_states(year.figures["states"]),
        months=[(month_name(month), *parts) for month, parts in year.figures["months"].items()],
        picture=draw(year.figures["months"]),
        promises=[
            (_("First answers in time"), name_kept(year.figures["answered"], directory)),
            (_("Fixed in time"), name_kept(year.figures["fixed"], directory)),
        ],
        answers=[
            (_("By category"), name_said(year.figures["said_of"], category_names(directory))),
            (_("By place"), name_said(year.figures["said_in"], place_names(directory))),
        ],
        said_head=said_head(""),
        days_text=days_text,
        needs=list_needs(session, directory, department),
    )


def list_needs(session: Session, directory: Directory, department: DepartmentEntry) -> list[dict[str, Any]]:
    """Return what of this department's is reported most, with how many ideas answer it."""
    own = (
        need
        for need in read_needs(session, directory, clock.now())
        if directory.department_for(need.category_id, need.place_id).id == department.id
    )
    return [tell_need(need, directory) for need in islice(own, MOST_NEEDS)]


@blueprint.get("/<code>/table.csv")
@public
def department_table(code: str) -> Response:
    session = db.session()
    directory = get_directory(session)
    find_year(session, directory, code)  # what there is not costs nobody a file
    count_file()
    department, year = find_year(session, directory, code)
    figures: dict[str, Any] = year.figures if year else {"said_of": [], "said_in": []}
    rows = name_said(figures["said_of"], category_names(directory))
    rows += name_said(figures["said_in"], place_names(directory))
    return csv_response(f"department-{department.code}", said_head(_("Category or place")), rows)


def find_year(
    session: Session, directory: Directory, code: str
) -> tuple[DepartmentEntry, DepartmentYear | None]:
    department = directory.department_codes.get(code)
    if department is None:
        raise NotFound()
    return department, session.get(DepartmentYear, department.id)


def list_summaries(session: Session, directory: Directory) -> list[Summary]:
    """Return each department in use, in their set order; one query."""
    years = {year.department_id: year for year in session.scalars(select(DepartmentYear))}
    return [
        summarise(department, years[department.id].figures)
        for department in directory.departments_in_use()
        if department.id in years
    ]


def summarise(department: DepartmentEntry, figures: dict[str, Any]) -> Summary:
    months = figures["months"].values()
    fixed, unfixed, still_open = (sum(parts[place] for parts in months) for place in range(3))
    return Summary(
        code=department.code,
        name=department.name,
        came=fixed + unfixed + still_open,
        fixed=fixed,
        silent=figures["states"].get(Status.SILENT, 0),
        unfixed=unfixed,
        open=still_open,
        days_to_answer=figures["days_to_answer"],
        answered=share_text(figures["answered"], 2),
        days_to_fix=figures["days_to_fix"],
        fixed_in_time=share_text(figures["fixed"], 2),
        satisfied=share_text(figures["said_of"], 1),
    )


def share_text(cells: Sequence[Sequence[Any]], place: int) -> str:
    """Return the share of one column of all cells, with how many they are; of too few nothing."""
    whole = sum(sum(cell[1:]) for cell in cells)
    if not whole:
        return _("too few to show")
    part = sum(cell[place] for cell in cells)
    return _("%(share)s of %(number)s", share=percent(part / whole), number=whole)


def days_text(days: float | None) -> str:
    """Return working days in words; of too few nothing."""
    if days is None:
        return _("too few to show")
    if not days:  # they are rounded
        return _("less than 0.1 working days")
    return ngettext("%(days)s working day", "%(days)s working days", 1 if days == 1 else 2, days=f"{days:g}")


def head() -> list[str]:
    return [
        _("Department"),
        _("Came in twelve months"),
        _("Fixed"),
        _("of these confirmed by silence"),
        _("Ended otherwise"),
        _("Open"),
        _("Until the first answer"),
        _("First answers in time"),
        _("Until fixed"),
        _("Fixed in time"),
        _("Say that it is fixed"),
    ]


def tell_row(line: Summary) -> list[Cell]:
    """Return a line of the table of all departments."""
    return [
        line.name,
        line.came,
        line.fixed,
        line.silent,
        line.unfixed,
        line.open,
        days_text(line.days_to_answer),
        line.answered,
        days_text(line.days_to_fix),
        line.fixed_in_time,
        line.satisfied,
    ]


def tell_states(states: dict[str, int]) -> list[tuple[str, int]]:
    """Return how many stand in each state, open ones first; "no action" and "not ours" are their own."""
    present = [status for status in Status if states.get(status)]
    return [(status_label(status), states[status]) for status in sorted(present, key=CLOSED.__contains__)]


def month_name(month: str) -> str:
    return str(format_date(datetime.fromisoformat(f"{month}-01"), "MMM y", locale=select_locale()))


def draw(months: dict[str, list[int]]) -> Sheet:
    """Draw what became of what came, by month."""
    ticks = [(place, month_name(month)) for place, month in enumerate(months) if place % TICK_EVERY == 0]
    return charts.draw_stacks(list(months.values()), LOOKS, ticks)


def name_kept(cells: Sequence[Sequence[Any]], directory: Directory) -> list[list[Cell]]:
    """Return rows of a promise by category: name with what is promised, how many ended, the share kept."""
    names = category_names(directory)
    return [
        [_name(number, names), missed + kept, percent(kept / (missed + kept))]
        for number, missed, kept in cells
    ]


def name_said(cells: Sequence[Sequence[Any]], names: dict[int, str]) -> list[list[Cell]]:
    """Return rows of answers: name, how many answered, and the share of each answer."""
    return [
        [_name(number, names), sum(said), *(percent(count / sum(said)) for count in said)]
        for number, *said in cells
    ]


def said_head(first: str) -> list[str]:
    return [first, _("Answers"), _("Yes"), _("Partly"), _("No")]


def category_names(directory: Directory) -> dict[int, str]:
    return {category.id: category.name for category in directory.categories.values()}


def place_names(directory: Directory) -> dict[int, str]:
    return {place.id: directory.full_name(place.id) for place in directory.places.values()}


def _name(number: int | None, names: dict[int, str]) -> str:
    """Return the name of a cell; those with few are together, and so is what has no category."""
    if number is None:
        return _("All others together")
    return names.get(number) or _("No category")
