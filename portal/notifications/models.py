"""What was sent to whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Numbered


class Delivery(Numbered, Base):
    """One message to one person about one event. Its Message-ID never changes, so a second
    attempt after a crash is the same message."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("event_id", "person_id", "channel"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
