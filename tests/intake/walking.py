"""Going through the steps as a browser does."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.core.db import db
from portal.threads.models import Thread
from tests import factories

WORDS = "The lamp by the south gate has been dark for a week, people stumble there."
GAS = "There is a strong smell of gas in the stairwell, people are dizzy."


class Walk:
    """One browser on one path."""

    def __init__(self, client: FlaskClient, path: str = "report") -> None:
        self.client, self.path = client, path
        client.get("/?lang=en")

    def at(self, step: str) -> str:
        return f"/{self.path}/{step}"

    def open(self, step: str) -> str:
        return self.client.get(self.at(step)).text

    def give(self, step: str, **fields: Any) -> TestResponse:
        hidden = factories.form_fields(self.open(step))
        return self.client.post(self.at(step), data=hidden | fields)

    def words(self, text: str = WORDS, **fields: str) -> TestResponse:
        return self.give("words", text=text, **fields)

    def where(self, place: str = "liu-1", **fields: str) -> TestResponse:
        return self.give("where", place=place, **fields)

    def who(self, how: str = "anonymous", **fields: str) -> TestResponse:
        return self.give("who", how=how, **fields)

    def to_check(self, text: str = WORDS, *, title: str = "", **who: str) -> str:
        """Fill in everything; return the check page."""
        self.words(text, title=title)
        self.where()
        self.who(**who)
        return self.open("check")

    def send(self, text: str = WORDS, **who: str) -> TestResponse:
        """Fill in everything and send it."""
        page = self.to_check(text, **who)
        return self.client.post(self.at("check"), data=factories.form_fields(page))

    def sent_page(self) -> str:
        return self.open("sent")


def count_threads(client: FlaskClient) -> int:
    with client.application.app_context():
        return db.session.scalar(select(func.count()).select_from(Thread)) or 0


def newest_thread(client: FlaskClient) -> Thread:
    """Return the newest thread, detached; its author is loaded."""
    with client.application.app_context():
        thread = db.session.scalars(select(Thread).order_by(Thread.id.desc()).limit(1)).one()
        assert thread.author.id
        db.session.expunge_all()
        return thread
