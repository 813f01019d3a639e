"""Joint cases with their tasks and papers, offers from department to department, and referrals.

What people wrote stands in Statements of the thread, so that search, the sender's file and the
time of keeping reach it; the rows here say whose it is, until when, and how it stands.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key, Numbered, index_where
from portal.threads.models import Statement


class CaseState(StrEnum):
    CALLED = "called"  # the coordinator has to decide
    JOINT = "joint"
    DECLINED = "declined"


class TaskState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


UNFINISHED = (TaskState.OPEN, TaskState.ACCEPTED)


class OfferState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TO_COORDINATOR = "to_coordinator"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class JointCase(Numbered, Base):
    """A call for several departments to work on one report. Who has the report leads."""

    __tablename__ = "joint_cases"
    __table_args__ = (
        index_where("uq_joint_cases_standing", "thread_id", where="state <> 'declined'", unique=True),
        Index(None, "thread_id"),
        Index(None, "state", "due_at"),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    state: Mapped[CaseState] = mapped_column(String(10))
    asked: Mapped[list[Any]]  # the departments that the caller wants, by number
    called_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    called_at: Mapped[datetime]
    reason_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    due_at: Mapped[datetime]  # until when the coordinator decides
    decided_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))

    reason: Mapped[Statement] = relationship(foreign_keys=reason_id)
    answer: Mapped[Statement | None] = relationship(foreign_keys=answer_id)


class Task(Numbered, Base):
    """What one department does in a joint case, until when, and how it stands."""

    __tablename__ = "case_tasks"
    __table_args__ = (Index(None, "thread_id"), Index(None, "department_id", "state", "due_at"))

    case_id: Mapped[int] = mapped_column(ForeignKey("joint_cases.id"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    state: Mapped[TaskState] = mapped_column(String(10))
    due_at: Mapped[datetime]
    assignee_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    what_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))  # for staff
    shown_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))  # as the public reads it
    result_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    ended_at: Mapped[datetime | None]

    what: Mapped[Statement] = relationship(foreign_keys=what_id)
    shown: Mapped[Statement] = relationship(foreign_keys=shown_id)
    result: Mapped[Statement | None] = relationship(foreign_keys=result_id)


class Minutes(Numbered, Base):
    """What was said at a joint meeting, and which departments took part."""

    __tablename__ = "case_minutes"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    held_on: Mapped[date]
    departments: Mapped[list[Any]]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))

    statement: Mapped[Statement] = relationship()


class CaseDecision(Numbered, Base):
    """Something decided together: who sees to it, and until which day."""

    __tablename__ = "case_decisions"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))  # one of these two
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]

    statement: Mapped[Statement] = relationship()


class CaseFile(Numbered, Base):
    """A picture or PDF for staff who read the report; its content lies in the storage under `key`."""

    __tablename__ = "case_files"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(4))  # pdf, jpg
    size: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]


class Offer(Numbered, Base):
    """One department says that a report isn't theirs, and whose it is."""

    __tablename__ = "case_offers"
    __table_args__ = (Index(None, "thread_id"), Index(None, "to_department_id", "state"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    from_department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    to_department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))  # None: a body outside
    state: Mapped[OfferState] = mapped_column(String(16))
    offered_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    reason_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    answered_at: Mapped[datetime | None]

    reason: Mapped[Statement] = relationship(foreign_keys=reason_id)
    answer: Mapped[Statement | None] = relationship(foreign_keys=answer_id)


class Referral(Numbered, Base):
    """A matter handed to a level above or below: the restatement of it, and what came back."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index(None, "thread_id"),
        Index(None, "to_place_id", "answered_at"),
        Index(None, "asked_by_id", "answered_at"),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    from_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    direction: Mapped[Direction] = mapped_column(String(4))
    asked_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    restatement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    answered_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]

    restatement: Mapped[Statement] = relationship(foreign_keys=restatement_id)
    answer: Mapped[Statement | None] = relationship(foreign_keys=answer_id)
