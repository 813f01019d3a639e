"""The bare application to compare with: Flask, SQLAlchemy, one table, the same model loaded.

It has the same server, database engine and pragmas (portal.core.db sets them for every engine),
lists 25 rows by key, shows one row, and inserts one row after classifying its text.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, redirect, render_template_string, request
from sqlalchemy import String, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from portal.core.db import WRITES
from portal.routing.advice import Advisor

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


def create_bare_app() -> Flask:
    app = Flask(__name__)
    engine = create_engine(os.environ["BARE_DATABASE"])
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
        said = advisor.advise(text).said
        with Session(engine) as session:
            session.connection(execution_options={WRITES: True})
            message = Message(
                title=text[:60],
                text=text,
                category=said.category if said else "",
                created_at=datetime.now(UTC).replace(tzinfo=None),
            )
            session.add(message)
            session.commit()
            return redirect(f"/messages/{message.id}", 303)

    return app
