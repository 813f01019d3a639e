"""What a pilot did, wanted or unwanted, in the words of whoever noticed it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered
from portal.core.text import mask_personal


class Severity(StrEnum):
    SLIGHT = "slight"
    NOTABLE = "notable"
    SEVERE = "severe"


class EffectState(StrEnum):
    FIRST_LOOK = "first_look"  # told by somebody unverified: staff look at it before others read it
    SHOWN = "shown"
    HIDDEN = "hidden"


class Effect(Numbered, Base):
    """One thing that somebody noticed of a pilot, as they said it; and what was done about it."""

    __tablename__ = "pilot_effects"
    __table_args__ = (Index(None, "pilot_id", "state"), Index(None, "person_id"))

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"))
    form_key: Mapped[str] = mapped_column(String(64), unique=True)  # sent twice is one
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))  # None: cut from it by time
    is_wanted: Mapped[bool] = mapped_column(Boolean)
    severity: Mapped[Severity] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    touched: Mapped[str] = mapped_column(String(300), default="")  # who it touches
    evidence: Mapped[str] = mapped_column(Text, default="")
    photo_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    photo_alt: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[EffectState] = mapped_column(String(10))
    round: Mapped[int]  # of the pilot, when it was told
    at: Mapped[datetime]
    looked_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    hidden_reason: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")  # what was done about it; public
    done_at: Mapped[datetime | None]

    @property
    def is_severe_harm(self) -> bool:
        """Whether it calls a review by itself."""
        return not self.is_wanted and self.severity == Severity.SEVERE

    @property
    def is_shown(self) -> bool:
        return self.state == EffectState.SHOWN

    def masked(self, name: str) -> str:
        """Return one of its texts with personal numbers covered, as pages show it."""
        return mask_personal(getattr(self, name))
