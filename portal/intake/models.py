"""What a resident has typed but not sent yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
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
