"""Thread, its append-only events, the words said in it and its votes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.core.db import Base, Key, Numbered, index_where
from portal.threads.priority import USUAL


class Kind(StrEnum):
    REPORT = "report"
    IDEA = "idea"
    UNDECIDED = "undecided"  # sent as "not sure", until somebody sorts it


class Visibility(StrEnum):
    PUBLIC = "public"  # words shown
    FIRST_LOOK = "first_look"  # listed, but the words wait until staff have seen them
    HIDDEN = "hidden"  # taken from the public by staff
    PRIVATE = "private"  # the sender's wish: counted, nothing else


LISTED = (Visibility.PUBLIC, Visibility.FIRST_LOOK)
# The same as plain SQL: an index on the listed rows is used only by a query that says just this.
IS_LISTED = text("threads.visibility IN ('public', 'first_look')")


def _listed_index(name: str, *columns: str) -> Index:
    """Return an index of what the public lists can show."""
    where = "visibility IN ('public', 'first_look')"
    return index_where(f"ix_threads_listed_{name}", *columns, where=where)


def _open_index(name: str, *columns: str) -> Index:
    """Return an index of what is open: of a few among very many, used only by a query that says so."""
    return Index(
        f"ix_threads_open_{name}",
        *columns,
        sqlite_where=text("is_closed = 0"),
        postgresql_where=text("NOT is_closed"),
    )


class Status(StrEnum):
    RECEIVED = "received"
    WITH_DEPARTMENT = "with_department"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"  # for the resident
    OUTSIDE = "outside"  # waiting for an outside body
    FIXED = "fixed"
    CONFIRMED = "confirmed"
    SILENT = "silent"  # fixed, and nobody who was asked said otherwise
    REOPENED = "reopened"
    NOT_OURS = "not_ours"
    NO_ACTION = "no_action"
    DUPLICATE = "duplicate"  # of another, which goes on in its place
    COMBINED = "combined"  # an idea, put into another with its author's consent
    WITHDRAWN = "withdrawn"
    OPEN = "open"  # an idea that people can support
    PILOT = "decided_pilot"
    ADOPT = "decided_adopt"
    LATER = "decided_later"
    DECLINE = "decided_decline"


class Pace(StrEnum):
    """Which of a category's times a promise keeps to."""

    NORMAL = "normal"
    URGENT = "urgent"  # danger
    EMERGENCY = "emergency"  # it came while the place was in emergency mode


STANDING_STILL = frozenset({Status.WAITING, Status.OUTSIDE})  # the clocks stand; nobody here can go on


class Channel(StrEnum):
    WEB = "web"
    PHONE = "phone"
    WALK_IN = "walk_in"
    PAPER = "paper"
    IMPORT = "import"  # past messages


FIXED = (Status.FIXED, Status.CONFIRMED, Status.SILENT)  # in the words of whoever said so last

CLOSED = frozenset(
    {
        Status.FIXED,
        Status.CONFIRMED,
        Status.SILENT,
        Status.NOT_OURS,
        Status.NO_ACTION,
        Status.DUPLICATE,
        Status.COMBINED,
        Status.WITHDRAWN,
        Status.PILOT,
        Status.ADOPT,
        Status.LATER,
        Status.DECLINE,
    }
)


