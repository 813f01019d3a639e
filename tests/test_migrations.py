"""An installation that is in use goes from release to release and loses nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import MetaData, func, select, text

from portal import create_app
from portal.accounts.models import Person
from portal.config import Settings
from portal.core.db import db
from portal.panels.models import Decision
from portal.threads.additions import ThreadWords
from portal.threads.models import Channel, Statement, Status, Thread
from tests.conftest import Stage, _admin

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
FIRST = {
    "places": {"id": 1, "code": "town", "kind": "district", "path": "/1/", "position": 0},
    "departments": {"id": 1, "code": "works", "position": 0},
    "people": {"id": 1, "email": "lamp@example.net", "name": "Wei", "language": "en", "session_epoch": 0},
    "threads": {
        "id": 1,
        "reference": "123456789",
        "submission_key": "key",
        "tracking_digest": "digest",
        "kind": "report",
        "visibility": "public",
        "status": "received",
        "is_closed": False,
        "needs_sorting": False,
        "is_urgent": False,
        "place_id": 1,
        "address": "by the gate",
        "author_id": 1,
        "author_name_shown": False,
        "language": "en",
        "title": "The lamp is dark",
        "given_title": "",
        "votes_total": 3,
        "votes_verified": 2,
        "changed_at": NOW,
        "due_at": NOW,
        "last_sequence": 0,
        "last_digest": "",
    },
    "statements": {"id": 1, "thread_id": 1, "level": "original", "author_id": 1, "text": "Dark."},
    "thread_words": {"thread_id": 1, "public_words": "lamp dark", "staff_words": "lamp dark gate"},
}


@pytest.fixture
def first_release(stage: Stage, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database is of the first release, with a report in it."""
    address, name = "", f"{stage.name}_first"
    if stage.pg:
        with _admin(stage.pg) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        address = f"postgresql://postgres@/{name}?host={stage.pg}"
    app = create_app(Settings(var_dir=tmp_path / "var", database_url=address))  # type: ignore[call-arg]
    with app.app_context():
        upgrade(revision="0001")
        fill()
        yield app
        db.session.remove()
        db.engine.dispose()
    if stage.pg:
        with _admin(stage.pg) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill() -> None:
    tables = MetaData()
    with db.engine.begin() as connection:
        tables.reflect(connection, only=list(FIRST))
        for name, row in FIRST.items():
            columns = tables.tables[name].columns
            blank = {"names": {}, "welcome": {}, "emergency": [], "created_at": NOW, "is_blocked": False}
            values = {**{k: v for k, v in blank.items() if k in columns}, **row}
            connection.execute(tables.tables[name].insert().values(**values))


def test_what_the_first_release_kept_is_there_in_this_one(first_release: Flask) -> None:
    upgrade()
    session = db.session()
    thread = session.scalars(select(Thread)).one()
    assert (thread.reference, thread.votes_total, thread.address) == ("123456789", 3, "by the gate")
    assert thread.channel == Channel.WEB
    assert (thread.comments_total, thread.photos_total) == (0, 0)
    assert session.scalars(select(Person.email)).one() == "lamp@example.net"
    assert session.scalars(select(Statement.text)).one() == "Dark."
    assert session.scalar(select(func.count()).select_from(ThreadWords)) == 1


def test_search_finds_what_the_first_release_kept(first_release: Flask, stage: Stage) -> None:
    upgrade()
    hits = "SELECT rowid FROM thread_fts WHERE thread_fts MATCH 'lamp'"
    if stage.pg:
        hits = "SELECT thread_id FROM thread_words WHERE public_words @@ CAST('lamp' AS tsquery)"
    assert db.session.scalars(text(hits)).all() == [1]


def test_what_was_decided_before_is_in_the_log(first_release: Flask) -> None:
    tables = MetaData()
    with db.engine.begin() as connection:
        tables.reflect(connection, only=["events"])
        made = {
            "id": 1,
            "stream": "thread:1",
            "sequence": 1,
            "thread_id": 1,
            "kind": "idea.decided",
            "visibility": "public",
            "actor_id": 1,
            "actor_role": "coordinator",
            "statement_id": 1,
            "data": {"decision": "decided_adopt"},
            "at": NOW,
            "previous": "",
            "digest": "",
        }
        connection.execute(tables.tables["events"].insert().values(**made))
    upgrade()
    (decision,) = db.session.scalars(select(Decision)).all()
    assert (decision.choice, decision.reason, decision.announced_at) == (Status.ADOPT, "Dark.", NOW)
