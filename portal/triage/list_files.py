"""Any list of staff to take away, narrowed as it is: as a file for a spreadsheet, or on paper."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from portal.accounts.access import has_role
from portal.accounts.identity import staff_only
from portal.accounts.queries import names_of
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.core.errors import NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell, csv_response, print_page
from portal.core.text import mask_personal
from portal.threads.channels import channel_label
from portal.threads.models import Thread
from portal.threads.timeline import status_label
from portal.triage.lists import NAMES, OPENED_BY, READERS, Listing, open_list
from portal.triage.queries import read_first
from portal.triage.rows import due_text, kind_label, late_text, title_of

blueprint = Blueprint("list_files", __name__, url_prefix="/staff/lists")


@blueprint.get("/<code>.csv")
@staff_only(*READERS)
def spreadsheet(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    columns = BRIEF + MORE
    return csv_response(code, head(columns), rows(v, listing_of(v, code), columns))


@blueprint.get("/<code>/print")
@staff_only(*READERS)
def sheet(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    listing = listing_of(v, code)
    return print_page(str(NAMES[code]), head(BRIEF), rows(v, listing, BRIEF), back=listing.address())


def listing_of(v: Visit, code: str) -> Listing:
    if code not in OPENED_BY:
        raise NotFound()
    if not has_role(v.person, *OPENED_BY[code]):
        raise NotAllowed()
    return open_list(v, code, request.args)


@dataclass(frozen=True)
class Row:
    """What a cell is made from."""

    thread: Thread
    directory: Directory
    names: dict[int, str]
    now: datetime


Column = tuple[LazyString, Callable[[Row], Cell]]


def head(columns: Sequence[Column]) -> list[str]:
    return [str(name) for name, _cell in columns]


def rows(v: Visit, listing: Listing, columns: Sequence[Column]) -> Iterator[list[Cell]]:
    """Give what stands in the list, in its order; two queries, whatever the rows."""
    threads = read_first(v.session, listing.queue, MOST_ROWS + 1)
    names = names_of(v.session, (thread.assignee_id for thread in threads))
    for thread in threads:
        row = Row(thread, v.directory, names, v.now)
        yield [cell(row) for _name, cell in columns]


def tell_title(row: Row) -> str:
    """Return the title with personal numbers covered: what is taken away can end anywhere."""
    return mask_personal(title_of(row.thread))


def tell_category(row: Row) -> str:
    category = row.directory.categories.get(row.thread.category_id or 0)
    return category.name if category else ""


def tell_department(row: Row) -> str:
    department = row.directory.departments.get(row.thread.department_id or 0)
    return department.name if department else ""


def tell_time(moment: datetime | None) -> str:
    """Return day and time on the clock of the neighbourhood, as spreadsheets sort them."""
    return f"{local_time(moment):%Y-%m-%d %H:%M}" if moment else ""


# A table on paper has these columns; a file has those below as well. Never who sent it.
BRIEF: tuple[Column, ...] = (
    (lazy_gettext("Number"), lambda row: row.thread.reference),
    (lazy_gettext("Title"), tell_title),
    (lazy_gettext("Status"), lambda row: status_label(row.thread.status)),
    (lazy_gettext("Category"), tell_category),
    (lazy_gettext("Department"), tell_department),
    (lazy_gettext("Place"), lambda row: row.directory.full_name(row.thread.place_id)),
    (lazy_gettext("Who has it"), lambda row: row.names.get(row.thread.assignee_id or 0, "")),
    (lazy_gettext("Day sent"), lambda row: tell_time(row.thread.created_at)),
    (lazy_gettext("Promise"), lambda row: late_text(row.thread, row.now) or due_text(row.thread, row.now)),
)
MORE: tuple[Column, ...] = (
    (lazy_gettext("What it is"), lambda row: kind_label(row.thread.kind)),
    (lazy_gettext("Danger"), lambda row: _("Yes") if row.thread.is_urgent else ""),
    (lazy_gettext("How it came"), lambda row: channel_label(row.thread.channel)),
    (lazy_gettext("Address"), lambda row: mask_personal(row.thread.address)),
    (lazy_gettext("Votes"), lambda row: row.thread.votes_total),
    (lazy_gettext("Verified votes"), lambda row: row.thread.votes_verified),
    (lazy_gettext("Answer promised by"), lambda row: tell_time(row.thread.due_at)),
    (lazy_gettext("Promised to be fixed by"), lambda row: tell_time(row.thread.fix_due_at)),
    (lazy_gettext("First answer"), lambda row: tell_time(row.thread.answered_at)),
    (lazy_gettext("Last changed"), lambda row: tell_time(row.thread.changed_at)),
)
