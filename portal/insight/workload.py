"""How much there is to do, and whose it is: by department and person, over the last twelve weeks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.accounts.access import has_role, places_reached
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.insight.figures import Share
from portal.insight.models import WeekLoad
from portal.insight.noting import WEEK, WEEKS, monday_of
from portal.threads.models import Thread
from portal.triage.queries import is_late

LATELY = 4  # weeks that are put together in the lists


@dataclass(frozen=True)
class Load:
    """One week's work. `open` and `late` as it ended, None where nobody looked then."""

    week: date
    open: int | None = None
    late: int | None = None
    incoming: int = 0
    done: int = 0
    deeds: int = 0
    outside: int = 0

    @property
    def off_hours(self) -> Share:
        return Share(self.outside, self.deeds)


@dataclass(frozen=True)
class Now:
    """What is open at this moment."""

    open: int = 0
    late: int = 0
    oldest: datetime | None = None  # when it was sent


@dataclass(frozen=True)
class Work:
    """The work of a department or a person: now, and week by week, the oldest first."""

    now: Now
    weeks: Sequence[Load]

    @property
    def lately(self) -> Load:
        """Return what came and was done in the last four weeks, the present one among them."""
        recent = self.weeks[-LATELY:]
        return Load(
            week=recent[0].week,
            incoming=sum(each.incoming for each in recent),
            done=sum(each.done for each in recent),
            deeds=sum(each.deeds for each in recent),
            outside=sum(each.outside for each in recent),
        )


@dataclass(frozen=True)
class Scope:
    """Which work somebody may see: in these places, of these departments (None: of all)."""

    places: Sequence[int]
    departments: Collection[int] | None

    def narrows(self, table: type[Thread] | type[WeekLoad]) -> ColumnElement[bool]:
        """Return the condition on rows of threads or of weeks."""
        inside: ColumnElement[bool] = table.place_id.in_(self.places)
        if self.departments is not None:
            inside &= table.department_id.in_(self.departments)
        return inside


def scope_of(viewer: Person, directory: Directory) -> Scope:
    """Return all of the places of a coordinator or an administrator, else a head's departments in theirs."""
    steering = (RoleName.COORDINATOR, RoleName.ADMINISTRATOR)
    if has_role(viewer, *steering):
        return Scope(places_reached(viewer, directory, *steering), None)
    headed = {r.department_id for r in viewer.roles if r.name == RoleName.HEAD and r.department_id}
    return Scope(places_reached(viewer, directory, RoleName.HEAD), headed)


def read_departments(session: Session, scope: Scope, now: datetime) -> dict[int | None, Work]:
    """Return the work by department; under None that of the sorting desk and of ideas. Two queries."""
    at_once = _count_now(session, Thread.department_id, scope.narrows(Thread), now)
    # What a person took on has come to the department before.
    came = func.sum(WeekLoad.incoming).filter(WeekLoad.person_id.is_(None))
    rows = _sum_weeks(session, WeekLoad.department_id, scope.narrows(WeekLoad), came)
    return _put_together(at_once, rows, now)


def read_people(session: Session, people: Collection[int], now: datetime) -> dict[int | None, Work]:
    """Return the work of these people, wherever and with whatever department. Two queries."""
    at_once = _count_now(session, Thread.assignee_id, Thread.assignee_id.in_(people), now)
    theirs = WeekLoad.person_id.in_(people)
    rows = _sum_weeks(session, WeekLoad.person_id, theirs, func.sum(WeekLoad.incoming))
    return _put_together(at_once, rows, now, people)


def add_up(works: Collection[Work]) -> Work | None:
    """Return the work of several departments as one, or None of none."""
    if not works:
        return None
    weeks = [_add_loads(loads) for loads in zip(*(work.weeks for work in works), strict=True)]
    oldest = [work.now.oldest for work in works if work.now.oldest]
    total = Now(
        sum(work.now.open for work in works), sum(work.now.late for work in works), min(oldest, default=None)
    )
    return Work(total, weeks)


def _add_loads(loads: Sequence[Load]) -> Load:
    looked = any(load.open is not None for load in loads)
    return Load(
        week=loads[0].week,
        open=sum(load.open or 0 for load in loads) if looked else None,
        late=sum(load.late or 0 for load in loads) if looked else None,
        incoming=sum(load.incoming for load in loads),
        done=sum(load.done for load in loads),
        deeds=sum(load.deeds for load in loads),
        outside=sum(load.outside for load in loads),
    )


def list_longest_waiting(session: Session, scope: Scope, limit: int) -> Sequence[Thread]:
    """Return what was sent longest ago and is open still."""
    order = (Thread.created_at, Thread.id)
    waiting = select(Thread.id).where(~Thread.is_closed, scope.narrows(Thread)).order_by(*order).limit(limit)
    return session.scalars(select(Thread).where(Thread.id.in_(waiting)).order_by(*order)).all()


def _count_now(
    session: Session, key: InstrumentedAttribute[Any], condition: ColumnElement[bool], now: datetime
) -> dict[int | None, Now]:
    rows = session.execute(
        select(key, func.count(), func.count().filter(is_late(now)), func.min(Thread.created_at))
        .where(~Thread.is_closed, condition)
        .group_by(key)
    )
    return {number: Now(open_, late, oldest) for number, open_, late, oldest in rows}


def _sum_weeks(
    session: Session,
    key: InstrumentedAttribute[Any],
    condition: ColumnElement[bool],
    came: ColumnElement[int],
) -> Sequence[Row[Any]]:
    return session.execute(
        select(
            key.label("number"),
            WeekLoad.week,
            func.sum(WeekLoad.open).label("open"),
            func.sum(WeekLoad.late).label("late"),
            came.label("incoming"),
            func.sum(WeekLoad.done).label("done"),
            func.sum(WeekLoad.deeds).label("deeds"),
            func.sum(WeekLoad.outside).label("outside"),
        )
        .where(condition)
        .group_by(key, WeekLoad.week)
    ).all()


def _put_together(
    at_once: Mapping[int | None, Now],
    rows: Sequence[Row[Any]],
    now: datetime,
    wanted: Collection[int] = (),
) -> dict[int | None, Work]:
    """Return work with the same weeks for all: the last twelve, or as many as are known."""
    present = monday_of(now)
    found: dict[int | None, dict[date, Load]] = defaultdict(dict)
    for row in rows:
        found[row.number][row.week] = _load(row)
    first = max(min((row.week for row in rows), default=present), present - (WEEKS - 1) * WEEK)
    weeks = [first + n * WEEK for n in range((present - first).days // 7 + 1)]
    looked = {row.week for row in rows if row.open is not None}
    return {
        number: Work(
            at_once.get(number, Now()),
            _fill_weeks(found[number], weeks, looked, at_once.get(number, Now())),
        )
        for number in {*at_once, *found, *wanted}
    }


def _fill_weeks(
    known: Mapping[date, Load], weeks: Sequence[date], looked: Collection[date], now: Now
) -> list[Load]:
    """Return a load for each week: what was counted, or nothing; what is open in this one is of now."""
    nothing = {week: Load(week, *((0, 0) if week in looked else (None, None))) for week in weeks}
    loads = [known.get(week, nothing[week]) for week in weeks]
    return [*loads[:-1], replace(loads[-1], open=now.open, late=now.late)]


def _load(row: Row[Any]) -> Load:
    return Load(
        week=row.week,
        open=None if row.open is None else int(row.open),
        late=None if row.late is None else int(row.late),
        incoming=int(row.incoming or 0),
        done=int(row.done),
        deeds=int(row.deeds),
        outside=int(row.outside),
    )
