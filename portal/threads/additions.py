"""What hangs on a thread: photos, comments, followers, and the words it is found by."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.core.db import Base, Key, Numbered
from portal.core.search import TokenColumn


class PhotoState(StrEnum):
    FIRST_LOOK = "first_look"  # waits until staff have seen it
    SHOWN = "shown"  # as public as the words of its thread
    HIDDEN = "hidden"  # taken from the public by staff


class Photo(Numbered, Base):
    """A picture in a thread. `key` names its files in the store and changes when it is altered."""

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("thread_id", "source"), Index(None, "state", "thread_id"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)  # if joined
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))  # who added it
    key: Mapped[str] = mapped_column(String(40), unique=True)
    source: Mapped[str] = mapped_column(String(64))  # digest of the file sent: sent twice is one
    alt: Mapped[str] = mapped_column(String(200), default="")  # what can be seen, in words
    width: Mapped[int]  # pixels
    height: Mapped[int]
    state: Mapped[PhotoState] = mapped_column(String(12))
    round: Mapped[int | None]  # of the fixing that it shows: taken afterwards, by staff
    created_at: Mapped[datetime]


class Side(StrEnum):
    """Where an argument stands."""

    FOR = "for"
    AGAINST = "against"


class Comment(Numbered, Base):
    """What somebody says below a public submission; with a `side`, an argument for or against an idea."""

    __tablename__ = "comments"
    __table_args__ = (
        Index(None, "thread_id", "id"),
        Index(
            "ix_comments_waiting",
            "id",
            sqlite_where=text("is_shown = 0"),
            postgresql_where=text("NOT is_shown"),
        ),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    text: Mapped[str] = mapped_column(Text)  # as written; shown with personal numbers covered
    role: Mapped[str] = mapped_column(String(20))  # resident, or the staff role it is marked with
    name_shown: Mapped[bool] = mapped_column(default=False)
    is_shown: Mapped[bool] = mapped_column(default=True)  # False: waits for a first look
    created_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    hidden_reason: Mapped[str] = mapped_column(Text, default="")
    taken_back_at: Mapped[datetime | None]  # by who said it; then the text is empty
    side: Mapped[Side | None] = mapped_column(String(8))  # of an argument; None: a comment
    helpful_total: Mapped[int] = mapped_column(default=0, server_default="0")  # people who found it so

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it."""
        return self.is_shown and self.hidden_at is None and self.taken_back_at is None


class Helpful(Numbered, Base):
    """Somebody found an argument helpful: one for each person."""

    __tablename__ = "helpful_ratings"
    __table_args__ = (UniqueConstraint("comment_id", "person_id"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]


class CommentFlag(Numbered, Base):
    """Somebody says that a comment should not stand there."""

    __tablename__ = "comment_flags"
    __table_args__ = (UniqueConstraint("comment_id", "person_id"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # staff have looked


class Frequency(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    NO_MAIL = "no_mail"  # only in the inbox


class Follower(Numbered, Base):
    """Somebody who wants to hear what becomes of a thread."""

    __tablename__ = "followers"
    __table_args__ = (UniqueConstraint("thread_id", "person_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)  # if joined
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    frequency: Mapped[Frequency] = mapped_column(String(10), default=Frequency.AT_ONCE)
    at: Mapped[datetime]


class NotSame(Numbered, Base):
    """Somebody has said that two threads are not the same matter; the lower id comes first.

    `for_staff` where staff said it, or who sent one of the two: the word of others keeps nothing from staff.
    """

    __tablename__ = "not_same"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    for_staff: Mapped[bool]
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    at: Mapped[datetime]


class ThreadWords(Base):
    """The search tokens of a thread: of what the public sees, and of all that staff may see."""

    __tablename__ = "thread_words"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, autoincrement=False)
    public_words: Mapped[list[str]] = mapped_column(TokenColumn)
    staff_words: Mapped[list[str]] = mapped_column(TokenColumn)
