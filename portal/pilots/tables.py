"""Pilots, practices and decisions to take away: what their pages show to everybody, as a table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from portal.communities.directory import get_directory
from portal.core.dates import local_time
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.sheets import Cell, csv_response, print_page
from portal.panels.decisions import read_log
from portal.pilots.practices_queries import list_practices
from portal.pilots.queries import list_public_pilots
from portal.pilots.words import state_label
from portal.threads.models import Visibility
from portal.threads.public_files import count_file
from portal.threads.timeline import status_label

blueprint = Blueprint("public_tables", __name__, url_prefix="/tables")
PLACE = lazy_gettext("Place")
TITLE = lazy_gettext("Title")


@dataclass(frozen=True)
class Table:
    """A public list as a table: what stands in it, and the page it is of."""

    name: LazyString
    head: Sequence[LazyString]
    rows: Callable[[], Iterable[Sequence[Cell]]]
    page: str  # an endpoint


@blueprint.get("/<code>.csv")
@public
def spreadsheet(code: str) -> ResponseReturnValue:
    table = take(code)
    return csv_response(code, [str(cell) for cell in table.head], table.rows())


@blueprint.get("/<code>/print")
@public
def sheet(code: str) -> ResponseReturnValue:
    table = take(code)
    head = [str(cell) for cell in table.head]
    return print_page(str(table.name), head, table.rows(), back=url_for(table.page))


def take(code: str) -> Table:
    """Return the table for somebody who has not taken too many. NotFound, TooMany."""
    if code not in TABLES:
        raise NotFound()
    count_file()
    return TABLES[code]


def _list_pilots() -> Iterator[list[Cell]]:
    session = db.session()
    directory = get_directory(session)
    for pilot in list_public_pilots(session):
        days = (pilot.starts_on.isoformat(), pilot.ends_on.isoformat())
        yield [pilot.title, directory.full_name(pilot.place_id), state_label(pilot), *days]


def _list_practices() -> Iterator[list[Cell]]:
    session = db.session()
    directory = get_directory(session)
    for practice in list_practices(session):
        category = directory.categories.get(practice.category_id or 0)
        yield [
            practice.title,
            directory.full_name(practice.place_id),
            category.name if category else "",
            practice.problem,
            practice.what,
            practice.conditions,
            practice.cost,
            practice.side_effects,
            practice.how_to,
        ]


def _list_decisions() -> Iterator[list[Cell]]:
    """Give the decisions that everybody has been told of, the newest first."""
    for decision in read_log(db.session()):
        thread = decision.thread
        is_readable = thread.visibility == Visibility.PUBLIC
        yield [
            f"{local_time(decision.at):%Y-%m-%d}",
            thread.reference,
            thread.title if is_readable else _("Waiting for a first look"),
            status_label(decision.choice),
            decision.reason,
            decision.dissent,
        ]


TABLES = {
    "pilots": Table(
        lazy_gettext("Pilots"),
        (TITLE, PLACE, lazy_gettext("How it stands"), lazy_gettext("First day"), lazy_gettext("Last day")),
        _list_pilots,
        "pilots.index",
    ),
    "practices": Table(
        lazy_gettext("Practice library"),
        (
            TITLE,
            PLACE,
            lazy_gettext("Category"),
            lazy_gettext("The problem it would solve"),
            lazy_gettext("What worked"),
            lazy_gettext("Under what conditions"),
            lazy_gettext("Roughly what it costs"),
            lazy_gettext("Side effects"),
            lazy_gettext("How to repeat it"),
        ),
        _list_practices,
        "practices.index",
    ),
    "decisions": Table(
        lazy_gettext("Decisions"),
        (
            lazy_gettext("Decided on"),
            lazy_gettext("Number"),
            TITLE,
            lazy_gettext("Decision"),
            lazy_gettext("Reason"),
            lazy_gettext("Who saw it otherwise, and why"),
        ),
        _list_decisions,
        "decisions.index",
    ),
}
