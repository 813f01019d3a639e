"""What the public may know of each department's last twelve months: counted at night, and kept.

Counting it for each reader would take a second at 100,000 submissions. Small numbers are folded before
anything is kept (figures.fold_few), so no page and no file can show what another one hides.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Row, delete, func, or_, select
from sqlalchemy.orm import Session

from portal.communities.calendars import RoundTheClock
from portal.communities.directory import Directory
from portal.core.dates import local_time
from portal.insight.figures import LEAST, fold_few
from portal.insight.models import DepartmentYear
from portal.reports.models import Answer, Report, Verdict
from portal.threads.models import FIXED, Kind, Status, Thread, Visibility

MONTHS = 12
ANSWERS = (Answer.YES, Answer.PARTLY, Answer.NO)
ENDED_OTHERWISE = (
    Status.NOT_OURS,
    Status.NO_ACTION,
    Status.DUPLICATE,
    Status.COMBINED,
    Status.WITHDRAWN,
)

Cells = defaultdict[int, list[int]]


def _cells(width: int) -> Cells:
    return defaultdict(lambda: [0] * width)


@dataclass
class Year:
    """One department's year while it is being counted."""

    states: Counter[str] = field(default_factory=Counter)
    months: dict[str, list[int]] = field(default_factory=dict)  # fixed, ended otherwise, open
    to_answer: list[float] = field(default_factory=list)  # working days
    to_fix: list[float] = field(default_factory=list)
    answered: Cells = field(default_factory=lambda: _cells(2))  # by category: not in time, in time
    fixed: Cells = field(default_factory=lambda: _cells(2))
    said_of: Cells = field(default_factory=lambda: _cells(3))  # by category: yes, partly, no
    said_in: Cells = field(default_factory=lambda: _cells(3))  # by place

    def figures(self) -> dict[str, Any]:
        """Return what may be kept and shown."""
        return {
            "states": dict(self.states),
            "months": self.months,
            "days_to_answer": _median(self.to_answer),
            "days_to_fix": _median(self.to_fix),
            "answered": fold_few(self.answered),
            "fixed": fold_few(self.fixed),
            "said_of": fold_few(self.said_of),
            "said_in": fold_few(self.said_in),
        }


def _median(days: list[float]) -> float | None:
    """Return the median of enough numbers; of fewer it could tell about a single one."""
    return round(median(days), 1) if len(days) >= LEAST else None


def count_years(session: Session, directory: Directory, *, now: datetime) -> dict[int, dict[str, Any]]:
    """Return the figures of each department; reads only. What is hidden or taken back isn't counted."""
    months = last_months(now)
    start = local_time(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = start.replace(year=start.year - 1)
    years = {number: Year(months={m: [0, 0, 0] for m in months}) for number in directory.departments}
    clock = Clock(directory)
    for row in _read_reports(session, start):
        _count_report(years[row.department_id], row, clock, start, now)
    for row in _read_answers(session, start):
        place = ANSWERS.index(Answer(row.answer))
        years[row.department_id].said_of[row.category_id or 0][place] += row.number
        years[row.department_id].said_in[row.place_id][place] += row.number
    return {number: year.figures() for number, year in years.items()}


def last_months(now: datetime) -> list[str]:
    """Return the present month and the twelve before it, as in "2026-03"."""
    local = local_time(now)
    last = local.year * MONTHS + local.month - 1
    return [f"{n // MONTHS}-{n % MONTHS + 1:02}" for n in range(last - MONTHS, last + 1)]


def keep_years(session: Session, figures: dict[int, dict[str, Any]], *, now: datetime) -> None:
    """Put these figures in the place of those that are there."""
    session.execute(delete(DepartmentYear))
    session.add_all(DepartmentYear(department_id=n, figures=f, made_at=now) for n, f in figures.items())
    session.flush()


class Clock:
    """Working days between two moments, by the calendar of a place."""

    def __init__(self, directory: Directory) -> None:
        self.hours = {n: directory.calendar_for(n) or RoundTheClock() for n in directory.places}

    def days(self, place_id: int, start: datetime, end: datetime) -> float:
        hours = self.hours[place_id]
        return hours.between(start, end) / hours.day


def _read_reports(session: Session, start: datetime) -> Iterable[Row[Any]]:
    wanted = (
        select(
            Thread.department_id,
            Thread.category_id,
            Thread.place_id,
            Thread.status,
            Thread.created_at,
            Thread.clock_started_at,
            Thread.clock_stopped_at,
            Thread.answered_at,
            Thread.due_at,
            Thread.fix_due_at,
            Report.fixed_at,
        )
        .join(Report, Report.thread_id == Thread.id)
        .where(
            Thread.kind == Kind.REPORT,
            Thread.department_id.is_not(None),
            Thread.visibility != Visibility.HIDDEN,
            or_(Thread.created_at >= start, Report.fixed_at >= start),
        )
    )
    return session.execute(wanted.execution_options(yield_per=2000))


def _read_answers(session: Session, start: datetime) -> Iterable[Row[Any]]:
    by = (Thread.department_id, Thread.category_id, Thread.place_id, Verdict.answer)
    counted = (
        select(*by, func.count().label("number"))
        .select_from(Verdict)
        .join(Thread, Thread.id == Verdict.thread_id)
        .where(Verdict.at >= start, Thread.department_id.is_not(None))
        .where(Thread.visibility != Visibility.HIDDEN)
        .group_by(*by)
    )
    return session.execute(counted)


def _count_report(year: Year, row: Row[Any], clock: Clock, start: datetime, now: datetime) -> None:
    is_fixed = row.status in FIXED and row.fixed_at is not None
    if row.created_at >= start:
        year.states[row.status] += 1
        column = 0 if is_fixed else 1 if row.status in ENDED_OTHERWISE else 2
        year.months[f"{local_time(row.created_at):%Y-%m}"][column] += 1
        if row.answered_at:
            year.to_answer.append(clock.days(row.place_id, row.clock_started_at, row.answered_at))
    if is_fixed and row.fixed_at >= start:
        year.to_fix.append(clock.days(row.place_id, row.created_at, row.fixed_at))
    category = row.category_id or 0
    is_running = row.status not in (*FIXED, *ENDED_OTHERWISE) and row.clock_stopped_at is None
    for cells, done_at, due_at in (
        (year.answered, row.answered_at, row.due_at),
        (year.fixed, row.fixed_at if is_fixed else None, row.fix_due_at),
    ):
        kept = _is_kept(done_at, due_at, now, is_running=is_running)
        if kept is not None:
            cells[category][kept] += 1


def _is_kept(
    done_at: datetime | None, due_at: datetime | None, now: datetime, *, is_running: bool
) -> bool | None:
    """Tell whether a promise was kept; None while that is open, or where there was none."""
    if due_at is None:
        return None
    if done_at is not None:
        return done_at <= due_at
    return False if is_running and due_at < now else None
