"""Places, departments, categories and the table that ties them."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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


class Department(Numbered, Base):
    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0)


class Category(Numbered, Base):
    """What a submission is about. Codes never change; `group` is the upper level of the tree."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    group: Mapped[str] = mapped_column("group_code", String(60))
    names: Mapped[dict[str, str]]
    group_names: Mapped[dict[str, str]]
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    answer_days: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)


class CategoryRoute(Numbered, Base):
    """In this place and below, this category goes to another department than by default."""

    __tablename__ = "category_routes"
    __table_args__ = (UniqueConstraint("category_id", "place_id"),)

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))


class DirectoryVersion(Base):
    """One row, raised at each change here: how processes know that their copy is old."""

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
