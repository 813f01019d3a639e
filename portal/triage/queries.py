"""What staff have to do next: the lists, read by key, and their counts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.outbox import Job
from portal.core.search import search_threads
from portal.core.text import query_phrases
from portal.threads.additions import Photo, PhotoState, ThreadWords
from portal.threads.models import CLOSED, Kind, Status, Thread, Visibility
from portal.triage.access import readable_by, sorted_by, worked_by
from portal.triage.deadlines import soon_late

PAGE_SIZE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WEIGHED = (Status.RECEIVED, Status.OPEN, Status.WAITING)  # ideas nobody has decided about

Key = tuple[InstrumentedAttribute[Any], bool]  # a column, and whether the greatest comes first
URGENT: Key = (Thread.is_urgent, True)
OLDEST: Key = (Thread.id, False)
NEWEST: Key = (Thread.id, True)
DUE: Key = (Thread.due_at, False)
PRESSING: Key = (Thread.priority, True)
SUPPORTED: Key = (Thread.votes_total, True)


@dataclass(frozen=True)
class Queue:
    """Some threads in an order that has no ties."""

    condition: ColumnElement[bool]
    order: tuple[Key, ...]

    def only(self, *conditions: ColumnElement[bool]) -> "Queue":
        """Return what of it fits these conditions too."""
        return Queue(and_(self.condition, *conditions), self.order)


@dataclass(frozen=True)
class Page:
    """Some threads in order, and the cursor of the page after them if there is one."""

    rows: Sequence[Thread]
    next: str | None


@dataclass(frozen=True)
class Choice:
    """How a list is narrowed; an empty field leaves a thing open."""

    words: str = ""
    statuses: tuple[Status, ...] = ()
    department_id: int | None = None
    category_ids: tuple[int, ...] = ()
    place_ids: tuple[int, ...] = ()
    whose: str = ""  # mine, unassigned, or the number of a colleague
    only: frozenset[str] = frozenset()  # late, urgent, first-look, doubted: all that are named
    channel: str = ""
    since: datetime | None = None  # it came at this moment or later
    until: datetime | None = None  # it came before this moment
    sort: str = ""  # supported, promised


def sorting_desk(person: Person, directory: Directory) -> Queue:
    """Return what waits for this coordinator to sort it: urgent first, then the oldest."""
    return Queue(sorted_by(person, directory) & Thread.needs_sorting, (URGENT, OLDEST))


def report_queue(person: Person, directory: Directory, choice: Choice, now: datetime) -> Queue:
    """Return the sorted reports this person works: urgent first, then what presses most.

    Or what was promised soonest, where that is chosen. What has ended presses no more: the newest
    come first.
    """
    condition = and_(
        worked_by(person, directory),
        Thread.kind == Kind.REPORT,
        ~Thread.needs_sorting,
        _of_the_queue(choice),
        *narrowing(choice, person, directory, now),
    )
    if choice.statuses and CLOSED.issuperset(choice.statuses):
        return Queue(condition, (NEWEST,))
    return Queue(condition, (URGENT, DUE if choice.sort == "promised" else PRESSING, OLDEST))


def _of_the_queue(choice: Choice) -> ColumnElement[bool]:
    """Return the condition of the chosen states: where none is, open, but for what is closed and doubted."""
    if choice.statuses:
        return _in_states(choice.statuses)
    return true() if "doubted" in choice.only else ~Thread.is_closed


def idea_queue(person: Person, directory: Directory, choice: Choice, now: datetime) -> Queue:
    """Return the innovation queue: the undecided ideas, or those of one status."""
    condition = and_(
        readable_by(person, directory),
        Thread.kind == Kind.IDEA,
        _in_states(choice.statuses or WEIGHED),
        *narrowing(choice, person, directory, now),
    )
    return Queue(condition, (SUPPORTED, NEWEST) if choice.sort == "supported" else (NEWEST,))


def _in_states(statuses: Collection[Status]) -> ColumnElement[bool]:
    """Return the condition of being in one of these; where all are open it says so, for their index."""
    among = Thread.status.in_(statuses)
    return among & ~Thread.is_closed if CLOSED.isdisjoint(statuses) else among


def narrowing(
    choice: Choice, person: Person, directory: Directory, now: datetime
) -> list[ColumnElement[bool]]:
    """Return the conditions of a choice, but for statuses and words."""
    return [*_whose(choice.whose, person), *_only(choice.only, directory, now), *_about(choice)]


def _whose(whose: str, person: Person) -> Iterable[ColumnElement[bool]]:
    if whose == "unassigned":
        yield Thread.assignee_id.is_(None)
    elif whose:
        yield Thread.assignee_id == (person.id if whose == "mine" else int(whose))


def _only(only: frozenset[str], directory: Directory, now: datetime) -> Iterable[ColumnElement[bool]]:
    for name in sorted(only):
        if name == "late":
            yield is_late(now)
        elif name == "soon":
            yield soon_late(directory, now)
        elif name == "urgent":
            yield Thread.is_urgent.is_(True)
        elif name == "doubted":
            yield and_(Thread.is_doubted)  # as its index says it
        else:
            with_waiting = select(Photo.thread_id).where(Photo.state == PhotoState.FIRST_LOOK)
            yield or_(Thread.visibility == Visibility.FIRST_LOOK, Thread.id.in_(with_waiting))


def _about(choice: Choice) -> Iterable[ColumnElement[bool]]:
    if choice.department_id is not None:
        yield Thread.department_id == choice.department_id
    if choice.category_ids:
        yield Thread.category_id.in_(choice.category_ids)
    if choice.place_ids:
        yield Thread.place_id.in_(choice.place_ids)
    if choice.channel:
        yield Thread.channel == choice.channel
    if choice.since:
        yield Thread.created_at >= choice.since
    if choice.until:
        yield Thread.created_at < choice.until


def is_late(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an answer or a fix was promised for a time that has passed.

    The same as threads.clocks.is_late says of one: while the clocks stand still, nothing is late.
    """
    due = case((Thread.answered_at.is_(None), Thread.due_at), else_=Thread.fix_due_at)
    return ~Thread.is_closed & Thread.clock_stopped_at.is_(None) & (due < now)


