"""What only a report has: how it ended, and what those concerned say of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered


class Report(Base):
    """The report's own part of a thread; the fields tell how it ended."""

    __tablename__ = "reports"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    fixed_at: Mapped[datetime | None] = mapped_column(index=True)
    reopened_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=0, server_default="0")  # times it was marked as fixed
    reminded_at: Mapped[datetime | None]  # the sender, in this round


class Answer(StrEnum):
    """What somebody says when they are asked whether it is fixed."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Verdict(Numbered, Base):
    """Whether it is fixed, says the sender or somebody affected: one answer for each person and round."""

    __tablename__ = "verdicts"
    __table_args__ = (UniqueConstraint("thread_id", "round", "person_id"), Index(None, "at"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    round: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    is_sender: Mapped[bool] = mapped_column(Boolean)
    answer: Mapped[Answer] = mapped_column(String(6))
    statement_id: Mapped[int | None] = mapped_column(Key, ForeignKey("statements.id"))  # why, if they said
    at: Mapped[datetime]
