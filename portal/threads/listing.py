"""Public lists: searched, narrowed, sorted and paged by key, at the same cost whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.core.search import search_threads
from portal.threads.models import IS_LISTED, Kind, Status, Thread, ThreadWords

PAGE_SIZE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# What a line of a list shows. A whole Thread would cost several times as much to read.
LINE: tuple[InstrumentedAttribute[Any], ...] = (
    Thread.id,
    Thread.reference,
    Thread.kind,
    Thread.visibility,
    Thread.status,
    Thread.title,
    Thread.language,
    Thread.place_id,
    Thread.category_id,
    Thread.votes_total,
    Thread.created_at,
    Thread.changed_at,
)


class Sort(StrEnum):
    NEW = "new"
    TOP = "top"  # most affected, most supported
    CHANGED = "changed"


SORTED_BY: dict[Sort, InstrumentedAttribute[Any] | None] = {
    Sort.NEW: None,  # ids grow with time
    Sort.TOP: Thread.votes_total,
    Sort.CHANGED: Thread.changed_at,
}


@dataclass(frozen=True)
class Wish:
    """What a reader wants to see; None leaves a thing open.

    `phrases` are those of core.text.query_phrases: an empty list finds nothing.
    """

    kind: Kind
    phrases: Sequence[Sequence[str]] | None = None
    category_ids: Sequence[int] | None = None
    place_ids: Sequence[int] | None = None
    statuses: Sequence[Status] | None = None
    sort: Sort = Sort.NEW

    @property
    def is_narrowed(self) -> bool:
        chosen = (self.phrases, self.category_ids, self.place_ids, self.statuses)
        return any(choice is not None for choice in chosen)


@dataclass(frozen=True)
class Page:
    """Some lines in order, the cursors of the pages beside it, and the count where one was made."""

    lines: Sequence[Row[Any]]
    newer: str | None
    older: str | None
    count: int | None


def read_page(session: Session, wish: Wish, *, after: str = "", before: str = "") -> Page:
    """Return the page after or before a cursor, else the first one.

    A cursor that is forged, or leads beyond either end, gives the first page. Only a narrowed
    list is counted: counting everything would cost more the more there is.
    """
    count = count_listed(session, wish) if wish.is_narrowed else None
    if count == 0:
        return Page([], None, None, 0)
    page = _page_before(session, wish, before, count) or _page_after(session, wish, after, count)
    return page or _first_page(session, wish, count)


def count_listed(session: Session, wish: Wish) -> int:
    """Return how many there are, exactly."""
    if wish.phrases == []:
        return 0
    return session.scalar(_narrowed(session, select(func.count()).select_from(Thread), wish)) or 0


def _first_page(session: Session, wish: Wish, count: int | None) -> Page:
    lines = _read(session, wish)
    return Page(lines[:PAGE_SIZE], None, _older_cursor(lines, wish.sort), count)


def _page_after(session: Session, wish: Wish, cursor: str, count: int | None) -> Page | None:
    keys = parse_cursor(cursor, wish.sort)
    lines = _read(session, wish, _keys(wish.sort) < tuple(keys)) if keys else []
    if not lines:
        return None
    return Page(lines[:PAGE_SIZE], make_cursor(lines[0], wish.sort), _older_cursor(lines, wish.sort), count)


def _page_before(session: Session, wish: Wish, cursor: str, count: int | None) -> Page | None:
    """Return the page, or None where it would not be full: then the first page is meant."""
    keys = parse_cursor(cursor, wish.sort)
    lines = _read(session, wish, _keys(wish.sort) > tuple(keys), upwards=True) if keys else []
    if len(lines) <= PAGE_SIZE:
        return None
    lines = lines[PAGE_SIZE - 1 :: -1]
    return Page(lines, make_cursor(lines[0], wish.sort), make_cursor(lines[-1], wish.sort), count)


def _older_cursor(lines: Sequence[Row[Any]], sort: Sort) -> str | None:
    return make_cursor(lines[PAGE_SIZE - 1], sort) if len(lines) > PAGE_SIZE else None


def _read(
    session: Session, wish: Wish, beyond: ColumnElement[bool] | None = None, *, upwards: bool = False
) -> Sequence[Row[Any]]:
    """Read one line more than a page holds."""
    statement = _narrowed(session, select(*LINE), wish)
    if beyond is not None:
        statement = statement.where(beyond)
    order = [key if upwards else key.desc() for key in _key_columns(wish.sort)]
    return session.execute(statement.order_by(*order).limit(PAGE_SIZE + 1)).all()


def _narrowed(session: Session, statement: Select[Any], wish: Wish) -> Select[Any]:
    statement = statement.where(Thread.kind == wish.kind, IS_LISTED)
    for column, values in (
        (Thread.category_id, wish.category_ids),
        (Thread.place_id, wish.place_ids),
        (Thread.status, wish.statuses),
    ):
        if values is not None:
            statement = statement.where(column.in_(values))
    return statement if wish.phrases is None else _found(session, statement, wish.phrases)


def _found(session: Session, statement: Select[Any], phrases: Sequence[Sequence[str]]) -> Select[Any]:
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        statement = statement.join(ThreadWords, ThreadWords.thread_id == Thread.id)
    words = ThreadWords.__table__.c.public_words
    return search_threads(
        statement, thread_id=Thread.__table__.c.id, words=words, phrases=phrases, dialect=dialect
    )


def _key_columns(sort: Sort) -> list[InstrumentedAttribute[Any]]:
    column = SORTED_BY[sort]
    return [Thread.id] if column is None else [column, Thread.id]


def _keys(sort: Sort) -> Any:
    return tuple_(*_key_columns(sort))


def make_cursor(line: Row[Any], sort: Sort) -> str:
    """Return where a list goes on after (or before) this line."""
    if sort == Sort.CHANGED:
        return f"{(line.changed_at - EPOCH) // MICROSECOND}.{line.id}"
    return f"{line.votes_total}.{line.id}" if sort == Sort.TOP else f"{line.id}"


def parse_cursor(cursor: str, sort: Sort) -> list[Any] | None:
    """Return the values of the sort's columns, or None if this is no cursor of this sort."""
    parts = cursor.split(".")
    if len(parts) != len(_key_columns(sort)) or not all(_is_number(part) for part in parts):
        return None
    numbers: list[Any] = [int(part) for part in parts]
    if sort == Sort.CHANGED:
        numbers[0] = EPOCH + numbers[0] * MICROSECOND
    return numbers


def _is_number(text: str) -> bool:
    """Tell whether these are digits that the database and the calendar can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= 16
