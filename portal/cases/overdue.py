"""What stands between departments and levels and is overdue: which, of whom, and since when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.cases.models import (
    UNFINISHED,
    CaseDecision,
    CaseState,
    JointCase,
    Offer,
    OfferState,
    Referral,
    Task,
)
from portal.core.dates import local_time
from portal.threads.models import Thread


@dataclass(frozen=True)
class Sort:
    """One sort of thing that waits: its table, when it still does, and when it was due before now."""

    name: str
    table: Any
    waits: ColumnElement[bool]

    def is_over(self, now: datetime) -> ColumnElement[bool]:
        if self.table is CaseDecision:
            return self.waits & (CaseDecision.due_on < local_time(now).date())
        due: ColumnElement[Any] = self.table.due_at
        return self.waits & (due < now)


AT_DESK = (Offer.state == OfferState.TO_COORDINATOR) & Thread.needs_sorting
OFFERED = (Offer.state == OfferState.OFFERED) & (Offer.from_department_id == Thread.department_id)
# What was decided together is to be carried out even where the report is closed meanwhile.
SORTS = (
    Sort("call", JointCase, (JointCase.state == CaseState.CALLED) & ~Thread.is_closed),
    Sort("offer", Offer, (AT_DESK | (OFFERED & ~Thread.needs_sorting)) & ~Thread.is_closed),
    Sort("task", Task, Task.state.in_(UNFINISHED) & ~Thread.is_closed),
    Sort("refer", Referral, Referral.answered_at.is_(None) & ~Thread.is_closed),
    Sort("decide", CaseDecision, CaseDecision.done_at.is_(None)),
)


@dataclass(frozen=True)
class Overdue:
    sort: str
    row: Any
    thread: Thread

    @property
    def due(self) -> datetime:
        """Return the moment it was due; of a day, its middle."""
        if isinstance(self.row, CaseDecision):
            return datetime.combine(self.row.due_on, time(12), UTC)
        due: datetime = self.row.due_at
        return due


def list_overdue(
    session: Session,
    sort: Sort,
    now: datetime,
    *,
    places: Collection[int] | None = None,
    besides: ColumnElement[bool] | None = None,
) -> Sequence[Overdue]:
    """Return what of this sort is overdue (in these places; and as `besides` says), the oldest first."""
    found = select(sort.table, Thread).join(Thread, Thread.id == sort.table.thread_id)
    found = found.where(sort.is_over(now))
    if places is not None:
        found = found.where(Thread.place_id.in_(places))
    if besides is not None:
        found = found.where(besides)
    rows = session.execute(found.order_by(sort.table.id)).all()
    return [Overdue(sort.name, row, thread) for row, thread in rows]
