"""People and their roles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.communities.models import Place
from portal.core.db import Base, Key, Numbered


class RoleName(StrEnum):
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    PANELLIST = "panellist"
    ADMINISTRATOR = "administrator"


class Person(Numbered, Base):
    """Anyone who wrote, voted or works here; a browser without sign-in is one too.

    `same_as` points to the person this one turned out to be: counting goes by that one.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index(
            "uq_people_confirmed_email",
            "email",
            unique=True,
            sqlite_where=text("email_confirmed_at IS NOT NULL AND same_as_id IS NULL"),
            postgresql_where=text("email_confirmed_at IS NOT NULL AND same_as_id IS NULL"),
        ),
        Index(None, "same_as_id"),
    )

    email: Mapped[str | None] = mapped_column(String(254))  # always in lower case
    email_confirmed_at: Mapped[datetime | None]
    mail_stopped_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(10), default="zh-Hans")
    same_as_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    session_epoch: Mapped[int] = mapped_column(default=0)
    is_blocked: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]

    roles: Mapped[list["Role"]] = relationship(back_populates="person", lazy="selectin")

    @property
    def root_id(self) -> int:
        return self.same_as_id or self.id

    @property
    def is_verified(self) -> bool:
        return self.email_confirmed_at is not None

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)


class Role(Numbered, Base):
    """A role held at a place, reaching everything below it; officers hold it for a department."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("person_id", "name", "place_id", "department_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[RoleName] = mapped_column(String(20))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))

    person: Mapped[Person] = relationship(back_populates="roles")
    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)


class OneTimeCode(Numbered, Base):
    """A code printed for somebody's first sign-in; kept as a digest."""

    __tablename__ = "one_time_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
