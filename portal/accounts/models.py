"""People and their roles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ColumnElement, ForeignKey, Index, String, UniqueConstraint, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.communities.models import Place
from portal.core.db import Base, Key, Numbered, index_where


class RoleName(StrEnum):
    OFFICER = "officer"
    HEAD = "head"  # of a department: an officer who also hears when a promise is broken
    COORDINATOR = "coordinator"
    PANELLIST = "panellist"
    ADMINISTRATOR = "administrator"


OF_DEPARTMENT = (RoleName.OFFICER, RoleName.HEAD)  # held for a department


class Mark(StrEnum):
    """What an account speaks for, as an administrator has confirmed it."""

    INSTITUTION = "institution"
    FIRM = "firm"
    EXPERT = "expert"


class Person(Numbered, Base):
    """Anyone who wrote, voted or works here; a browser without sign-in is one too.

    `same_as` points to the person this one turned out to be: counting goes by that one.
    """

    __tablename__ = "people"
    __table_args__ = (
        index_where(
            "uq_people_confirmed_email",
            "email",
            where="email_confirmed_at IS NOT NULL AND same_as_id IS NULL",
            unique=True,
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
    is_blocked: Mapped[bool] = mapped_column(Boolean, default=False)
    residency_place_id: Mapped[int | None] = mapped_column(Key)  # proven by a household's code
    residency_confirmed_at: Mapped[datetime | None]
    invited_place_id: Mapped[int | None] = mapped_column(Key)  # the account was made for work there
    totp_seed: Mapped[str | None] = mapped_column(String(32))  # the key is made from it, see second_factor
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # the half minute of the last code used: none works twice
    mark: Mapped[Mark | None] = mapped_column(String(12))  # shown beside what they say in public
    mark_name: Mapped[str] = mapped_column(String(120), default="", server_default="")  # of the body
    erased_at: Mapped[datetime | None]  # deleted at their own wish, or by time: a marked gap
    created_at: Mapped[datetime]

    roles: Mapped[list["Role"]] = relationship(back_populates="person", lazy="selectin")

    @property
    def root_id(self) -> int:
        return self.same_as_id or self.id

    @property
    def has_confirmed_email(self) -> bool:
        return self.email_confirmed_at is not None

    @hybrid_property
    def is_verified(self) -> bool:
        """Whether it is known who this is: by an e-mail address, or by a household's code."""
        return self.has_confirmed_email or self.residency_confirmed_at is not None

    @is_verified.inplace.expression
    @classmethod
    def _is_verified(cls) -> ColumnElement[bool]:
        return or_(cls.email_confirmed_at.is_not(None), cls.residency_confirmed_at.is_not(None))

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)

    @property
    def has_second_factor(self) -> bool:
        return self.totp_confirmed_at is not None


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


class RecoveryCode(Numbered, Base):
    """Signs in once in place of the second factor; kept as a digest, and gone when used."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class SignIn(Numbered, Base):
    """A browser in which a person is signed in. Without this row its cookie is worth nothing."""

    __tablename__ = "sign_ins"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(60))  # in a few words, such as "Firefox, Android"
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # to ten minutes

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class HouseholdCode(Numbered, Base):
    """Printed by the committee for one household: whoever enters it is shown to live there."""

    __tablename__ = "household_codes"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    household: Mapped[str] = mapped_column(String(80))  # as the committee calls it: building and flat
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    uses_left: Mapped[int]


class ContactChannel(StrEnum):
    PHONE = "phone"  # staff ring
    SMS = "sms"  # sent by the web hook
    CHAT = "chat"  # sent by the web hook


class Contact(Numbered, Base):
    """Another way than e-mail to reach a person, with their consent."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("person_id", "channel"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    channel: Mapped[ContactChannel] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(120))
    consent_at: Mapped[datetime]
    noted_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))  # staff; None: themselves
    code_sent_at: Mapped[datetime | None]  # the code itself is derived from it and kept nowhere
    confirmed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
