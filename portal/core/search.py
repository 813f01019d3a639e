"""Word search with exact counts on both engines: FTS5 on SQLite, tsvector on PostgreSQL.

Tokens come from core.text, so neither engine's own idea of a Chinese word matters.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.types import TypeDecorator, TypeEngine

MAX_POSITION = 16_383


class TokenColumn(TypeDecorator[Sequence[str]]):
    """A list of tokens, kept as text on SQLite and as a tsvector on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name != "postgresql":
            return " ".join(value)
        return " ".join(f"{_quote(t)}:{min(i, MAX_POSITION)}" for i, t in enumerate(value, 1))

    def process_result_value(self, value: Any, dialect: Dialect) -> Sequence[str] | None:
        return None if value is None else str(value).split(" ")


def search_threads(
    statement: Select[Any],
    *,
    thread_id: ColumnElement[int],
    words: ColumnElement[Any],
    phrases: Sequence[Sequence[str]],
    dialect: str,
) -> Select[Any]:
    """Return the statement narrowed to threads whose `words` column holds every phrase.

    On PostgreSQL the statement must already be joined to the table of that column.
    """
    if dialect == "postgresql":
        query = " & ".join("(" + " <-> ".join(_quote(t) for t in p) + ")" for p in phrases)
        return statement.where(words.op("@@")(cast(bindparam(None, query, type_=Text), TSQUERY)))
    column = words.key
    query = f"{{{column}}} : (" + " AND ".join('"' + " ".join(p) + '"' for p in phrases) + ")"
    hits = (
        text("SELECT rowid AS id FROM thread_fts WHERE thread_fts MATCH :query")
        .bindparams(bindparam("query", query, unique=True))  # several searches may stand in one statement
        .columns(literal_column("id", thread_id.type))
    )
    return statement.where(thread_id.in_(hits))


def weigh_threads(words: Sequence[tuple[str, float]], *, column: str, dialect: str) -> Subquery:
    """Return (id, weight) of the threads whose `column` has any of the words: the sum of their weights."""
    if dialect == "postgresql":
        hits = _HITS.format(column=column)
        values: dict[str, Any] = {"words": [_quote(w) for w, _ in words], "weights": [w for _, w in words]}
    else:
        hits = " UNION ALL ".join(_HITS_OF_ONE.format(number) for number in range(len(words)))
        values = {f"word{n}": f'{{{column}}} : "{word}"' for n, (word, _) in enumerate(words)}
        values |= {f"weight{n}": weight for n, (_, weight) in enumerate(words)}
    summed = text(f"SELECT id, sum(weight) AS weight FROM ({hits}) AS hits GROUP BY id")  # noqa: S608  # all ours
    return summed.bindparams(**values).columns(id=Integer, weight=Double).subquery("weighed")


_HITS = (
    "SELECT thread_id AS id, weight "
    "FROM unnest(CAST(:words AS text[]), CAST(:weights AS double precision[])) AS given(word, weight) "
    "JOIN thread_words ON {column} @@ CAST(word AS tsquery)"
)
_HITS_OF_ONE = "SELECT rowid AS id, :weight{0} AS weight FROM thread_fts WHERE thread_fts MATCH :word{0}"


def _quote(token: str) -> str:
    """Quote a token for tsvector and tsquery; tokens are letters and digits only."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


SEARCH_TABLES = ("thread_fts", "gin_thread_words")

_ON_SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS thread_fts USING fts5(public_words, staff_words, "
    "content='thread_words', content_rowid='thread_id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER IF NOT EXISTS thread_fts_added AFTER INSERT ON thread_words BEGIN "
    "INSERT INTO thread_fts(rowid, public_words, staff_words) "
    "VALUES (new.thread_id, new.public_words, new.staff_words); END",
    "CREATE TRIGGER IF NOT EXISTS thread_fts_removed AFTER DELETE ON thread_words BEGIN "
    "INSERT INTO thread_fts(thread_fts, rowid, public_words, staff_words) "
    "VALUES ('delete', old.thread_id, old.public_words, old.staff_words); END",
    "CREATE TRIGGER IF NOT EXISTS thread_fts_changed AFTER UPDATE ON thread_words BEGIN "
    "INSERT INTO thread_fts(thread_fts, rowid, public_words, staff_words) "
    "VALUES ('delete', old.thread_id, old.public_words, old.staff_words); "
    "INSERT INTO thread_fts(rowid, public_words, staff_words) "
    "VALUES (new.thread_id, new.public_words, new.staff_words); END",
)
_ON_POSTGRESQL = (
    "CREATE INDEX IF NOT EXISTS gin_thread_words_public ON thread_words USING gin (public_words)",
    "CREATE INDEX IF NOT EXISTS gin_thread_words_staff ON thread_words USING gin (staff_words)",
    # What was added lately is gone through word by word, so it must not be much.
    "ALTER INDEX gin_thread_words_public SET (gin_pending_list_limit = 128)",
    "ALTER INDEX gin_thread_words_staff SET (gin_pending_list_limit = 128)",
)


def ensure_search(connection: Connection) -> None:
    """Make the search tables, triggers and indexes that are missing; harmless to repeat."""
    statements = _ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL
    for statement in statements:
        connection.exec_driver_sql(statement)
