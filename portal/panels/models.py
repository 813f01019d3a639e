"""A panel's review of one idea: who sits, what departments say of it, and what was decided."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.core.db import Base, Key, Numbered
from portal.ideas.calls import Call
from portal.threads.models import Status, Thread


class SeatState(StrEnum):
    ASKED = "asked"  # has not yet said whether an interest stands against it
    SITTING = "sitting"  # declared that none does
    RECUSED = "recused"  # has one: never counts
    RELEASED = "released"  # taken off by the coordinator: never counts


SEATED = (SeatState.ASKED, SeatState.SITTING)  # of whom something is still awaited, or who gave it


class Review(Numbered, Base):
    """One idea before the panel. `revision` grows with each change that two tabs could quarrel over."""

    __tablename__ = "panel_reviews"
    __table_args__ = (Index(None, "closed_at", "last_day"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), unique=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)  # None: the open box
    reason: Mapped[str] = mapped_column(Text)  # public: why it is eligible
    last_day: Mapped[date] = mapped_column(Date)  # on which panellists can hand in
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    revealed_at: Mapped[datetime | None]  # since when the scores can be seen
    closed_at: Mapped[datetime | None]  # with the decision
    revision: Mapped[int] = mapped_column(default=1)

    thread: Mapped[Thread] = relationship()
    call: Mapped[Call | None] = relationship()


class Seat(Numbered, Base):
    """A panellist's place in one review. Only one that is `sitting` is counted in it."""

    __tablename__ = "panel_seats"
    __table_args__ = (UniqueConstraint("review_id", "person_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("panel_reviews.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[SeatState] = mapped_column(String(10), default=SeatState.ASKED)
    interest: Mapped[str] = mapped_column(Text, default="")  # that stands against it, for coordinators
    assigned_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]  # handed in
    reminded_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship()
    person: Mapped[Person] = relationship()


class AppraisalRequest(Base):
    """A department that the coordinator asked what it says of an idea."""

    __tablename__ = "panel_requests"

    review_id: Mapped[int] = mapped_column(
        ForeignKey("panel_reviews.id"), primary_key=True, autoincrement=False
    )
    department_id: Mapped[int] = mapped_column(
        ForeignKey("departments.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class Appraisal(Numbered, Base):
    """What one department says of an idea; its last one counts, none is changed."""

    __tablename__ = "panel_appraisals"

    review_id: Mapped[int] = mapped_column(ForeignKey("panel_reviews.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    feasibility: Mapped[int]  # 1 (hardly) to 5 (at once)
    cost: Mapped[str] = mapped_column(Text)
    duration: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]


class Decision(Numbered, Base):
    """What was decided on an idea, why, and who saw it otherwise. Rows are only ever added.

    The database sees to that (migration 0013). The public is told at `announced_at`, the author before.
    """

    __tablename__ = "panel_decisions"
    __table_args__ = (Index(None, "announced_at"), Index(None, "again_on", "came_back_at"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("panel_reviews.id"), index=True)
    choice: Mapped[Status] = mapped_column(String(20))  # one of ideas.rules.DECISIONS
    reason: Mapped[str] = mapped_column(Text)
    dissent: Mapped[str] = mapped_column(Text, default="")
    without: Mapped[str] = mapped_column(Text, default="")  # public: why before the scores were revealed
    again_on: Mapped[date | None] = mapped_column(Date)  # when "later" comes back by itself
    decided_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    came_back_at: Mapped[datetime | None]

    thread: Mapped[Thread] = relationship()
    decided_by: Mapped[Person | None] = relationship()


class Expertise(Base):
    """A category that a panellist knows about."""

    __tablename__ = "panel_expertise"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(
        ForeignKey("categories.id"), primary_key=True, autoincrement=False
    )
