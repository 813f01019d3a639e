"""Practices: what worked at one place, written so that others can do it too; and room for trials."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered

TEXTS = ("problem", "what", "conditions", "cost", "side_effects", "how_to")  # in the order of the page


class Practice(Numbered, Base):
    """What a pilot that was scaled has shown. Nobody but staff sees it before it is published."""

    __tablename__ = "practices"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    title: Mapped[str] = mapped_column(String(120))
    problem: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(Text, default="")  # worked
    conditions: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[str] = mapped_column(Text, default="")
    side_effects: Mapped[str] = mapped_column(Text, default="")
    how_to: Mapped[str] = mapped_column(Text, default="")  # repeat it
    language: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text, default="")  # the search tokens, between spaces
    created_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class Allowance(Numbered, Base):
    """How many trials each community has room for: set at a place, for it and all below it."""

    __tablename__ = "pilot_allowances"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), unique=True)
    at_once: Mapped[int]
    in_a_year: Mapped[int]
