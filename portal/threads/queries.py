"""Reads of threads, their events and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, lazyload

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.accounts.telling import tell_mark
from portal.threads.additions import Comment
from portal.threads.links import ThreadLink
from portal.threads.models import (
    IS_LISTED,
    Event,
    EventVisibility,
    Kind,
    Level,
    Statement,
    Thread,
    Visibility,
)
from portal.threads.words import SENDERS_WORDS, shown_original

SEEN_BY = {
    "public": (EventVisibility.PUBLIC,),
    "sender": (EventVisibility.PUBLIC, EventVisibility.SENDER),
    "staff": (EventVisibility.PUBLIC, EventVisibility.SENDER, EventVisibility.STAFF),
}


# Statements of the pages asked for most are made once: it takes longer to put them together than to run them.
_EVENTS = (
    select(Event)
    .where(Event.thread_id == bindparam("thread_id"), Event.visibility.in_(bindparam("seen", expanding=True)))
    .order_by(Event.sequence)
    .options(joinedload(Event.statement))
)
_PUBLISHED = (
    select(
        Thread,
        Statement,
        Person,
        exists().where(ThreadLink.to_id == Thread.id) | exists().where(ThreadLink.from_id == Thread.id),
        exists().where(Comment.thread_id == Thread.id),
    )
    .join(Person, Person.id == Thread.author_id)
    .outerjoin(Statement, (Statement.thread_id == Thread.id) & Statement.level.in_(SENDERS_WORDS))
    .where(Thread.reference == bindparam("reference"), Thread.kind != Kind.UNDECIDED, IS_LISTED)
    .options(lazyload(Person.roles))  # of no interest here
)


def list_events(session: Session, thread_id: int, audience: str) -> Sequence[Event]:
    """Return what this audience ("public", "sender", "staff") may see happen, in order."""
    return session.scalars(_EVENTS, {"thread_id": thread_id, "seen": SEEN_BY[audience]}).all()


def list_statements(session: Session, thread_id: int) -> Sequence[Statement]:
    """Return everything said in a thread, in order."""
    return session.scalars(
        select(Statement).where(Statement.thread_id == thread_id).order_by(Statement.id)
    ).all()


def original_words(session: Session, thread_id: int) -> str:
    """Return what the person sent, verbatim."""
    return session.scalars(
        select(Statement.text).where(Statement.thread_id == thread_id, Statement.level == Level.ORIGINAL)
    ).one()


def find_by_reference(session: Session, reference: str) -> Thread | None:
    return session.scalar(select(Thread).where(Thread.reference == reference))


def find_listed(session: Session, reference: str) -> Thread | None:
    """Return the thread if it stands in a public list."""
    return session.scalar(
        select(Thread).where(Thread.reference == reference, Thread.kind != Kind.UNDECIDED, IS_LISTED)
    )


def list_listed(session: Session, references: Sequence[str]) -> Sequence[Thread]:
    """Return those of these that stand in a public list."""
    wanted = Thread.reference.in_(references)
    return session.scalars(select(Thread).where(wanted, Thread.kind != Kind.UNDECIDED, IS_LISTED)).all()


@dataclass(frozen=True)
class Published:
    """A thread of the public lists, with what anyone may read of its sender's words."""

    thread: Thread
    words: str  # empty before the first look
    author_name: str  # empty unless the sender wants it shown
    author_mark: str = ""  # the institution, firm or expert who sent it
    is_linked: bool = True  # with another thread, now or once
    has_comments: bool = True  # or arguments, shown or not
    events: Sequence[Event] = ()  # those that are public, once they are read

    @property
    def happened(self) -> frozenset[str]:
        """The kinds of its public events."""
        return frozenset(event.kind for event in self.events)

    @property
    def is_readable(self) -> bool:
        return self.thread.visibility == Visibility.PUBLIC


def find_published(session: Session, reference: str) -> Published | None:
    """Return what the public may know of a submission, in one query, or None if it isn't listed."""
    rows = session.execute(_PUBLISHED, {"reference": reference}).all()
    if not rows:
        return None
    thread, _statement, author, is_linked, has_comments = rows[0]
    found = Published(thread, "", "", is_linked=is_linked, has_comments=has_comments)
    if not found.is_readable:
        return found
    words = shown_original(row.Statement for row in rows if row.Statement)
    name = author.name if thread.author_name_shown else ""
    return replace(found, words=words, author_name=name, author_mark=tell_mark(author, named=bool(name)))


def read_shown(session: Session, thread_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the words of each sender as the public sees them; asked for what is public only."""
    said: dict[int, list[Statement]] = {number: [] for number in thread_ids}
    originals = select(Statement).where(
        Statement.thread_id.in_(thread_ids), Statement.level.in_(SENDERS_WORDS)
    )
    for statement in session.scalars(originals):
        said[statement.thread_id].append(statement)
    return {number: shown_original(statements) for number, statements in said.items()}


def list_sent_by(
    session: Session, person: Person, *, before: int | None = None, limit: int = 25
) -> Sequence[Thread]:
    """Return what a person sent under any of their records, newest first, older than `before`.

    One more than `limit` is read: it tells whether there are others.
    """
    sent = select(Thread).where(Thread.author_id.in_(records_of(person)))
    if before is not None:
        sent = sent.where(Thread.id < before)
    return session.scalars(sent.order_by(Thread.id.desc()).limit(limit + 1)).all()
