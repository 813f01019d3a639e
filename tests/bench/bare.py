"""The bare application to compare with: Flask, SQLAlchemy, one table, the same model loaded.

It has the same server, database engine and pragmas, lists 25 rows by key, shows one row, and inserts
one row after classifying its text. It imports nothing of the portal, or it would hold the whole of it
in memory.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template_string, request
from sqlalchemy import Engine, String, Text, create_engine, event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from classifier.model import Advice
from classifier.store import load_model

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")

LIST = """<!doctype html><title>Messages</title><ul>{% for m in messages %}
<li><a href="/messages/{{ m.id }}">{{ m.title }}</a> {{ m.category }} {{ m.created_at }}</li>
{% endfor %}</ul>"""
DETAIL = """<!doctype html><title>{{ m.title }}</title><h1>{{ m.title }}</h1>
<p>{{ m.category }} {{ m.created_at }}</p><p>{{ m.text }}</p>"""


class Base(DeclarativeBase):
    pass


class Message(Base):
    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]


class Advisor:
    def __init__(self, folder: Path) -> None:
        self.model = load_model(folder)

    def advise(self, text: str) -> Advice:
        return self.model.advise_many([text])[0]


def open_engine(address: str) -> Engine:
    """Return an engine whose SQLite connections and transactions begin as those of Linli."""
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", begin)
    return engine


def prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def create_bare_app() -> Flask:
    app = Flask(__name__)
    engine = open_engine(os.environ["BARE_DATABASE"])
    advisor = Advisor(Path(os.environ["BARE_MODEL"]))
    app.extensions["linli_advisor"] = advisor  # the server's configuration loads it before the fork

    @app.get("/messages")
    def list_messages() -> str:
        with Session(engine) as session:
            rows = session.scalars(select(Message).order_by(Message.id.desc()).limit(25)).all()
            return render_template_string(LIST, messages=rows)

    @app.get("/messages/<int:number>")
    def show_message(number: int) -> str:
        with Session(engine) as session:
            return render_template_string(DETAIL, m=session.get_one(Message, number))

    @app.post("/messages")
    def create_message() -> object:
        text = request.form["text"]
        category = advisor.advise(text).category
        with Session(engine) as session:
            session.connection(execution_options={"writes": True})
            message = Message(
                title=text[:60],
                text=text,
                category=category,
                created_at=datetime.now(UTC).replace(tzinfo=None),
            )
            session.add(message)
            session.commit()
            return redirect(f"/messages/{message.id}", 303)

    return app
