"""Public lists: searched, narrowed, sorted and paged by key, at the same cost whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.core.search import search_threads
from portal.threads.additions import ThreadWords
from portal.threads.models import IS_LISTED, Kind, Status, Thread, Visibility
from portal.threads.near import Near, ids_near

PAGE_SIZE = 25
FEW = 1_000  # rows that are quickly sorted
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
    Thread.photos_total,
    Thread.created_at,
    Thread.changed_at,
)
# Made once: it takes longer to put together than to run.
LINES: Select[Any] = select(*LINE)
COUNT: Select[Any] = select(func.count()).select_from(Thread)


class Sort(StrEnum):
    NEW = "new"
    TOP = "top"  # most affected, most supported
    CHANGED = "changed"


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
    near: Near | None = None
    sort: Sort = Sort.NEW
    is_readable: bool = False  # leave out what waits for a first look

    @property
    def is_narrowed(self) -> bool:
        chosen = (self.phrases, self.category_ids, self.place_ids, self.statuses, self.near)
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
    reader = _Reader(session, wish, count)
    return reader.page_before(before) or reader.page_after(after) or reader.first_page()


def count_listed(session: Session, wish: Wish) -> int:
    """Return how many there are, exactly."""
    if wish.phrases == []:
        return 0
    statement = _narrowed(session, COUNT, wish, Thread.__table__.c.id)
    return session.scalar(statement) or 0


def read_lines(session: Session, wish: Wish, most: int) -> Sequence[Row[Any]]:
    """Return the first lines of a list, in its order."""
    if wish.phrases == []:
        return []
    statement = _narrowed(session, LINES, wish, Thread.__table__.c.id)
    order = [key.desc() for key in _key_columns(wish.sort)]
    return session.execute(statement.order_by(*order).limit(most)).all()


@dataclass(frozen=True)
class _Reader:
    """Reads pages of one list.

    Where few rows fit the wish, they are found by it and then sorted; where many do, the list is
    gone through in its order until a page is full. An engine without statistics can't know which
    is quicker, so the columns that would lead it the other way are hidden from it.
    """

    session: Session
    wish: Wish
    count: int | None

    @property
    def are_few(self) -> bool:
        return self.count is not None and self.count <= FEW

    def first_page(self) -> Page:
        lines = self.read()
        return Page(lines[:PAGE_SIZE], None, self.cursor_after(lines), self.count)

    def page_after(self, cursor: str) -> Page | None:
        """Return the page, or None where the cursor is none or nothing follows it."""
        keys = parse_cursor(cursor, self.wish.sort)
        lines = self.read(tuple_(*self.keys()) < tuple(keys)) if keys else []
        if not lines:
            return None
        newer = make_cursor(lines[0], self.wish.sort)
        return Page(lines[:PAGE_SIZE], newer, self.cursor_after(lines), self.count)

    def page_before(self, cursor: str) -> Page | None:
        """Return the page, or None where it would not be full: then the first page is meant."""
        keys = parse_cursor(cursor, self.wish.sort)
        lines = self.read(tuple_(*self.keys()) > tuple(keys), upwards=True) if keys else []
        if len(lines) <= PAGE_SIZE:
            return None
        lines = lines[PAGE_SIZE - 1 :: -1]
        newer, older = make_cursor(lines[0], self.wish.sort), make_cursor(lines[-1], self.wish.sort)
        return Page(lines, newer, older, self.count)

    def cursor_after(self, lines: Sequence[Row[Any]]) -> str | None:
        return make_cursor(lines[PAGE_SIZE - 1], self.wish.sort) if len(lines) > PAGE_SIZE else None

    def read(self, beyond: ColumnElement[bool] | None = None, *, upwards: bool = False) -> Sequence[Row[Any]]:
        """Read one line more than a page holds."""
        own_id = Thread.__table__.c.id
        found_by = own_id if self.are_few else _hidden(own_id)
        statement = _narrowed(self.session, LINES, self.wish, found_by)
        if beyond is not None:
            statement = statement.where(beyond)
        order = [key if upwards else key.desc() for key in self.keys()]
        return self.session.execute(statement.order_by(*order).limit(PAGE_SIZE + 1)).all()

    def keys(self) -> Sequence[ColumnElement[Any]]:
        columns = _key_columns(self.wish.sort)
        return [_hidden(column) for column in columns] if self.are_few else columns


def _hidden(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the column's value in a form that no index is used for."""
    return func.coalesce(column, column)


def _narrowed(
    session: Session, statement: Select[Any], wish: Wish, thread_id: ColumnElement[int]
) -> Select[Any]:
    statement = statement.where(Thread.kind == wish.kind, IS_LISTED)
    if wish.near is not None:
        statement = statement.where(thread_id.in_(ids_near(wish.kind, wish.near)))
    if wish.is_readable:
        statement = statement.where(Thread.visibility == Visibility.PUBLIC)
    for column, values in (
        (Thread.category_id, wish.category_ids),
        (Thread.place_id, wish.place_ids),
        (Thread.status, wish.statuses),
    ):
        if values is not None:
            statement = statement.where(column.in_(values))
    if wish.phrases is None:
        return statement
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        statement = statement.join(ThreadWords, ThreadWords.thread_id == Thread.id)
    words = ThreadWords.__table__.c.public_words
    return search_threads(statement, thread_id=thread_id, words=words, phrases=wish.phrases, dialect=dialect)


def _key_columns(sort: Sort) -> Sequence[ColumnElement[Any]]:
    table = Thread.__table__.c
    return {
        Sort.NEW: [table.id],  # ids grow with time
        Sort.TOP: [table.votes_total, table.id],
        Sort.CHANGED: [table.changed_at, table.id],
    }[sort]


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
