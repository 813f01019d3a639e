"""Values from a file: one day and one number on each line. Pure."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from math import isfinite

from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.pilots.values import Reading

MOST_LINES = 2_000
LARGEST = 1e12
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_lines(text: str) -> list[Reading]:
    """Return what stands in lines such as "2026-03-02,12.5".

    A first line without a day is a heading; empty lines are passed over. Raises Invalid that names the
    line which can't be read.
    """
    rows = [(number, row) for number, row in _rows(text) if any(cell.strip() for cell in row)]
    if rows and _day(rows[0][1][0]) is None and not any(character.isdigit() for character in rows[0][1][0]):
        rows = rows[1:]
    if not rows:
        raise Invalid(_("There is no line with a day and a number."))
    if len(rows) > MOST_LINES:
        raise Invalid(_("At most %(n)s lines at once, please.", n=MOST_LINES))
    return [_read(number, row) for number, row in rows]


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8, or GB 18030 as spreadsheets in China write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("This is not a text file. Save the table as CSV first."))


def read_number(text: str) -> float | None:
    """Return the number that was typed, or None: full-width digits are read, and commas between thousands."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", plain, re.A):
        return None
    number = float(plain)
    return number if isfinite(number) and abs(number) <= LARGEST else None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    plain = unicodedata.normalize("NFKC", text.replace("，", ",").replace("\0", ""))
    for number, line in enumerate(plain.splitlines(), 1):
        mark = next((sign for sign in ("\t", ";") if sign in line), ",")
        try:
            yield number, next(csv.reader([line], delimiter=mark), [])
        except csv.Error:
            raise Invalid(_("Line %(line)s can’t be read.", line=number)) from None


def _read(number: int, row: list[str]) -> Reading:
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) != 2:
        problem = _("it needs a day and a number, as in 2026-03-02,12.5")
        raise Invalid(_("Line %(line)s: %(problem)s", line=number, problem=problem))
    day, value = _day(cells[0]), read_number(cells[1])
    if day is None:
        problem = _("“%(text)s” is no day", text=cells[0][:40])
        raise Invalid(_("Line %(line)s: %(problem)s", line=number, problem=problem))
    if value is None:
        problem = _("“%(text)s” is no number", text=cells[1][:40])
        raise Invalid(_("Line %(line)s: %(problem)s", line=number, problem=problem))
    return Reading(day, value, number)


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
