"""Lists of staff that are no lists of submissions, to take away: as a file for a spreadsheet, or on paper."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from portal.accounts.access import has_role
from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.dates import local_time
from portal.core.errors import NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell, csv_response, print_page
from portal.core.text import mask_personal
from portal.threads.lines import category_name
from portal.threads.models import Thread
from portal.triage.comments import list_waiting
from portal.triage.list_files import tell_time
from portal.triage.lists import READERS
from portal.triage.recurring import list_chains
from portal.triage.rows import title_of

blueprint = Blueprint("tables", __name__, url_prefix="/staff/tables")
WORKERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)
Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True)
class Table:
    """A list of staff as a table: who may take it away, what stands in it, and the page it is of."""

    name: LazyString
    head: Sequence[LazyString]
    rows: Callable[[Visit], Rows]
    roles: Sequence[RoleName]
    page: str  # an endpoint


@blueprint.get("/<code>.csv")
@staff_only(*READERS)
def spreadsheet(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    table = table_of(v, code)
    return csv_response(code, [str(cell) for cell in table.head], table.rows(v))


@blueprint.get("/<code>/print")
@staff_only(*READERS)
def sheet(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    table = table_of(v, code)
    head = [str(cell) for cell in table.head]
    return print_page(str(table.name), head, table.rows(v), back=url_for(table.page))


def table_of(v: Visit, code: str) -> Table:
    if code not in tables:
        raise NotFound()
    if not has_role(v.person, *tables[code].roles):
        raise NotAllowed()
    return tables[code]


def safe_title(thread: Thread) -> str:
    """Return the title with personal numbers covered: what is taken away can end anywhere."""
    return mask_personal(title_of(thread))


def _list_recurring(v: Visit) -> Iterator[list[Cell]]:
    chains, _onward = list_chains(v.session, v.person, v.directory, most=MOST_ROWS + 1)
    for chain in chains:
        newest = chain.newest
        yield [
            chain.count,
            f"{local_time(chain.since):%Y-%m-%d}",
            newest.reference,
            safe_title(newest),
            category_name(newest, v.directory),
            v.directory.full_name(newest.spot_id or newest.place_id),
            mask_personal(newest.address),
        ]


def _list_comments(v: Visit) -> Iterator[list[Cell]]:
    lines, _onward = list_waiting(v.session, v.person, v.directory, 0, most=MOST_ROWS + 1)
    for line in lines:
        yield [
            line.thread.reference,
            safe_title(line.thread),
            mask_personal(line.comment.text),
            "" if line.comment.is_shown else _("Yes"),
            len(line.complaints),
            mask_personal("; ".join(why for why in line.complaints if why)),
            tell_time(line.comment.created_at),
        ]


# By the code in the address; rooms above add theirs.
tables: dict[str, Table] = {
    "recurring": Table(
        lazy_gettext("Coming up again"),
        (
            lazy_gettext("Times"),
            lazy_gettext("Since"),
            lazy_gettext("Newest report"),
            lazy_gettext("Title"),
            lazy_gettext("Category"),
            lazy_gettext("Place"),
            lazy_gettext("Address"),
        ),
        _list_recurring,
        WORKERS,
        "recurring.index",
    ),
    "comments": Table(
        lazy_gettext("Comments to look at"),
        (
            lazy_gettext("Number"),
            lazy_gettext("Title"),
            lazy_gettext("Comment"),
            lazy_gettext("Waits for a first look"),
            lazy_gettext("Reported by"),
            lazy_gettext("Reason"),
            lazy_gettext("Sent"),
        ),
        _list_comments,
        WORKERS,
        "comments_desk.index",
    ),
}
