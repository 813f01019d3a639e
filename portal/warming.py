"""What a server does before its processes part: it shows itself the pages that are asked for most."""

from contextlib import suppress

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.core.db import db
from portal.threads.models import IS_LISTED, Kind, Thread

PAGES = ("/", "/reports", "/ideas", "/reports?q=灯 lamp", "/report/words", "/sign-in")
NEWEST = (
    select(Thread.reference).where(Thread.kind == Kind.REPORT, IS_LISTED).order_by(Thread.id.desc()).limit(1)
)


def warm_up(app: Flask) -> None:
    """Load templates, messages and statements in this process, so that those it forks share them.

    No connection stays open: one must not be used on both sides of a fork. Without a database
    that can be read nothing is done; each page will say so.
    """
    with suppress(DBAPIError):
        with app.app_context():
            newest = db.session.scalars(NEWEST).all()
        browser = app.test_client(use_cookies=False)
        for page in (*PAGES, *(f"/reports/{reference}" for reference in newest)):
            browser.get(page)
    with app.app_context():
        db.engine.dispose()
