"""Where votes, followers and photos stand when submissions are joined.

Each row has a home: the thread it was given to. From there it goes up to the survivor, unless the
same person (or the same picture) is there already; then it stays below and waits. This depends on
nothing but what is joined at the moment, so whatever was joined can be taken apart again in any
order, and each gets back exactly its own.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.threads.additions import Follower, Photo
from portal.threads.models import LISTED, Thread, Vote
from portal.threads.photos import count_photos
from portal.threads.scoring import rescore
from portal.threads.trees import Tree
from portal.threads.votes import count_votes

MOVED: tuple[type[Vote | Follower | Photo], ...] = (Vote, Follower, Photo)
CHUNK = 1_000  # rows of one statement


@dataclass
class Row:
    """A vote, a follower or a photo: whose, at home where, and where it stands now."""

    id: int
    home_id: int
    thread_id: int
    key: Hashable  # what may be there only once
    for_sending: bool = False


def settle(session: Session, tree: Tree, now: datetime) -> None:
    """Put every row that is at home in the tree where it belongs, and count anew."""
    session.flush()
    threads = {thread.id: thread for thread in tree.threads}
    touched = {tree.thread.id}
    for table in MOVED:
        rows = _read_rows(session, table, list(threads))
        places = place(table, tree, rows)
        strayed = [row for row in rows if row.thread_id != places[row.id]]
        _move(session, table, strayed, places)
        touched |= {number for row in strayed for number in (row.thread_id, places[row.id])}
    for number in touched & threads.keys():
        count_votes(session, threads[number])
        rescore(session, threads[number], now)
        count_photos(session, threads[number])


def place(table: type[Any], tree: Tree, rows: Iterable[Row]) -> dict[int, int]:
    """Return the thread at which each row belongs, by its id. No database."""
    at_home: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        at_home[row.home_id].append(row)
    places: dict[int, int] = {}
    for row in _rise(table, tree, at_home, places):
        places[row.id] = tree.thread.id
    return places


def _rise(table: type[Any], tree: Tree, at_home: dict[int, list[Row]], places: dict[int, int]) -> list[Row]:
    """Return the rows that come up to this thread; what stays below is put into `places`."""
    arrived = list(at_home[tree.thread.id])
    keys = {row.key for row in arrived}
    for child in tree.children:
        for row in _rise(table, child, at_home, places):
            if row.key in keys or _stays(table, row, child.thread, tree.thread):
                places[row.id] = child.thread.id
            else:
                keys.add(row.key)
                arrived.append(row)
    return arrived


def _stays(table: type[Any], row: Row, thread: Thread, survivor: Thread) -> bool:
    """Tell what does not go with the thread to its survivor.

    Senders hear of what they sent in their own way; and the photos of what is private or hidden are seen
    by nobody else for its being joined.
    """
    if table is Vote:
        return row.for_sending and row.key == survivor.author.root_id
    if table is Follower:
        return row.key in (thread.author.root_id, survivor.author.root_id)
    return thread.visibility not in LISTED


def _read_rows(session: Session, table: type[Any], homes: list[int]) -> list[Row]:
    """Return the rows at home in these threads, wherever they stand, in the order they came."""
    own = or_(table.thread_id.in_(homes) & table.moved_from_id.is_(None), table.moved_from_id.in_(homes))
    found = session.execute(_columns(table).where(own).order_by(table.id))
    return [Row(r.id, r.moved_from_id or r.thread_id, r.thread_id, *r[3:]) for r in found]


def _columns(table: type[Any]) -> Select[*tuple[Any, ...]]:
    if table is Photo:
        return select(Photo.id, Photo.moved_from_id, Photo.thread_id, Photo.source)
    root = func.coalesce(Person.same_as_id, Person.id)
    columns = select(table.id, table.moved_from_id, table.thread_id, root)
    if table is Vote:
        columns = columns.add_columns(Vote.for_sending)
    return columns.join(Person, Person.id == table.person_id)


def _move(session: Session, table: type[Any], rows: list[Row], places: dict[int, int]) -> None:
    """Move the rows: first those that go down, for others may take their places above."""
    groups: dict[tuple[bool, int, int], list[int]] = defaultdict(list)
    for row in rows:
        target = places[row.id]
        groups[target != row.home_id, target, row.home_id].append(row.id)
    for (is_away, target, home), ids in sorted(groups.items()):
        values = {"thread_id": target, "moved_from_id": home if is_away else None}
        for start in range(0, len(ids), CHUNK):
            session.execute(update(table).where(table.id.in_(ids[start : start + CHUNK])).values(values))
