"""What staff keep for their own work: filters saved under a name, what they did to many at once, texts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.core.db import Base, Numbered


class SavedFilter(Numbered, Base):
    """A list and what narrows it, under a name; what stands in it is found anew for whoever opens it."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    list_code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)  # as in the address
    is_shared: Mapped[bool] = mapped_column(default=False)  # with colleagues in the same work
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class BulkAction(Numbered, Base):
    """One move made in many threads at once (or a single one), and how each stood before.

    `done` holds for each thread: its number, its values that changed, its last event before and
    after, and the photos that were shown with it. `skipped` holds a number and the reason.
    """

    __tablename__ = "bulk_actions"
    __table_args__ = (Index(None, "person_id", "at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    verb: Mapped[str] = mapped_column(String(20))
    is_single: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime]
    done: Mapped[list[Any]]
    skipped: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
    left: Mapped[list[Any]] = mapped_column(default=list)  # not put back: something else had happened


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
