"""What is kept of somebody's own work here, for the file of their data."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.insight.models import Strain, WeekLoad
from portal.notifications.models import DueWarning
from portal.threads.models import Thread


def work_of(session: Session, own: Select[int]) -> dict[str, Any]:
    """Return what is noted of the person's work here, week by week."""
    numbers = ("open", "late", "incoming", "done", "deeds", "outside")
    sums = [func.sum(getattr(WeekLoad, name)).label(name) for name in numbers]
    weeks = select(WeekLoad.week, *sums).where(WeekLoad.person_id.in_(own)).group_by(WeekLoad.week)
    strains = select(Strain).where(Strain.person_id.in_(own)).order_by(Strain.week)
    return {
        "weeks": [
            {"week": row.week.isoformat()}
            | {name: None if (count := getattr(row, name)) is None else int(count) for name in numbers}
            for row in session.execute(weeks.order_by(WeekLoad.week))
        ],
        "too_much": [{"week": s.week.isoformat(), "what": s.kind} for s in session.scalars(strains)],
    }


def warnings_of(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return of which promises that ran out the person was told."""
    rows = session.execute(
        select(Thread.reference, DueWarning.level, DueWarning.at)
        .join(Thread, Thread.id == DueWarning.thread_id)
        .where(DueWarning.person_id.in_(own))
        .order_by(DueWarning.id)
    )
    return [{"on": r.reference, "level": r.level, "at": r.at.isoformat()} for r in rows]
