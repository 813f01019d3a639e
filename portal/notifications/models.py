"""What was sent to whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered

EMAIL = "email"


class Delivery(Numbered, Base):
    """One message to one person: about an event, or about their account (no event).

    Its Message-ID never changes, so a second attempt after a crash is the same message.
    """

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("event_id", "person_id", "channel"),)

    event_id: Mapped[int | None] = mapped_column(Key, ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    about: Mapped[str] = mapped_column(String(40))  # the event's kind, or what of the account
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    held_back_at: Mapped[datetime | None]  # not wanted any more when its turn came
