"""A table to take away: as a file for a spreadsheet, or on paper."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice

from flask import Response, render_template

from portal.core import clock
from portal.core.dates import local_time
from portal.core.i18n import gettext as _

MOST_ROWS = 10_000
# What a spreadsheet may take for the beginning of a formula; the wide ones are typed on a Chinese keyboard.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")

Cell = str | int | float | None


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return the table as a file that spreadsheets open rightly, named after `name` and the day.

    Past 10,000 rows it ends with a line that says so. No text in it can act as a formula.
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([neutralise(cell) for cell in head])
    writer.writerows([neutralise(cell) for cell in row] for row in first_rows(rows))
    day = f"{local_time(clock.now()):%Y-%m-%d}"
    return Response(
        written.getvalue().encode("utf-8-sig"),  # without the mark, Excel doesn't read it as UTF-8
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="linli-{name}-{day}.csv"'},
    )


def print_page(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, back: str) -> str:
    """Return the page of the table for paper; `back` is the address that it came from."""
    shown = list(first_rows(rows))
    return render_template("sheet.html", title=title, head=head, rows=shown, back=back, now=clock.now())


def neutralise(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: such a text gets an apostrophe before it."""
    if isinstance(cell, str) and cell.lstrip(" \u3000\u00a0").startswith(FORMULA):
        return f"'{cell}"
    return cell


def first_rows(rows: Iterable[Sequence[Cell]]) -> Iterable[Sequence[Cell]]:
    """Give as many rows as a table may have; then, if there were more, a last one that says so."""
    every = iter(rows)
    yield from islice(every, MOST_ROWS)
    if next(every, None) is not None:
        yield [_("There are more. Only the first %(number)s are in this table.", number=f"{MOST_ROWS:,}")]
