"""Pilots of ideas: the plan, the indicators with their values, the money, and changes since the start."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered


class PilotState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    SCALED = "scaled"  # it became a practice
    STOPPED = "stopped"


class Filled(StrEnum):
    """Where the values of an indicator come from."""

    REPORTS = "reports"  # reports that came in a week
    FIX_TIME = "fix_time"  # median hours until fixed, of what was fixed in a week
    SATISFACTION = "satisfaction"  # percent of those asked in a week who said that it is fixed
    ENTERED = "entered"  # by hand or from a file


class Pilot(Numbered, Base):
    """A trial of an idea at a place. Once it runs, its plan changes only together with an Amendment.

    `revision` grows with each change: two who edit at once notice each other by it.
    """

    __tablename__ = "pilots"
    __table_args__ = (Index(None, "thread_id"), Index(None, "state", "ends_on"), Index(None, "parent_id"))

    code: Mapped[str] = mapped_column(String(60), unique=True)  # stands in the address
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))  # the idea
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("pilots.id"))  # that it repeats elsewhere
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    title: Mapped[str] = mapped_column(String(120))
    if_we: Mapped[str] = mapped_column(Text, default="")
    then: Mapped[str] = mapped_column(Text, default="")
    because: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)  # the last day
    owner_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    partners: Mapped[str] = mapped_column(Text, default="")
    budget: Mapped[int] = mapped_column(default=0)  # in whole yuan, or what the site counts in
    state: Mapped[PilotState] = mapped_column(String(10), default=PilotState.PLANNED)
    round: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    @property
    def is_locked(self) -> bool:
        """Whether it has started: from then on each change of the plan needs a reason, and is listed."""
        return self.started_at is not None


class Indicator(Numbered, Base):
    """What a pilot is measured by. Locked when it starts, with the baseline that was measured before."""

    __tablename__ = "pilot_indicators"

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120))
    filled: Mapped[Filled] = mapped_column(String(12))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))  # None: of any category
    unit: Mapped[str] = mapped_column(String(40), default="")
    direction: Mapped[str] = mapped_column(String(4))  # "up", "down": where better lies
    baseline_from: Mapped[date] = mapped_column(Date)
    baseline_until: Mapped[date] = mapped_column(Date)
    baseline: Mapped[float | None]  # the mean of those days, kept at the start
    target: Mapped[float]
    stop_at: Mapped[float | None]  # from here on it does harm
    comparison_place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    reached_at: Mapped[datetime | None]  # when it was told that the target is reached
    crossed_at: Mapped[datetime | None]  # when it was told that the stop threshold is crossed


class Value(Numbered, Base):
    """What was measured: of a week that began on `on_day` where Linli counts, else on that day."""

    __tablename__ = "pilot_values"
    __table_args__ = (UniqueConstraint("indicator_id", "is_comparison", "on_day"),)

    indicator_id: Mapped[int] = mapped_column(ForeignKey("pilot_indicators.id"))
    is_comparison: Mapped[bool] = mapped_column(default=False, server_default=false())
    on_day: Mapped[date] = mapped_column(Date)
    value: Mapped[float]
    source: Mapped[str] = mapped_column(String(200), default="")  # in whose words; empty: counted by Linli
    by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]


class Amendment(Numbered, Base):
    """A change of the plan after the start, public with its reason. Rows are only ever added."""

    __tablename__ = "pilot_amendments"

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"), index=True)
    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("pilot_indicators.id"))
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]


class Spending(Numbered, Base):
    """Money spent on a pilot, in the unit of its budget."""

    __tablename__ = "pilot_spendings"

    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"), index=True)
    on_day: Mapped[date] = mapped_column(Date)
    amount: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]
