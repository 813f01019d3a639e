"""Calls for ideas: what is asked, when, by what it is judged, and the reports that are the reason."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered
from portal.core.i18n import localized
from portal.ideas.phases import BEFORE_REVIEW, Dates, Phase, allows, phase_on


class Call(Numbered, Base):
    """A call for ideas at a place. Texts are in the languages that were written.

    `revision` grows with each change: two who edit at once notice each other by it.
    """

    __tablename__ = "calls"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    names: Mapped[dict[str, str]]
    theme: Mapped[dict[str, str]]
    why: Mapped[dict[str, str]]  # why now
    incentives: Mapped[dict[str, str]]
    decides: Mapped[dict[str, str]]  # who decides
    opens_on: Mapped[date] = mapped_column(Date)
    collects_until: Mapped[date] = mapped_column(Date)
    supports_until: Mapped[date] = mapped_column(Date)
    reviews_until: Mapped[date] = mapped_column(Date)
    decides_until: Mapped[date] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_because: Mapped[dict[str, str]] = mapped_column(default=dict)

    @property
    def name(self) -> str:
        return localized(self.names)

    @property
    def dates(self) -> Dates:
        return Dates(
            self.opens_on, self.collects_until, self.supports_until, self.reviews_until, self.decides_until
        )

    def phase(self, today: date) -> Phase:
        """Return its phase on a day of the neighbourhood; what was stopped has ended."""
        return Phase.ENDED if self.stopped_at else phase_on(self.dates, today)

    def allows(self, move: str, today: date) -> bool:
        """Tell whether residents, the panel or the committee may do this on that day."""
        return self.published_at is not None and allows(self.phase(today), move)

    def may_change_criteria(self, today: date) -> bool:
        """Tell whether what ideas are judged by is still open: until the panel begins to review."""
        return self.published_at is None or self.phase(today) in BEFORE_REVIEW


class CallMatter(Numbered, Base):
    """A report that is a reason for a call."""

    __tablename__ = "call_matters"
    __table_args__ = (UniqueConstraint("call_id", "thread_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)


class Criterion(Numbered, Base):
    """One thing that ideas of a call are judged by. `levels` describe the scores 0 to 5, a line for each."""

    __tablename__ = "criteria"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    position: Mapped[int]
    names: Mapped[dict[str, str]]
    levels: Mapped[dict[str, str]]
    weight: Mapped[int]
    is_knock_out: Mapped[bool]  # answered by yes or no; a no ends it

    @property
    def name(self) -> str:
        return localized(self.names)
