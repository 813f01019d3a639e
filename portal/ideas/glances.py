"""Which ideas this browser has opened, and who it is to an order of its own: kept in two cookies."""

from collections.abc import Collection
from datetime import date
from secrets import token_hex

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import signed_in_person
from portal.accounts.models import Person
from portal.core.dates import today
from portal.core.references import parse_reference
from portal.core.web import set_choice

OPENED, READER = "linli_opened", "linli_reader"
MOST = 150  # opened ideas that a browser remembers


def opened_before_today() -> Collection[str]:
    """Return the references of what was opened on earlier days: the order must not change in a day."""
    day, earlier, now = _read()
    return {*earlier, *(now if day != today() else ())}


def remember_glance(page: ResponseReturnValue, reference: str) -> Response:
    """Let the browser remember that this idea was opened, if it was found."""
    response = make_response(page)
    day, earlier, now = _read()
    if response.status_code == 200:
        if day != today():
            earlier, now = [*earlier, *now], []
        now = [*(r for r in now if r != reference), reference][-MOST:]
        earlier = earlier[max(0, len(earlier) + len(now) - MOST) :]
        set_choice(response, OPENED, f"{today():%Y-%m-%d}_{'.'.join(earlier)}_{'.'.join(now)}")
    return response


def reader_of(person: Person | None) -> str:
    """Return who looks: an account, else the browser by its mark; `mark_reader` gives it one.

    A browser that has a mark keeps it when it votes and so stands for a person: its order must not change.
    """
    mark = request.cookies.get(READER, "")[:32]
    if person and (not mark or signed_in_person()):
        return f"person {person.root_id}"
    return mark or token_hex(8)


def mark_reader(page: ResponseReturnValue, reader: str) -> Response:
    """Let a browser that stands for nobody keep the mark that its order was made with."""
    response = make_response(page)
    if not reader.startswith("person ") and READER not in request.cookies:
        set_choice(response, READER, reader)
    return response


def _read() -> tuple[date | None, list[str], list[str]]:
    """Return the day of the last glance, what was opened before it, and on it."""
    day, _mark, rest = request.cookies.get(OPENED, "").partition("_")
    earlier, _mark, now = rest.partition("_")
    try:
        return date.fromisoformat(day), _references(earlier), _references(now)
    except ValueError:
        return None, [], []


def _references(text: str) -> list[str]:
    return [r for r in text.split(".")[:MOST] if r and parse_reference(r) == r]
