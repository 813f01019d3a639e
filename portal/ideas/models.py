"""What only an idea has, and who said that one is not for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Numbered

PARTS = ("problem", "gains", "harms", "cost")  # what its sender may add to the proposal


class Idea(Base):
    """The idea's own part of a thread: what its sender added to the proposal, and its way."""

    __tablename__ = "ideas"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)  # None: the open box
    problem: Mapped[str] = mapped_column(Text, default="", server_default="")  # that it would solve
    gains: Mapped[str] = mapped_column(Text, default="", server_default="")  # for whom it is good
    harms: Mapped[str] = mapped_column(Text, default="", server_default="")  # whom it could harm
    cost: Mapped[str] = mapped_column(Text, default="", server_default="")  # roughly
    difference: Mapped[str] = mapped_column(Text, default="", server_default="")  # from similar ones
    differs_from: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # threads' ids
    substance: Mapped[int] = mapped_column(default=1, server_default="1")  # last version of substance
    passes_total: Mapped[int] = mapped_column(default=0, server_default="0")
    opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class IdeaPass(Numbered, Base):
    """Somebody read an idea of a call and said that it is not for them: one for each person."""

    __tablename__ = "idea_passes"
    __table_args__ = (UniqueConstraint("thread_id", "person_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
