"""Combining ideas: what was proposed, what the authors say to it, and what the supporters do."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered


class Outcome(StrEnum):
    OPEN = "open"  # the authors are asked
    COMBINED = "combined"
    REFUSED = "refused"  # one of the authors said no
    WITHDRAWN = "withdrawn"  # by who proposed it
    OVERTAKEN = "overtaken"  # one of the ideas has ended meanwhile


class Combination(Numbered, Base):
    """Somebody proposes that ideas go on as one: in one of them, or in a text that is written for all."""

    __tablename__ = "combinations"

    target_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)  # None: a new text
    joint_title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    joint_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    why: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"), index=True)
    by_role: Mapped[str] = mapped_column(String(20))  # in which they proposed it
    proposed_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(String(10), default=Outcome.OPEN)
    settled_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def is_joint(self) -> bool:
        """Whether a text of its own was written for all."""
        return bool(self.joint_text)


class CombinationPart(Numbered, Base):
    """One of the ideas, and what its author says to the proposal."""

    __tablename__ = "combination_parts"
    __table_args__ = (UniqueConstraint("combination_id", "thread_id"),)

    combination_id: Mapped[int] = mapped_column(ForeignKey("combinations.id"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    agrees: Mapped[bool | None]  # None: not answered yet
    answered_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"), index=True)
    answered_at: Mapped[datetime | None]


class SupportAnswer(Numbered, Base):
    """What a supporter of an idea that was combined said last: carry my support over, or leave it."""

    __tablename__ = "support_answers"
    __table_args__ = (UniqueConstraint("thread_id", "person_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))  # the idea that was put into another
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    carries: Mapped[bool]
    at: Mapped[datetime]
