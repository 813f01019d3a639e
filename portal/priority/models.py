"""A vote of the committee, and who voted how."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.core.db import Base, Key, Numbered, index_where
from portal.threads.models import Statement, Thread


class Choice(StrEnum):
    APPROVE = "approve"
    OBJECT = "object"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TOO_FEW = "too_few"  # fewer took part than had to


class CommitteeVote(Numbered, Base):
    """One question about one submission, open until it is closed."""

    __tablename__ = "committee_votes"
    __table_args__ = (
        index_where("uq_committee_votes_open", "thread_id", where="closed_at IS NULL", unique=True),
        Index(None, "thread_id"),
        Index(None, "closed_at", "ends_at"),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    opened_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    quorum: Mapped[int | None]  # how many must take part; with it the vote may end early
    proposed: Mapped[int | None]  # the priority; None: what the formula says, or it is about an idea
    was: Mapped[int]  # the priority before
    is_screening: Mapped[bool] = mapped_column(Boolean)  # whether an idea is taken up
    is_public: Mapped[bool] = mapped_column(Boolean)  # everybody is told the result
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(String(10))
    approved: Mapped[int] = mapped_column(default=0)  # how many voted how, once it is closed
    objected: Mapped[int] = mapped_column(default=0)
    abstained: Mapped[int] = mapped_column(default=0)

    thread: Mapped[Thread] = relationship()
    question: Mapped[Statement] = relationship()


class CommitteeVoice(Numbered, Base):
    """How one person votes; it can be changed until the vote is closed."""

    __tablename__ = "committee_voices"
    __table_args__ = (UniqueConstraint("vote_id", "person_id"),)

    vote_id: Mapped[int] = mapped_column(ForeignKey("committee_votes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    choice: Mapped[Choice] = mapped_column(String(10))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    reason: Mapped[Statement | None] = relationship()
