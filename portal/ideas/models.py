"""What only an idea has."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Idea(Base):
    """The idea's own part of a thread."""

    __tablename__ = "ideas"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
