"""Finding what has come up before: the same matter at the same place, ended a short while ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.positions import box_around, metres_between
from portal.threads.additions import NotSame
from portal.threads.chains import IS_TIED, list_chain, list_tied, tie, was_tied
from portal.threads.events import SYSTEM
from portal.threads.likeness import ENOUGH
from portal.threads.links import ThreadLink
from portal.threads.models import Event, Kind, Status, Thread
from portal.threads.queries import original_words
from portal.threads.similar import COLUMNS, likeness_of
from portal.threads.similar_lines import matter_of
from portal.threads.timeline import status_label
from portal.triage.access import readable_by

WITHIN = timedelta(days=90)
NEAR = 50  # metres between pins that are one place
MOST_COMPARED = 20
ENDED = (Status.FIXED, Status.CONFIRMED, Status.NOT_OURS, Status.NO_ACTION)
ENDS = ("report.fixed", "report.not_ours", "report.no_action")
MOST_CHAINS = 25  # of one page


def tie_to_earlier(session: Session, thread: Thread, directory: Directory, *, now: datetime) -> None:
    """Tie a report to the newest one that it seems to repeat. Safe to run twice.

    What staff have untied, or said to be another matter, stays so.
    """
    earlier = find_earlier(session, thread, directory, now)
    if earlier is None or was_tied(session, thread.id, earlier.id):
        return
    if earlier.id not in {t.id for t in list_chain(session, thread.id)}:
        tie(session, thread, earlier, by=SYSTEM, now=now)


def find_earlier(session: Session, thread: Thread, directory: Directory, now: datetime) -> Thread | None:
    """Return the newest report of this category at this place that ended in the 90 days before it came.

    At the same named place the category is enough; near its pin or at its address the words must
    be alike too.
    """
    if thread.kind != Kind.REPORT or thread.category_id is None or thread.is_closed:
        return None
    matter = matter_of(thread, original_words(session, thread.id))
    wanted: Select[Any] = (
        select(*COLUMNS, Thread.address)
        .where(Thread.kind == Kind.REPORT, Thread.place_id == thread.place_id)
        .where(Thread.category_id == thread.category_id, Thread.status.in_(ENDED), Thread.id < thread.id)
        .where(_is_at(thread), _ended_before(thread), ~_said_not_same(thread), ~_has_come_again(thread))
        .order_by(Thread.id.desc())
        .limit(MOST_COMPARED)
    )
    for row in session.execute(wanted).all():
        is_alike = _is_close(thread, row) and likeness_of(session, matter, row, directory, now=now) >= ENOUGH
        if is_alike or _is_same_spot(thread, row):
            return session.get(Thread, row.id)
    return None


def _is_at(thread: Thread) -> ColumnElement[bool]:
    """Return the condition of being at the same named place or address, or near the pin."""
    ways: list[ColumnElement[bool]] = [false()]
    if thread.spot_id is not None:
        ways.append(Thread.spot_id == thread.spot_id)
    if thread.address:
        ways.append(Thread.address == thread.address)
    if thread.latitude is not None and thread.longitude is not None:
        box = box_around((thread.latitude, thread.longitude), NEAR)
        ways.append(
            Thread.latitude.between(box.south, box.north) & Thread.longitude.between(box.west, box.east)
        )
    return or_(*ways)


def _ended_before(thread: Thread) -> ColumnElement[bool]:
    ended = select(Event.id).where(Event.thread_id == Thread.id, Event.kind.in_(ENDS))
    return ended.where(Event.at.between(thread.created_at - WITHIN, thread.created_at)).exists()


def _said_not_same(thread: Thread) -> ColumnElement[bool]:
    pair = (NotSame.second_id == thread.id) & (NotSame.first_id == Thread.id)
    return select(NotSame.id).where(pair, NotSame.for_staff).exists()


def _has_come_again(thread: Thread) -> ColumnElement[bool]:
    """Return the condition that another, still open, is it come again: then this is the same as that."""
    other = aliased(Thread)
    again = select(ThreadLink.id).join(other, other.id == ThreadLink.from_id)
    is_other = ThreadLink.from_id != thread.id
    return again.where(IS_TIED, ThreadLink.to_id == Thread.id, is_other, ~other.is_closed).exists()


def _is_same_spot(thread: Thread, row: Row[Any]) -> bool:
    return thread.spot_id is not None and row.spot_id == thread.spot_id


def _is_close(thread: Thread, row: Row[Any]) -> bool:
    """Tell whether both have one address, or their pins are near enough; the box was a little large."""
    if thread.address and row.address == thread.address:
        return True
    if thread.latitude is None or thread.longitude is None or row.latitude is None:
        return False
    return metres_between((thread.latitude, thread.longitude), (row.latitude, row.longitude)) <= NEAR


@dataclass(frozen=True)
class Try:
    """One report of a chain: how it ended, with which words, and how many days that held."""

    thread: Thread
    status_label: str
    ended_at: datetime | None
    words: str
    held_days: int | None  # until the next one came
    is_tied: bool  # to the thread whose page this is


def read_tries(session: Session, number: int) -> list[Try]:
    """Return the chain of a thread in order, with what was tried; nothing if it stands alone."""
    chain = list_chain(session, number)
    if len(chain) == 1:
        return []
    ends = _read_ends(session, [thread.id for thread in chain])
    tied = list_tied(session, number)
    following: list[Thread | None] = [*chain[1:], None]
    return [
        _tell_try(thread, ends.get(thread.id), after, thread.id in tied)
        for thread, after in zip(chain, following, strict=True)
    ]


def _read_ends(session: Session, numbers: Sequence[int]) -> dict[int | None, Event]:
    """Return the last event that ended each of these."""
    wanted = select(Event).where(Event.thread_id.in_(numbers), Event.kind.in_(ENDS))
    events = session.scalars(wanted.order_by(Event.sequence).options(joinedload(Event.statement)))
    return {event.thread_id: event for event in events}


def _tell_try(thread: Thread, end: Event | None, after: Thread | None, is_tied: bool) -> Try:
    held = None
    if end is not None and after is not None and after.created_at >= end.at:
        held = (after.created_at - end.at).days
    words = end.statement.text if end is not None and end.statement is not None else ""
    ended_at = end.at if end and thread.is_closed else None
    return Try(thread, status_label(thread.status), ended_at, words, held, is_tied)


@dataclass(frozen=True)
class Chain:
    """What comes up again: how often, and the newest of it."""

    newest: Thread
    count: int
    since: datetime
    cursor: str


def list_chains(
    session: Session, person: Person, directory: Directory, after: str = "", most: int = MOST_CHAINS
) -> tuple[list[Chain], str]:
    """Return chains that the person may read, the longest first, and where the next page begins.

    They are those of which the person may read one that came again.
    """
    ties = func.count()
    chains = (
        select(ThreadLink.chain_id, ties.label("ties"), func.max(ThreadLink.from_id).label("newest_id"))
        .join(Thread, Thread.id == ThreadLink.from_id)
        .where(IS_TIED, ThreadLink.chain_id.is_not(None), readable_by(person, directory))
        .group_by(ThreadLink.chain_id)
        .order_by(ties.desc(), ThreadLink.chain_id.desc())
        .limit(most + 1)
    )
    if (keys := _read_cursor(after)) is not None:
        chains = chains.having(or_(ties < keys[0], (ties == keys[0]) & (ThreadLink.chain_id < keys[1])))
    rows = session.execute(chains).all()
    ids = {number for row in rows for number in (row.chain_id, row.newest_id)}
    threads = {t.id: t for t in session.scalars(select(Thread).where(Thread.id.in_(ids)))}
    told = [
        Chain(
            threads[row.newest_id],
            row.ties + 1,
            threads[row.chain_id].created_at,
            f"{row.ties}.{row.chain_id}",
        )
        for row in rows
    ]
    return told[:most], told[most - 1].cursor if len(told) > most else ""


def _read_cursor(text: str) -> tuple[int, int] | None:
    ties, _dot, chain = text.partition(".")
    is_right = all(p.isascii() and p.isdecimal() and len(p) <= 16 for p in (ties, chain))
    return (int(ties), int(chain)) if is_right else None
