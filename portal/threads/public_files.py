"""A public list to take away, narrowed as it is: as a file for a spreadsheet, or on paper."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.dates import local_time
from portal.core.db import begin_write, db
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt, network
from portal.core.sheets import MOST_ROWS, Cell, csv_response, print_page
from portal.threads.choices import Choice, read_choice, wish_for
from portal.threads.lines import ROOMS, category_name
from portal.threads.listing import Sort, read_lines
from portal.threads.models import Kind, Visibility
from portal.threads.timeline import status_label

HOUR = timedelta(hours=1)
MOST_FILES = 60  # that an address takes away in an hour: each costs as much as many pages


def show_file(kind: Kind) -> ResponseReturnValue:
    """Return the list that the address asks for as a file. TooMany for who has taken many."""
    count_file()
    return csv_response(ROOMS[kind], _head(kind), _rows(kind))


def show_sheet(kind: Kind) -> ResponseReturnValue:
    """Return the list that the address asks for as a page for paper."""
    count_file()
    title = {Kind.REPORT: _("Reports"), Kind.IDEA: _("Ideas")}[kind]
    choice = read_choice(kind, request.args, get_directory(db.session()))
    return print_page(title, _head(kind), _rows(kind), back=address_of(choice, "index"))


def address_of(choice: Choice, view: str) -> str:
    """Return the address of the list as it is narrowed: of its page ("index"), file ("table") or "sheet"."""
    asked = {
        "q": choice.query,
        "category": choice.category,
        "place": choice.place,
        "status": choice.status,
        "near": choice.near,
        "within": str(choice.within) if choice.near else "",
        "sort": "" if choice.sort == Sort.NEW else choice.sort,
    }
    chosen = {name: value for name, value in asked.items() if value}
    address = url_for(f"{ROOMS[choice.kind]}.{view}")
    return f"{address}?{urlencode(chosen)}" if chosen else address


def count_file() -> None:
    """Note that somebody takes away a file without signing in. Raises TooMany past 60 an hour."""
    session = db.session()
    begin_write(session)
    subject = f"address:{network(request.remote_addr)}"
    count_attempt(session, "file", subject, most=MOST_FILES, within=HOUR, now=clock.now())
    session.commit()


def _head(kind: Kind) -> list[str]:
    votes = _("Affected") if kind == Kind.REPORT else _("Supporters")
    return [
        _("Number"),
        _("Title"),
        _("Status"),
        _("Category"),
        _("Place"),
        _("Day sent"),
        _("Last changed"),
        votes,
    ]


def _rows(kind: Kind) -> Iterator[list[Cell]]:
    """Give what the public may know of each, in the order of the list; no names, no words but the title."""
    session = db.session()
    directory: Directory = get_directory(session)
    wish = wish_for(read_choice(kind, request.args, directory), directory)
    for line in read_lines(session, wish, MOST_ROWS + 1):
        yield [
            line.reference,
            line.title if line.visibility == Visibility.PUBLIC else _("Waiting for a first look"),
            status_label(line.status),
            category_name(line, directory),
            directory.full_name(line.place_id),
            f"{local_time(line.created_at):%Y-%m-%d}",
            f"{local_time(line.changed_at):%Y-%m-%d}",
            line.votes_total,
        ]
