"""Runs migrations: on SQLite with foreign keys off, so that rebuilding a table harms no child."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from portal.core.db import Base, db
from portal.core.search import SEARCH_TABLES, ensure_search


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Leave the search tables and indexes out of comparisons: ensure_search keeps them."""
    return not (kind in ("table", "index") and (name or "").startswith(SEARCH_TABLES))


def run(connection: Connection) -> None:
    options = current_app.extensions["migrate"].configure_args
    context.configure(connection=connection, target_metadata=Base.metadata, include_object=is_ours, **options)
    with context.begin_transaction():
        context.run_migrations()
    if "threads" in db.inspect(connection).get_table_names():
        ensure_search(connection)
    connection.commit()


def set_foreign_keys(connection: Connection, state: str) -> None:
    """Set SQLite's checks; past SQLAlchemy, for in a transaction the pragma does nothing."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={state}")


with db.engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        set_foreign_keys(connection, "OFF")
    run(connection)
    if sqlite:
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise SystemExit(f"The migration broke references: {broken[:5]}")
        connection.commit()
        set_foreign_keys(connection, "ON")
