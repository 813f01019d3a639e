"""Lists of staff that are no lists of submissions, to take away: as a file for a spreadsheet, or on paper."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from portal.accounts.access import administers_all, has_role, places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.dates import local_time
from portal.core.errors import NotAllowed, NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell, csv_response, print_page
from portal.core.text import mask_personal
from portal.ideas.call_queries import count_ideas, list_staff_calls
from portal.ideas.call_telling import phase_name
from portal.ideas.proposals import list_proposed_by
from portal.threads.lines import category_name
from portal.threads.models import Thread
from portal.triage.asking import tell_answer
from portal.triage.comments import list_hidden, list_waiting
from portal.triage.list_files import tell_time
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
    of_whole: bool = False  # for administrators of the whole only


@blueprint.get("/<code>.csv")
@staff_only(*RoleName)
def spreadsheet(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    table = table_of(v, code)
    return csv_response(code, [str(cell) for cell in table.head], table.rows(v))


@blueprint.get("/<code>/print")
@staff_only(*RoleName)
def sheet(code: str) -> ResponseReturnValue:
    v = Visit.begin()
    table = table_of(v, code)
    head = [str(cell) for cell in table.head]
    return print_page(str(table.name), head, table.rows(v), back=_address_of(table))


def table_of(v: Visit, code: str) -> Table:
    if code not in tables:
        raise NotFound()
    table = tables[code]
    if not has_role(v.person, *table.roles) or (
        table.of_whole and not administers_all(v.person, v.directory)
    ):
        raise NotAllowed()
    return table


def _address_of(table: Table) -> str:
    """Return the address of the page, narrowed as the table is."""
    narrowed = urlencode(list(request.args.items(multi=True)))
    return f"{url_for(table.page)}?{narrowed}" if narrowed else url_for(table.page)


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
    lines, _onward = list_waiting(v.session, v.person, v.directory, 0, MOST_ROWS + 1)
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


def _list_hidden(v: Visit) -> Iterator[list[Cell]]:
    lines, _onward = list_hidden(v.session, v.person, v.directory, None, MOST_ROWS + 1)
    for line in lines:
        comment, thread = line.comment, line.thread
        yield [
            thread.reference,
            safe_title(thread),
            mask_personal(comment.text),
            mask_personal(comment.hidden_reason),
            tell_time(comment.hidden_at),
            line.by,
        ]


def _list_proposed(v: Visit) -> Iterator[list[Cell]]:
    for proposal, call in list_proposed_by(v.session, v.person, MOST_ROWS + 1):
        yield [
            call.name,
            v.directory.full_name(call.place_id),
            tell_time(proposal.at),
            tell_answer(proposal, call),
            mask_personal(proposal.refused_because),
        ]


def _list_calls(v: Visit) -> Iterator[list[Cell]]:
    calls = list_staff_calls(v.session, places_reached(v.person, v.directory, RoleName.COORDINATOR))
    counts, day = count_ideas(v.session, calls), local_time(v.now).date()
    for call in calls:
        state = phase_name(call.phase(day)) if call.published_at else _("Being prepared")
        days = (call.dates.opens_on, *call.dates.last_days)
        yield [
            call.name,
            v.directory.full_name(call.place_id),
            state,
            counts.get(call.id, 0),
            *(each.isoformat() for each in days),
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
            lazy_gettext("Day sent"),
        ),
        _list_comments,
        WORKERS,
        "comments_desk.index",
    ),
    "hidden-comments": Table(
        lazy_gettext("Hidden comments"),
        (
            lazy_gettext("Number"),
            lazy_gettext("Title"),
            lazy_gettext("Comment"),
            lazy_gettext("Reason for hiding"),
            lazy_gettext("Hidden on"),
            lazy_gettext("Hidden by"),
        ),
        _list_hidden,
        WORKERS,
        "comments_desk.hidden",
    ),
    "calls-for-ideas": Table(
        lazy_gettext("Calls for ideas"),
        (
            lazy_gettext("Title"),
            lazy_gettext("Place"),
            lazy_gettext("How it stands"),
            lazy_gettext("Ideas"),
            lazy_gettext("First day"),
            lazy_gettext("Ideas can be sent until"),
            lazy_gettext("They can be supported until"),
            lazy_gettext("The panel reviews until"),
            lazy_gettext("The decision comes until"),
        ),
        _list_calls,
        (RoleName.COORDINATOR,),
        "calls_desk.index",
    ),
    "proposed-calls": Table(
        lazy_gettext("Calls you proposed"),
        (
            lazy_gettext("Title"),
            lazy_gettext("Place"),
            lazy_gettext("Sent"),
            lazy_gettext("How it stands"),
            lazy_gettext("Reason"),
        ),
        _list_proposed,
        WORKERS,
        "asking.proposed",
    ),
}
