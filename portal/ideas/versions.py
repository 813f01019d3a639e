"""The versions of an idea: each as its sender wrote it, in the order in which they were shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, case, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.core.db import Base, Numbered
from portal.ideas.models import PARTS, Idea
from portal.threads.models import Statement, Thread, Vote


class VersionState(StrEnum):
    WAITS = "waits"  # for a first look
    SHOWN = "shown"
    REPLACED = "replaced"  # by another, before anybody looked
    REFUSED = "refused"  # staff did not show it


@dataclass(frozen=True)
class Wording:
    """All that an idea says, as its sender wrote it."""

    title: str
    text: str
    problem: str = ""
    gains: str = ""
    harms: str = ""
    cost: str = ""


class IdeaVersion(Numbered, Base):
    """One wording of an idea. The first is written down here once there is a second."""

    __tablename__ = "idea_versions"
    __table_args__ = (UniqueConstraint("thread_id", "number"), Index(None, "state", "thread_id"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    number: Mapped[int | None]  # from when it is shown
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    state: Mapped[VersionState] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    gains: Mapped[str] = mapped_column(Text)
    harms: Mapped[str] = mapped_column(Text)
    cost: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(300))  # what is different, in its sender's words
    is_substance: Mapped[bool]  # it proposes something else; its supporters are asked anew
    made_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]

    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)

    @property
    def wording(self) -> Wording:
        parts = {name: getattr(self, name) for name in PARTS}
        return Wording(self.title, self.statement.text, **parts)


def list_versions(session: Session, thread_id: int) -> Sequence[IdeaVersion]:
    """Return the versions that were shown, the first one first; none if it never changed."""
    shown = select(IdeaVersion).where(IdeaVersion.thread_id == thread_id, IdeaVersion.number.is_not(None))
    return session.scalars(shown.order_by(IdeaVersion.number)).all()


def find_waiting(session: Session, thread_id: int) -> IdeaVersion | None:
    """Return the version that waits for a first look, if there is one."""
    waits = (IdeaVersion.thread_id == thread_id) & (IdeaVersion.state == VersionState.WAITS)
    return session.scalar(select(IdeaVersion).where(waits))


def find_newest(session: Session, thread_id: int) -> IdeaVersion | None:
    """Return what its sender wrote last: what waits, else what is shown; None if it never changed."""
    standing = IdeaVersion.state.in_((VersionState.WAITS, VersionState.SHOWN))
    newest = select(IdeaVersion).where(IdeaVersion.thread_id == thread_id, standing)
    return session.scalars(newest.order_by(IdeaVersion.id.desc()).limit(1)).first()


def is_earlier(idea: Idea) -> ColumnElement[bool]:
    """Return the condition that a vote on the idea was given before its last change of substance.

    Each vote knows the version it was given to. One that came with another idea which was joined was
    given to the words of that one; there the time tells.
    """
    since = (
        select(IdeaVersion.shown_at)
        .where(IdeaVersion.thread_id == idea.thread_id, IdeaVersion.number == idea.substance)
        .scalar_subquery()
    )
    return case((Vote.moved_from_id.is_(None), Vote.version < idea.substance), else_=Vote.at < since)


@dataclass(frozen=True)
class Support:
    """How many people support an idea as it is now, and as it was before its last change of substance."""

    now: int
    earlier: int


def count_support(session: Session, thread: Thread, idea: Idea) -> Support:
    """Count each person once, going by the one they are the same as: together they are the votes."""
    if idea.substance == 1:
        return Support(thread.votes_total, 0)
    root = func.coalesce(Person.same_as_id, Person.id)
    only_earlier = func.min(case((is_earlier(idea), 1), else_=0)).label("only_earlier")
    people = (
        select(root.label("id"), only_earlier)
        .select_from(Vote)
        .join(Person, Person.id == Vote.person_id)
        .where(Vote.thread_id == thread.id)
        .group_by(root)
        .subquery()
    )
    earlier = func.coalesce(func.sum(people.c.only_earlier), 0)
    total, before = session.execute(select(func.count(), earlier).select_from(people)).one()
    return Support(total - before, before)


def is_asked_anew(session: Session, thread: Thread, idea: Idea, person: Person | None) -> bool:
    """Tell whether this person supports the idea as it was, and has not said what they think of it now."""
    if person is None or idea.substance == 1:
        return False
    own = select(is_earlier(idea)).where(Vote.thread_id == thread.id, Vote.person_id.in_(records_of(person)))
    given = session.scalars(own).all()
    return bool(given) and all(given)


def list_waiting(session: Session, wanted: ColumnElement[bool]) -> Sequence[tuple[IdeaVersion, Thread]]:
    """Return the versions of these threads that wait for a first look, the oldest first."""
    waiting = (
        select(IdeaVersion, Thread)
        .join(Thread, Thread.id == IdeaVersion.thread_id)
        .where(IdeaVersion.state == VersionState.WAITS, ~Thread.is_closed, wanted)
        .options(joinedload(IdeaVersion.statement))
    )
    return [(version, thread) for version, thread in session.execute(waiting.order_by(IdeaVersion.id))]
