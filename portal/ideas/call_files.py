"""Calls to take away: one with all that is public about it, and the list of them."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.dates import local_time, today
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.links import whole_link
from portal.core.sheets import Cell, csv_response, print_page
from portal.ideas.call_public import head, tell_call, tell_ideas, tell_rows
from portal.ideas.call_queries import count_ideas, find_public_call, list_public_calls
from portal.ideas.call_telling import phase_name
from portal.ideas.calls import Call
from portal.threads.public_files import count_file

blueprint = Blueprint("call_files", __name__, url_prefix="/calls")


@blueprint.get("/all/table.csv")
@public
def calls() -> ResponseReturnValue:
    count_file()
    return csv_response("calls", _head_of_calls(), _rows_of_calls())


@blueprint.get("/all/print")
@public
def sheet() -> ResponseReturnValue:
    count_file()
    return print_page(_("Calls for ideas"), _head_of_calls(), _rows_of_calls(), back=url_for("calls.index"))


@blueprint.get("/<code>.csv")
@public
def spreadsheet(code: str) -> ResponseReturnValue:
    """The ideas of a call, one on each line."""
    call = open_call(code)
    session = db.session()
    directory = get_directory(session)
    return csv_response(f"call-{code}", head(), tell_rows(tell_ideas(session, call, directory), directory))


@blueprint.get("/<code>/print")
@public
def ideas_sheet(code: str) -> ResponseReturnValue:
    """The ideas of a call on paper: what a table of a page's width can hold."""
    call = open_call(code)
    session = db.session()
    directory = get_directory(session)
    kept = [0, 1, 9, 11, 13, 19]
    rows = ([row[n] for n in kept] for row in tell_rows(tell_ideas(session, call, directory), directory))
    return print_page(call.name, [head()[n] for n in kept], rows, back=url_for("calls.show", code=code))


@blueprint.get("/<code>.json")
@public
def data(code: str) -> ResponseReturnValue:
    """All that is public about a call, for programs."""
    call = open_call(code)
    session, now = db.session(), clock.now()
    told = {
        "made_at": now.isoformat(),
        "address": whole_link("calls.show", code=code),
        **tell_call(session, call, get_directory(session), call.phase(today())),
    }
    return Response(
        json.dumps(told, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="linli-call-{code}-{local_time(now):%Y-%m-%d}.json"'
        },
    )


def open_call(code: str) -> Call:
    """Return a public call to somebody who has not taken too many files. NotFound, TooMany."""
    if find_public_call(db.session(), code) is None:
        raise NotFound()
    count_file()
    call = find_public_call(db.session(), code)
    if call is None:
        raise NotFound()
    return call


def _head_of_calls() -> list[str]:
    return [
        _("Title"),
        _("Place"),
        _("Phase"),
        _("Ideas"),
        _("First day"),
        _("Ideas can be sent until"),
        _("They can be supported until"),
        _("The panel reviews until"),
        _("The decision comes until"),
    ]


def _rows_of_calls() -> Iterator[list[Cell]]:
    session, day = db.session(), today()
    found = list_public_calls(session)
    directory, counts = get_directory(session), count_ideas(session, found)
    for call in found:
        days = (call.dates.opens_on, *call.dates.last_days)
        yield [
            call.name,
            directory.full_name(call.place_id),
            phase_name(call.phase(day)),
            counts.get(call.id, 0),
            *(each.isoformat() for each in days),
        ]
