"""What staff keep for their own work."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Numbered


class ReplyTemplate(Numbered, Base):
    """A text with placeholders that staff begin a reply with, at this place and below."""

    __tablename__ = "reply_templates"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    verb: Mapped[str] = mapped_column(String(12))  # what it is for, see reply_templates.PURPOSES
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    category_group: Mapped[str] = mapped_column(String(60), default="")  # in place of one category
    names: Mapped[dict[str, str]]  # what staff know it by
    texts: Mapped[dict[str, str]]
    retired_at: Mapped[datetime | None]
