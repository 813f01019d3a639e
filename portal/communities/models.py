"""Places, departments, categories and the table that ties them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.communities.calendars import CLOSES, OPENS
from portal.core.db import Base, Numbered


class PlaceKind(StrEnum):
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    SPOT = "spot"  # a named place in a community: a gate, a building, a park


class Place(Numbered, Base):
    """A node of the tree. `path` holds the ids from the root down, as in "/1/4/9/"."""

    __tablename__ = "places"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[PlaceKind] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    path: Mapped[str] = mapped_column(String(200), index=True)
    position: Mapped[int] = mapped_column(default=0)
    names: Mapped[dict[str, str]]
    welcome: Mapped[dict[str, str]] = mapped_column(default=dict)
    emergency: Mapped[list[Any]] = mapped_column(default=list)  # of {"number", "names"}
    latitude: Mapped[float | None]  # WGS84
    longitude: Mapped[float | None]
    plan: Mapped[dict[str, Any] | None]  # {"drawing", "south", "west", "north", "east"}: see Drawing
    usual_voices: Mapped[int] = mapped_column(default=0, server_default="0")  # that a report here has
    emergency_since: Mapped[datetime | None]  # emergency mode: here and in all that lies below
    emergency_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    retired_at: Mapped[datetime | None]  # no longer chosen; what stands there keeps it


class Emergency(Numbered, Base):
    """One time of emergency mode at a place, with what was said of it at its beginning and end.

    The words stand here alone: the record of the administration names the row.
    """

    __tablename__ = "emergencies"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    began_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class Drawing(Base):
    """The SVG of a drawn plan, by its digest; which place it shows, and its bounds, a Place says."""

    __tablename__ = "drawings"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    svg: Mapped[str] = mapped_column(Text)


class Department(Numbered, Base):
    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class Category(Numbered, Base):
    """What a submission is about. Codes never change; `group` is the upper level of the tree."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    group: Mapped[str] = mapped_column("group_code", String(60))
    names: Mapped[dict[str, str]]
    group_names: Mapped[dict[str, str]]
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    answer_days: Mapped[int]  # working days; what these six times mean, times.py says
    fix_days: Mapped[int]
    urgent_answer_hours: Mapped[int]
    urgent_fix_hours: Mapped[int]
    emergency_answer_hours: Mapped[int]
    emergency_fix_hours: Mapped[int]
    severity: Mapped[int] = mapped_column(default=3, server_default="3")  # 1 to 5, of what goes wrong
    position: Mapped[int] = mapped_column(default=0)
    keep_months: Mapped[int | None]  # after its end, until personal parts go; None: as by default
    retired_at: Mapped[datetime | None]


class CategoryRoute(Numbered, Base):
    """In this place and below, this category goes to another department than by default."""

    __tablename__ = "category_routes"
    __table_args__ = (UniqueConstraint("category_id", "place_id"),)

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))


class Calendar(Numbered, Base):
    """When a place works; what has none works by the calendar of the nearest above it."""

    __tablename__ = "calendars"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), unique=True)
    weekdays: Mapped[list[Any]]  # the working ones, Monday is 0
    opens: Mapped[int] = mapped_column(default=OPENS, server_default=str(OPENS))  # minutes after midnight
    closes: Mapped[int] = mapped_column(default=CLOSES, server_default=str(CLOSES))
    days: Mapped[dict[str, Any]]  # {"2026-10-01": {"works": false, "names": {…}}}


class Preference(Base):
    """One thing that administrators have set for the whole installation."""

    __tablename__ = "preferences"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]


class DirectoryVersion(Base):
    """One row, raised at each change here: how processes know that their copy is old."""

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
