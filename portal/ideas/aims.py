"""What an idea would prevent: reports of a category at a place, or a matter that comes up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.access import is_coordinator_at, is_panellist_at, roles_at
from portal.accounts.models import OF_DEPARTMENT, Person
from portal.communities.directory import Directory
from portal.core.db import Base, Key, Numbered
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.threads.actions import refuse_unless
from portal.threads.events import Actor, record_event, resident
from portal.threads.models import EventVisibility, Kind, Status, Thread

MOST_AIMS = 20  # of one idea
GONE = (Status.DUPLICATE, Status.WITHDRAWN, Status.COMBINED)


class Aim(Numbered, Base):
    """What a person said that an idea would prevent, or (`holds` is false) that it would not.

    Of a matter that comes up again, `report_id` is one of its reports; category and place are the report's.
    """

    __tablename__ = "aims"
    __table_args__ = (UniqueConstraint("thread_id", "key"), Index(None, "category_id", "place_id"))

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    key: Mapped[str] = mapped_column(String(40))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    holds: Mapped[bool]
    decided_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime]

    @property
    def target(self) -> "Target":
        return Target(self.category_id, self.place_id, self.report_id)


@dataclass(frozen=True)
class Target:
    """What could be prevented: a category at a place; with a report, the chain that this is part of."""

    category_id: int
    place_id: int
    report_id: int | None = None

    @property
    def key(self) -> str:
        """Return what names it among the targets of an idea, and in a form."""
        return f"r{self.report_id}" if self.report_id else f"c{self.category_id}.p{self.place_id}"


def aims_as(person: Person | None, thread: Thread, directory: Directory) -> Actor | None:
    """Return as whom this person says what the idea would prevent, or None for whoever may not.

    Its sender may; coordinators and panellists of the place; officers there where everybody can read it.
    """
    if person is None or thread.kind != Kind.IDEA:
        return None
    path = directory.places[thread.place_id].path
    if is_coordinator_at(person, path):
        return Actor(person, "coordinator")
    if is_panellist_at(person, path):
        return Actor(person, "panellist")
    if thread.is_listed and roles_at(person, path, *OF_DEPARTMENT):
        return Actor(person, "officer")
    return resident(person) if thread.author.root_id == person.root_id else None


def list_aims(session: Session, thread_id: int) -> Sequence[Aim]:
    """Return all that was said of an idea's aims, in the order in which it was."""
    return session.scalars(select(Aim).where(Aim.thread_id == thread_id).order_by(Aim.id)).all()


def say_aim(
    session: Session, thread: Thread, target: Target, *, holds: bool, by: Actor, now: datetime
) -> None:
    """Keep that an idea would prevent this, or would not. The thread is locked; said twice, it counts once.

    Raises Conflict for an idea that is gone, Invalid for more aims than a page can show.
    """
    refuse_unless(thread.kind == Kind.IDEA and thread.status not in GONE)
    aims = {aim.key: aim for aim in list_aims(session, thread.id)}
    aim = aims.get(target.key)
    held = aim is not None and aim.holds
    if aim is not None and aim.holds == holds:
        return
    if aim is None and holds and sum(a.holds for a in aims.values()) >= MOST_AIMS:
        raise Invalid(_("At most %(n)s things, please.", n=MOST_AIMS))
    if aim is None and len(aims) >= 5 * MOST_AIMS:
        raise Conflict(_("At most %(n)s things, please.", n=MOST_AIMS))
    if aim is None:
        aim = Aim(
            thread_id=thread.id,
            key=target.key,
            category_id=target.category_id,
            place_id=target.place_id,
            report_id=target.report_id,
        )
        session.add(aim)
    aim.holds, aim.decided_by_id, aim.decided_at = holds, by.id, now
    session.flush()
    _record(session, thread, target, holds=holds, held=held, by=by, now=now)


def _record(
    session: Session, thread: Thread, target: Target, *, holds: bool, held: bool, by: Actor, now: datetime
) -> None:
    """Add it to the timeline; that a mere proposal was refused concerns staff only."""
    kind = "idea.aimed" if holds else "idea.aim_dropped"
    seen_by = EventVisibility.PUBLIC if holds or held else EventVisibility.STAFF
    data = {"category": target.category_id, "place": target.place_id}
    record_event(session, thread, kind, by=by, now=now, visibility=seen_by, data=data)
