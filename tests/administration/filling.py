"""Filling in the administrators' forms as a browser would."""

from collections.abc import Mapping
from html import unescape
from re import S, findall
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.threads.events import ADMINISTRATION
from portal.threads.models import Event
from tests.factories import form_fields


def fields_of(html: str) -> dict[str, Any]:
    """Return what stands in the main form of a page, as it would be sent; boxes that are ticked as lists."""
    form = max(findall(r"<form\b.*?</form>", html, S), key=len)
    fields: dict[str, Any] = dict(form_fields(form))
    for tag in findall(r"<input\b[^>]*>", form):
        given = dict(findall(r'([a-z]+)="([^"]*)"', tag))
        value = unescape(given.get("value", ""))
        if given.get("type") == "checkbox":
            fields.setdefault(given["name"], []).extend([value] if " checked" in tag else [])
        elif given.get("type") != "hidden":
            fields[given["name"]] = value
    for name, text in findall(r'<textarea[^>]*? name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, S):
        fields[name] = unescape(text)
    for name, options in findall(r'<select[^>]*? name="([^"]*)"[^>]*>(.*?)</select>', form, S):
        chosen = findall(r'value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else ""
    return fields


def fill(client: FlaskClient, address: str, **typed: object) -> TestResponse:
    """Open a form, type into it and send it."""
    page = client.get(f"{address}?lang=en")
    assert page.status_code == 200, page.status_code
    return client.post(f"{address}?lang=en", data=with_typed(fields_of(page.text), typed))


def with_typed(fields: Mapping[str, object], typed: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**fields, **typed}.items() if value is not None}


def press(client: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    """Send one of the small forms of a page, by where it leads."""
    html = client.get(f"{page}?lang=en").text
    sent = form_fields(html) | ({"order": order} if (order := order_near(html, action)) else {})
    return client.post(action, data=sent | fields, follow_redirects=True)


def order_near(html: str, action: str) -> str:
    """Return the mark of the order that stands in the form with this address."""
    for form in findall(r"<form\b.*?</form>", html, S):
        if f'"{action}"' in form and (marks := findall(r'name="order" value="([^"]*)"', form)):
            return str(marks[0])
    return ""


def records(session: Session) -> list[tuple[str, dict[str, object]]]:
    """Return kind and content of each record of administration, in order."""
    rows = select(Event).where(Event.stream == ADMINISTRATION).order_by(Event.sequence)
    return [(event.kind, event.data) for event in session.scalars(rows)]
