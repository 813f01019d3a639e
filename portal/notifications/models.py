"""What was sent to whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, Numbered, index_where
from portal.threads.additions import Frequency
from portal.threads.models import Kind

EMAIL = "email"
INBOX = "inbox"
# What a delivery to a follower is about: a step of what they follow, a new submission that a wish of
# theirs fits, the digest of both, and the question whether they truly asked for it.
NEWS, NEW, DIGEST, ASKED = "follow.news", "follow.new", "follow.digest", "follow.asked"
# To those affected: is it fixed? To the officer who had it and the heads: it came back.
VERDICT, CAME_BACK = "verdict.asked", "staff.came_back"
CARRY = "carry.asked"  # to who supports an idea that was combined into another: do you go along?
SUPPORT = "support.asked"  # to who supports an idea: it has changed, do you still?
WARNINGS = "warnings"  # to staff: promises that run out
PILOT = "staff.pilot"  # to owner, coordinators and evaluators of a pilot

UNREAD = "channel = 'inbox' AND read_at IS NULL"
# An index on these rows is used only by a query that says just this.
IS_UNREAD = text(UNREAD)


class Delivery(Numbered, Base):
    """One message to one person: about an event, or about their account (no event).

    Its Message-ID never changes, so a second attempt after a crash is the same message.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id", "channel"),
        index_where("ix_deliveries_open", "id", where="sent_at IS NULL AND held_back_at IS NULL"),
        index_where("ix_deliveries_unread", "person_id", where=UNREAD),
    )

    event_id: Mapped[int | None] = mapped_column(Key, ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    about: Mapped[str] = mapped_column(String(40))  # the event's kind, or what of the account
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    held_back_at: Mapped[datetime | None]  # not wanted any more when its turn came
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")  # times given away, see sending
    subscription_id: Mapped[int | None] = mapped_column(Key)  # why; none: their own, or a thread they follow
    digest_id: Mapped[int | None] = mapped_column(Key, index=True)  # the delivery of the digest with it
    read_at: Mapped[datetime | None]  # in the inbox


class DueWarning(Numbered, Base):
    """Somebody of the staff was told how far a promise has run out: once for each promise made.

    Between departments the promise is of one row of the cases, of the kind that `clock` says.
    """

    __tablename__ = "due_warnings"
    __table_args__ = (UniqueConstraint("thread_id", "clock", "item_id", "level", "since", "person_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    clock: Mapped[str] = mapped_column(String(6))  # which promise
    item_id: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: of the matter itself
    level: Mapped[str] = mapped_column(String(4))  # soon, late, much
    since: Mapped[datetime]  # from when the promise counts: opened again, it is warned of anew
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(Key, index=True)  # of the mail; None: takes no mails
    at: Mapped[datetime]


class Subscription(Numbered, Base):
    """What somebody wants to hear of besides single threads: all that its filled fields say."""

    __tablename__ = "subscriptions"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[Kind | None] = mapped_column(String(10))  # reports or ideas; None: both
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)  # and below
    latitude: Mapped[float | None]  # with radius_m: around this point
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None]  # then the place only gives it a name
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    category_group: Mapped[str] = mapped_column(String(60), default="")  # in place of one category
    query: Mapped[str] = mapped_column(String(200), default="")
    frequency: Mapped[Frequency] = mapped_column(String(10))
    created_at: Mapped[datetime]
