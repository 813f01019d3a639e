"""Filling the public pages for a test, and reading what they show."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core.db import begin_write, db
from tests.factories import form_fields


@contextmanager
def writing(app: Flask) -> Iterator[Session]:
    """Give a session whose changes are kept when the block ends."""
    with app.app_context():
        session = db.session()
        begin_write(session)
        yield session
        session.commit()
        db.session.remove()


def titles(html: str) -> list[str]:
    """Return the titles of a list's lines, in order."""
    found = re.findall(r'class="entry__title"[^>]*><a[^>]*>(?:<svg.*?</svg> )?(.*?)</a>', html, re.S)
    return [title.strip() for title in found]


def link(html: str, rel: str) -> str | None:
    """Return where the link to the newer ("prev") or older ("next") page leads."""
    found = re.search(rf'href="([^"]*)" rel="{rel}"', html)
    return found.group(1).replace("&amp;", "&") if found else None


def press(client: FlaskClient, page: str, action: str) -> TestResponse:
    """Open a page and press the button that posts to `action`."""
    return client.post(action, data=form_fields(client.get(page).text))