class Thread(Numbered, Base):
    """One submission and what became of it: what every list must know before showing anything."""

    __tablename__ = "threads"
    __table_args__ = (
        _listed_index("new", "kind", "id"),
        _listed_index("top", "kind", "votes_total", "id"),
        _listed_index("changed", "kind", "changed_at", "id"),
        _listed_index("pinned", "kind", "latitude", "longitude"),
        _listed_index("named", "kind", "spot_id"),
        _listed_index("about", "kind", "category_id", "place_id", "status", "visibility"),
        _listed_index(
            "needs", "kind", "category_id", "place_id", "created_at", "status", "is_closed", "priority"
        ),
        _open_index("at", "place_id", "department_id", "kind", "needs_sorting", "created_at"),
        _open_index("with", "assignee_id"),
        _open_index("states", "kind", "status", "place_id"),
        _open_index(  # all that is asked of what is due soon or late, so that counting reads nothing else
            "due",
            "place_id",
            "kind",
            "needs_sorting",
            "department_id",
            "clock_stopped_at",
            "answered_at",
            "due_at",
            "fix_due_at",
            "pace",
            "is_closed",
        ),
        Index(None, "needs_sorting", "is_urgent", "id"),
        Index(None, "department_id", "is_closed", "is_urgent", "due_at"),
        Index(None, "department_id", "is_closed", "is_urgent", "priority"),
        Index(None, "is_closed", "is_urgent", "priority"),
        Index(None, "place_id", "id"),
        Index(None, "created_at", "place_id"),
        Index(None, "author_id"),
        Index(
            "ix_threads_doubted",
            "place_id",
            "department_id",
            sqlite_where=text("is_doubted = 1"),
            postgresql_where=text("is_doubted"),
        ),
    )

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    submission_key: Mapped[str] = mapped_column(String(100), unique=True)  # sent twice is one
    tracking_digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[Kind] = mapped_column(String(10))
    visibility: Mapped[Visibility] = mapped_column(String(12))
    status: Mapped[Status] = mapped_column(String(20))
    is_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_sorting: Mapped[bool] = mapped_column(Boolean, default=False)
    is_urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    priority: Mapped[int] = mapped_column(default=0, server_default="0")  # 0 to 100, see scoring
    priority_decided: Mapped[int | None]  # by a vote of the committee: it counts before the formula
    severity: Mapped[int | None]  # 1 to 5, set by staff; None: as the category has it
    likelihood: Mapped[int] = mapped_column(default=USUAL, server_default=str(USUAL))
    exposure: Mapped[int] = mapped_column(default=USUAL, server_default=str(USUAL))
    recurrences: Mapped[int] = mapped_column(default=0, server_default="0")  # the same, here, lately
    is_doubted: Mapped[bool] = mapped_column(Boolean, default=False, server_default="0")  # is it fixed?
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    spot_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    address: Mapped[str] = mapped_column(String(200), default="")
    latitude: Mapped[float | None]  # WGS84, where somebody set a pin
    longitude: Mapped[float | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    assignee_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    author_name_shown: Mapped[bool] = mapped_column(Boolean, default=False)
    language: Mapped[str] = mapped_column(String(10))
    channel: Mapped[Channel] = mapped_column(String(10), default=Channel.WEB, server_default=Channel.WEB)
    title: Mapped[str] = mapped_column(String(200))  # masked: what the public may see
    given_title: Mapped[str] = mapped_column(String(200), default="")  # as the sender wrote it
    votes_total: Mapped[int] = mapped_column(default=0)
    votes_verified: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # the wording that is shown
    comments_total: Mapped[int] = mapped_column(default=0, server_default="0")  # those shown
    photos_total: Mapped[int] = mapped_column(default=0, server_default="0")  # those shown
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime]  # when a first answer was promised
    answered_at: Mapped[datetime | None]
    votes_until: Mapped[datetime | None]  # where votes are taken for a time
    fix_due_at: Mapped[datetime | None]  # when it was promised to be fixed: reports of a known category
    pace: Mapped[Pace] = mapped_column(String(10), default=Pace.NORMAL, server_default=Pace.NORMAL)
    clock_started_at: Mapped[datetime]  # from when the present promise counts
    clock_stopped_at: Mapped[datetime | None]  # since when the clocks stand still
    # [[from, until], …] since it came or was reopened
    clock_pauses: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    # What the due times were made of, as clocks.Promise says; nothing of what was promised long ago.
    promised: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    status_before_waiting: Mapped[Status | None] = mapped_column(String(20))
    made_impersonal_at: Mapped[datetime | None]  # cut from its sender, its time of keeping being over
    last_sequence: Mapped[int] = mapped_column(default=0)
    last_digest: Mapped[str] = mapped_column(String(64), default="")

    author: Mapped[Person] = relationship(foreign_keys=author_id)
    assignee: Mapped[Person | None] = relationship(foreign_keys=assignee_id)

    @property
    def is_listed(self) -> bool:
        return self.visibility in LISTED and self.kind != Kind.UNDECIDED


class Level(StrEnum):
    ORIGINAL = "original"  # what the person sent; never changes
    MASKED = "masked"  # the same with personal numbers covered, where that differs
    VERSION = "version"  # of an idea, by its sender, in the place of the one before; shown masked
    HELD = "held"  # such a version that waits for a first look, or was not let through
    ADDED = "added"  # what the sender added later
    QUESTION = "question"  # staff to the sender
    TOLD = "told"  # staff to the sender alone, without a question
    ANSWER = "answer"  # the sender to staff
    REPLY = "reply"  # staff to everybody
    REASON = "reason"  # why something was closed, moved or reopened
    NOTE = "note"  # among staff
    TASK = "task"  # what a department does in a joint case, among staff
    MINUTES = "minutes"  # of a joint meeting, among staff
    RESTATED = "restated"  # the matter as one level puts it to another, among staff
    INSTRUCTED = "instructed"  # what the other level answers, among staff
    JOINED = "joined"  # somebody who has this too, to staff
    TAKEN_BACK = "taken_back"  # said by mistake, and no longer shown to anybody but staff


class Statement(Numbered, Base):
    """Somebody's words in a thread, as they were said."""

    __tablename__ = "statements"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    level: Mapped[Level] = mapped_column(String(12))
    author_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    derived_from_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    created_at: Mapped[datetime]

    derived_from: Mapped["Statement | None"] = relationship(remote_side="Statement.id")


class EventVisibility(StrEnum):
    PUBLIC = "public"
    SENDER = "sender"  # the sender and staff
    STAFF = "staff"
    SEALED = "sealed"


class Event(Numbered, Base):
    """One thing that happened: timeline, audit log and feed. Rows are only ever added.

    A stream is a thread, or the administration where thread_id is empty; each row holds the
    digest of the one before it in its stream, so a changed or missing row shows.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("stream", "sequence"), Index(None, "at"))

    stream: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int]
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    visibility: Mapped[EventVisibility] = mapped_column(String(8))
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    actor_role: Mapped[str] = mapped_column(String(20))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    statement: Mapped[Statement | None] = relationship()
    actor: Mapped[Person | None] = relationship()


class Vote(Numbered, Base):
    """ "Affected" on a report, "support" on an idea: one for each person."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("thread_id", "person_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)  # if joined
    for_sending: Mapped[bool] = mapped_column(default=False, server_default=false())  # of what was joined
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # which wording they chose
    at: Mapped[datetime]
