"""The indicators that Linli fills by itself, from its reports: whole weeks, from Monday to Sunday.

Only reads of what is there anyway. A week in which fewer than five were fixed, or answered, has no value: it
could tell about a single one.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.dates import begin_of, local_time
from portal.pilots.models import Filled, Indicator, Pilot, Value
from portal.pilots.queries import list_indicators, read_values
from portal.pilots.rules import WEEK, whole_weeks
from portal.pilots.values import follow_values
from portal.reports.models import Answer, Report, Verdict
from portal.threads.models import FIXED, Kind, Status, Thread

LEAST = 5
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Counted = Mapping[date, float]
Rows = Iterable[Row[Any]]
Wanted = Sequence[ColumnElement[bool]]


def fill_pilot(
    session: Session, thread: Thread, pilot: Pilot, directory: Directory, *, now: datetime
) -> None:
    """Count anew what Linli counts for a pilot. The baseline stays as it was at the start. Safe to repeat."""
    today = local_time(now).date()
    for indicator in list_indicators(session, pilot):
        weeks = _weeks_of(pilot, indicator, today)
        if indicator.filled == Filled.ENTERED or not weeks:
            continue
        places = {False: pilot.place_id, True: indicator.comparison_place_id}
        for is_comparison, place_id in places.items():
            if place_id is not None:
                counted = count(session, indicator, directory.within(place_id), weeks)
                _keep(session, indicator, counted, weeks, is_comparison=is_comparison, now=now)
        follow_values(session, thread, pilot, indicator, now=now)


def _weeks_of(pilot: Pilot, indicator: Indicator, today: date) -> list[date]:
    """Return the weeks that are over and are to be counted."""
    yesterday = today - DAY
    before = whole_weeks(indicator.baseline_from, min(indicator.baseline_until, yesterday))
    if not pilot.is_locked:
        return before
    since = whole_weeks(pilot.starts_on, min(pilot.ends_on, yesterday))
    return since if indicator.baseline is not None else before + since


def count(session: Session, indicator: Indicator, places: Sequence[int], weeks: Sequence[date]) -> Counted:
    """Return the value of each of these weeks that has one."""
    read, work_out = COUNTS[Filled(indicator.filled)]
    starts = [begin_of(week) for week in weeks]
    wanted: list[ColumnElement[bool]] = [Thread.kind == Kind.REPORT, Thread.place_id.in_(places)]
    if indicator.category_id is not None:
        wanted.append(Thread.category_id == indicator.category_id)
    found: dict[date, list[Any]] = defaultdict(list)
    for row in read(session, wanted, starts[0], begin_of(weeks[-1] + WEEK)):
        week = weeks[bisect_right(starts, row.at) - 1]
        if row.at < begin_of(week + WEEK):  # and not in a gap between two of them
            found[week].append(row)
    values = {week: work_out(found[week]) for week in weeks}
    return {week: value for week, value in values.items() if value is not None}


def _read_reports(session: Session, wanted: Wanted, since: datetime, end: datetime) -> Rows:
    """Return when each report came, public and private alike, but for what was withdrawn."""
    came = select(Thread.created_at.label("at")).where(
        *wanted, Thread.status != Status.WITHDRAWN, Thread.created_at >= since, Thread.created_at < end
    )
    return session.execute(came)


def _read_fixed(session: Session, wanted: Wanted, since: datetime, end: datetime) -> Rows:
    """Return when each report that stands as fixed came, and when it was fixed."""
    fixed = select(Report.fixed_at.label("at"), Thread.created_at).join(Thread, Thread.id == Report.thread_id)
    return session.execute(
        fixed.where(*wanted, Thread.status.in_(FIXED), Report.fixed_at >= since, Report.fixed_at < end)
    )


def _read_answers(session: Session, wanted: Wanted, since: datetime, end: datetime) -> Rows:
    """Return what those concerned answered when they were asked whether it is fixed."""
    said = select(Verdict.at, Verdict.answer).join(Thread, Thread.id == Verdict.thread_id)
    return session.execute(said.where(*wanted, Verdict.at >= since, Verdict.at < end))


def _median_hours(rows: Sequence[Any]) -> float | None:
    if len(rows) < LEAST:
        return None
    hours: list[float] = [(row.at - row.created_at) / HOUR for row in rows]
    return round(median(hours), 1)


def _percent_content(rows: Sequence[Any]) -> float | None:
    if len(rows) < LEAST:
        return None
    content: int = sum(row.answer == Answer.YES for row in rows)
    return round(100 * content / len(rows), 1)


Read = Callable[[Session, Wanted, datetime, datetime], Rows]
WorkOut = Callable[[Sequence[Any]], float | None]
COUNTS: Mapping[Filled, tuple[Read, WorkOut]] = {
    Filled.REPORTS: (_read_reports, lambda rows: float(len(rows))),
    Filled.FIX_TIME: (_read_fixed, _median_hours),
    Filled.SATISFACTION: (_read_answers, _percent_content),
}


def _keep(
    session: Session,
    indicator: Indicator,
    counted: Counted,
    weeks: Sequence[date],
    *,
    is_comparison: bool,
    now: datetime,
) -> None:
    """Put these values in the place of what was counted for these weeks before."""
    there = {
        v.on_day: v
        for v in read_values(session, [indicator])
        if v.is_comparison == is_comparison and v.on_day in set(weeks)
    }
    for week in weeks:
        value, known = counted.get(week), there.get(week)
        if value is None:
            if known is not None:
                session.delete(known)
        elif known is not None:
            if known.value != value:
                known.value, known.at = value, now
        else:
            session.add(
                Value(
                    indicator_id=indicator.id, is_comparison=is_comparison, on_day=week, value=value, at=now
                )
            )
    session.flush()
