"""Whose load looks like too much, found each night and told kindly to those who can do something."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, false, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.insight.figures import Share
from portal.insight.models import Strain, StrainKind, WeekLoad
from portal.insight.noting import WEEK, monday_of
from portal.insight.rules import is_much_open, is_off_hours

A_DAY_AND_ITS_NIGHT = timedelta(hours=27)  # then the job of the night has surely run
WORKERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)


def note_strains(session: Session, week: date, directory: Directory) -> None:
    """Write down anew whose load of this week looks like too much."""
    session.execute(delete(Strain).where(Strain.week == week))
    opens, shares = _read_weeks(session, week)
    wishes = directory.preferences
    for person_id, colleagues in _list_colleagues(session).items():
        present = [opens[other][-1] for other in colleagues if opens[other]]
        if is_much_open(opens[person_id], present, wishes.load_percent / 100):
            session.add(Strain(week=week, person_id=person_id, kind=StrainKind.MUCH_OPEN))
        if is_off_hours(shares[person_id], wishes.outside_percent / 100):
            session.add(Strain(week=week, person_id=person_id, kind=StrainKind.OFF_HOURS))
    session.flush()


def _read_weeks(session: Session, week: date) -> tuple[dict[int, list[int]], dict[int, list[Share]]]:
    """Return what each person had open at the end of each week that was looked at, and what was off hours.

    The shares are of whole weeks: this one has not ended.
    """
    known = session.scalars(select(WeekLoad.week).where(WeekLoad.open.is_not(None)).distinct()).all()
    rows = session.execute(
        select(
            WeekLoad.person_id,
            WeekLoad.week,
            func.sum(WeekLoad.open).label("open"),
            func.sum(WeekLoad.deeds).label("deeds"),
            func.sum(WeekLoad.outside).label("outside"),
        )
        .where(WeekLoad.person_id.is_not(None))
        .group_by(WeekLoad.person_id, WeekLoad.week)
    ).all()
    found = {(row.person_id, row.week): row for row in rows}
    opens: dict[int, list[int]] = defaultdict(lambda: [0] * len(known))
    shares: dict[int, list[Share]] = defaultdict(list)
    for person_id in {row.person_id for row in rows}:
        mine = [found.get((person_id, day)) for day in sorted(known)]
        opens[person_id] = [int(row.open or 0) if row else 0 for row in mine]
        shares[person_id] = [
            Share(int(row.outside), int(row.deeds)) if row else Share(0, 0)
            for row in (found.get((person_id, week - back * WEEK)) for back in (2, 1))
        ]
    return opens, shares


def _list_colleagues(session: Session) -> Mapping[int, Collection[int]]:
    """Return for each person who works here the others of the same departments."""
    held = session.execute(
        select(Role.person_id, Role.department_id)
        .join(Person, Person.id == Role.person_id)
        .where(Role.name.in_(WORKERS), ~Person.is_blocked)
    ).all()
    departments: dict[int, set[int | None]] = defaultdict(set)
    people: dict[int | None, set[int]] = defaultdict(set)
    for person_id, department_id in held:
        departments[person_id].add(department_id)
        people[department_id].add(person_id)
    return {
        person_id: set().union(*(people[department] for department in theirs)) - {person_id}
        for person_id, theirs in departments.items()
    }


def list_strains(session: Session, people: Sequence[int], now: datetime) -> Sequence[Strain]:
    """Return what was found for these people in the week that was noted last."""
    noted = monday_of(now - A_DAY_AND_ITS_NIGHT)
    return session.scalars(
        select(Strain).where(Strain.person_id.in_(people), Strain.week == noted).order_by(Strain.id)
    ).all()


def overseen_people(viewer: Person, directory: Directory) -> Select[int]:
    """Return the query for the numbers of those whose load the viewer may see.

    Heads see who works for their department in their places, coordinators who works in theirs.
    """
    seen: list[ColumnElement[bool]] = []
    for role in viewer.roles:
        inside = Role.place_id.in_(directory.within(role.place_id))
        if role.name == RoleName.COORDINATOR:
            seen.append(inside)
        elif role.name == RoleName.HEAD:
            seen.append(inside & (Role.department_id == role.department_id))
    return select(Role.person_id).where(Role.name.in_(WORKERS), or_(false(), *seen))
