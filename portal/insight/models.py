"""What is kept of the work: of each week, to see whether somebody has too much; of a year, for all."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered


class WeekLoad(Numbered, Base):
    """The work of one week in one place, with one department, of one person; forgotten after twelve weeks.

    Without a person: what nobody has taken on, and all that came to the department. Without a
    department: the sorting desk, and ideas.
    """

    __tablename__ = "week_loads"
    __table_args__ = (Index(None, "week"), Index(None, "person_id", "week"))

    week: Mapped[date] = mapped_column(Date)  # its Monday
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    open: Mapped[int | None]  # when the week ended; None: nobody looked then
    late: Mapped[int | None]
    incoming: Mapped[int]  # to the department; with a person, those that became theirs
    done: Mapped[int]
    deeds: Mapped[int]  # events by the person
    outside: Mapped[int]  # of these, outside the place's working hours


class StrainKind(StrEnum):
    MUCH_OPEN = "much_open"  # more than is usual in the department, and more each week
    OFF_HOURS = "off_hours"  # much of it outside working hours


class Strain(Numbered, Base):
    """In this week somebody's load looked like too much. Seen by themselves, their heads and coordinators."""

    __tablename__ = "strains"
    __table_args__ = (UniqueConstraint("person_id", "week", "kind"),)

    week: Mapped[date] = mapped_column(Date)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[StrainKind] = mapped_column(String(12))


class DepartmentYear(Base):
    """What the public may know of a department's last twelve months, counted each night."""

    __tablename__ = "department_years"

    department_id: Mapped[int] = mapped_column(
        ForeignKey("departments.id"), primary_key=True, autoincrement=False
    )
    figures: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
