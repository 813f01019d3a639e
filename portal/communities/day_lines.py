"""Days off and make-up working days as lines that a person can write and paste.

2026-10-01..2026-10-07 off 国庆节 | 國慶節 | National Day
2026-10-10 work 国庆节补班
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.core.i18n import gettext as _
from portal.core.languages import from_line, to_line

Days = dict[str, dict[str, Any]]  # {"2026-10-01": {"works": False, "names": {…}}}
DAY = timedelta(days=1)
LONGEST = timedelta(days=60)  # of one line
LINE = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(?:\s*\.\.\s*(?P<last>\d{4}-\d\d-\d\d))?\s+(?P<word>\w+)(?:\s+(?P<names>.+))?"
)
WORDS = {"off": False, "休": False, "work": True, "班": True}


class DayLineError(ValueError):
    """A line that can't be read; the message says which and why."""


def read_days(text: str) -> Days:
    """Read the lines, a later one before an earlier one. Raises DayLineError."""
    days: Days = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        days |= _read_line(line)
    return dict(sorted(days.items()))


def _read_line(line: str) -> Days:
    found = LINE.fullmatch(line)
    if found is None or found["word"].lower() not in WORDS:
        raise DayLineError(_("Can't be read: %(line)s", line=line))
    try:
        first = date.fromisoformat(found["first"])
        last = date.fromisoformat(found["last"] or found["first"])
    except ValueError:
        raise DayLineError(_("There is no such day: %(line)s", line=line)) from None
    if not first <= last <= first + LONGEST:
        raise DayLineError(_("The last day is before the first, or too far from it: %(line)s", line=line))
    try:
        names = from_line(found["names"] or "")
    except ValueError:
        raise DayLineError(
            _("Write one name, or one for each of the three languages: %(line)s", line=line)
        ) from None
    works = WORDS[found["word"].lower()]
    return {day.isoformat(): {"works": works, "names": names} for day in _from_to(first, last)}


def _from_to(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def write_days(days: Days) -> str:
    """Return the lines that read_days reads as these days; days alike in a row are one line."""
    lines: list[str] = []
    for first, last, entry in _runs(days):
        span = first if first == last else f"{first}..{last}"
        word = "work" if entry["works"] else "off"
        lines.append(f"{span} {word} {to_line(entry['names'])}".strip())
    return "\n".join(lines)


def _runs(days: Days) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give the first and last of each run of days that are alike."""
    run: tuple[str, str, dict[str, Any]] | None = None
    for day, entry in sorted(days.items()):
        if run and entry == run[2] and date.fromisoformat(run[1]) + DAY == date.fromisoformat(day):
            run = (run[0], day, entry)
            continue
        if run:
            yield run
        run = (day, day, entry)
    if run:
        yield run
