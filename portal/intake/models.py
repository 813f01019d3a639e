"""What a resident has typed but not sent yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Numbered


class Draft(Numbered, Base):
    """The steps filled in so far, kept 24 hours from the last change.

    The browser holds the key; the database its digest. The same key is the submission's, so
    a draft sent twice is one submission.
    """

    __tablename__ = "drafts"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    path: Mapped[str] = mapped_column(String(10))  # report, propose or tell ("not sure")
    answers: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class DraftPhoto(Numbered, Base):
    """A picture added to a draft; `key` names its files in the store, which the submission takes over."""

    __tablename__ = "draft_photos"
    __table_args__ = (UniqueConstraint("draft_id", "source"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    source: Mapped[str] = mapped_column(String(64))  # digest of the file sent: sent twice is one
    alt: Mapped[str] = mapped_column(String(200), default="")  # what can be seen, in words
    width: Mapped[int]  # pixels
    height: Mapped[int]