def found_by(person: Person, directory: Directory, choice: Choice, now: datetime) -> Queue:
    """Return all that this person may read and that fits the choice, the newest first; for none, nothing."""
    if choice == Choice():
        return Queue(false(), (NEWEST,))
    statuses = [Thread.status.in_(choice.statuses)] if choice.statuses else []
    condition = and_(readable_by(person, directory), *statuses, *narrowing(choice, person, directory, now))
    return Queue(condition, (NEWEST,))


def with_words(session: Session, queue: Queue, words: str) -> Queue:
    """Return what of the queue holds these words, wherever staff may read them; all, where there are none."""
    if not words:
        return queue
    phrases = query_phrases(words)
    if not phrases:
        return queue.only(false())
    columns = ThreadWords.__table__.c
    hits = search_threads(
        select(columns.thread_id),
        thread_id=columns.thread_id,
        words=columns.staff_words,
        phrases=phrases,
        dialect=session.get_bind().dialect.name,
    )
    return queue.only(Thread.id.in_(hits))


def read_page(session: Session, queue: Queue, after: str = "") -> Page:
    """Return the page after the cursor; the first one if the cursor is none of this queue."""
    keys = parse_cursor(queue, after)
    beyond = _beyond(queue.order, keys) if keys else None
    rows = _read(session, queue, beyond, PAGE_SIZE + 1)
    if len(rows) <= PAGE_SIZE:
        return Page(rows, None)
    return Page(rows[:PAGE_SIZE], make_cursor(queue, rows[PAGE_SIZE - 1]))


def read_first(session: Session, queue: Queue, limit: int) -> Sequence[Thread]:
    return _read(session, queue, None, limit)


def keys_of(queue: Queue, thread: Thread) -> list[Any]:
    """Return where this thread stands in the order of the queue, or would stand."""
    return [getattr(thread, column.key) for column, _ in queue.order]


def read_after(session: Session, queue: Queue, keys: Sequence[Any], limit: int) -> Sequence[Thread]:
    """Return the first that come after this place in the queue."""
    return _read(session, queue, _beyond(queue.order, keys), limit)


def read_before(session: Session, queue: Queue, keys: Sequence[Any], limit: int) -> Sequence[Thread]:
    """Return the last that come before this place in the queue, in its order."""
    backwards = Queue(queue.condition, tuple((column, not down) for column, down in queue.order))
    return read_after(session, backwards, keys, limit)[::-1]


def count_rows(session: Session, queue: Queue) -> int:
    return session.scalar(select(func.count()).select_from(Thread).where(queue.condition)) or 0


def count_each(session: Session, queues: Sequence[Queue]) -> list[int]:
    """Return how many stand in each of the queues, in one query."""
    counts = [
        select(literal(i).label("number"), func.count().label("rows")).select_from(Thread).where(q.condition)
        for i, q in enumerate(queues)
    ]
    if not counts:
        return []
    found = {row.number: row.rows for row in session.execute(union_all(*counts))}
    return [found[i] for i in range(len(queues))]


def _read(session: Session, queue: Queue, beyond: ColumnElement[bool] | None, limit: int) -> Sequence[Thread]:
    statement = select(Thread).where(queue.condition)
    if beyond is not None:
        statement = statement.where(beyond)
    order = [column.desc() if down else column for column, down in queue.order]
    return session.scalars(statement.order_by(*order).limit(limit)).all()


def _beyond(order: Sequence[Key], keys: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition of coming after these keys, column by column."""
    condition: ColumnElement[bool] = false()
    for (column, down), value in reversed(list(zip(order, keys, strict=True))):
        condition = or_(_step(column, down, value), and_(column == value, condition))
    return condition


def _step(column: InstrumentedAttribute[Any], down: bool, value: Any) -> ColumnElement[bool]:
    if isinstance(value, bool):  # SQLAlchemy orders no truth values
        after: ColumnElement[bool] = ~column if down else column.is_(True)
        return after if value == down else false()
    step: ColumnElement[bool] = column < value if down else column > value
    return step


def make_cursor(queue: Queue, thread: Thread) -> str:
    """Return where the queue goes on after this thread."""
    return ".".join(str(_number(getattr(thread, column.key))) for column, _ in queue.order)


def _number(value: datetime | int) -> int:
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else int(value)


def parse_cursor(queue: Queue, cursor: str) -> list[Any] | None:
    """Return the values of the queue's columns, or None if this is no cursor of it."""
    parts = cursor.split(".")
    is_right = all(p.isascii() and p.isdecimal() and len(p) <= 16 for p in parts)
    if not is_right or len(parts) != len(queue.order):
        return None
    return [_value(column, int(part)) for (column, _), part in zip(queue.order, parts, strict=True)]


def _value(column: InstrumentedAttribute[Any], number: int) -> Any:
    if column is Thread.due_at:
        return EPOCH + number * MICROSECOND
    return bool(number) if column is Thread.is_urgent else number


def count_dead_jobs(session: Session) -> int:
    """Return how many jobs the worker has given up."""
    return session.scalar(select(func.count()).where(Job.dead_at.is_not(None))) or 0
