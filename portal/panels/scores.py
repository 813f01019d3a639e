"""What panellists say of an idea, criterion by criterion, and what they then say to each other.

Their words live in these tables alone, never among a thread's statements, which are searched, shown
and exported: before the reveal nobody but their writer reads them.
"""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Numbered
from portal.core.i18n import localized


class Yardstick(Numbered, Base):
    """A criterion as it stood when the review began: what was scored is not changed under the scores."""

    __tablename__ = "panel_yardsticks"

    review_id: Mapped[int] = mapped_column(ForeignKey("panel_reviews.id"), index=True)
    position: Mapped[int]
    names: Mapped[dict[str, str]]
    levels: Mapped[dict[str, str]]
    weight: Mapped[int]
    is_knock_out: Mapped[bool] = mapped_column(Boolean)

    @property
    def name(self) -> str:
        return localized(self.names)


class Sheet(Base):
    """One panellist's answers in one review. `revision` grows with each saving, for two tabs."""

    __tablename__ = "panel_sheets"

    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seats.id"), primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class Mark(Numbered, Base):
    """What one panellist gave one criterion. The first is never changed once the scores are revealed.

    `value` is 0 to 5, or 1 (yes) and 0 (no) where it must be met; None with `abstains`, or not said yet.
    """

    __tablename__ = "panel_marks"
    __table_args__ = (UniqueConstraint("seat_id", "yardstick_id", "is_revised"),)

    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seats.id"))
    yardstick_id: Mapped[int] = mapped_column(ForeignKey("panel_yardsticks.id"), index=True)
    is_revised: Mapped[bool] = mapped_column(Boolean)  # given after the others were seen
    value: Mapped[int | None]
    abstains: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Remark(Numbered, Base):
    """What a panellist or a coordinator says about a criterion, once the scores are revealed."""

    __tablename__ = "panel_remarks"

    yardstick_id: Mapped[int] = mapped_column(ForeignKey("panel_yardsticks.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
