"""What ties one thread to another, and who tied them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered, index_where
from portal.threads.models import Status


class LinkKind(StrEnum):
    DUPLICATE = "duplicate"  # the first is the same matter as the second, which goes on
    COMBINED = "combined"  # the first is an idea that goes on in the second, as both authors agreed
    SPLIT = "split"  # the first was made from the second, which said several things
    RECURS = "recurs"  # the first is the same matter at the same place, come again after the second


class ThreadLink(Numbered, Base):
    """A tie from one thread to another. What is undone stays as a row, with its end."""

    __tablename__ = "thread_links"
    __table_args__ = (
        index_where(
            "uq_thread_links_standing", "kind", "from_id", "to_id", where="ended_at IS NULL", unique=True
        ),
        Index(None, "to_id", "kind"),
        Index(None, "from_id", "kind"),
    )

    kind: Mapped[LinkKind] = mapped_column(String(12))
    from_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    chain_id: Mapped[int | None] = mapped_column(index=True)  # of what recurs: the chain's first thread


class Merge(Base):
    """How a thread stood when it was joined with another, so that it can go on from there."""

    __tablename__ = "merges"

    link_id: Mapped[int] = mapped_column(ForeignKey("thread_links.id"), primary_key=True, autoincrement=False)
    status: Mapped[Status] = mapped_column(String(20))
    status_before_waiting: Mapped[Status | None] = mapped_column(String(20))
    needs_sorting: Mapped[bool]
