"""The pages of the work: of departments and their people, and of one person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_skeleton
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import has_role
from portal.accounts.identity import me, staff_only
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.charts import Sheet
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import select_locale
from portal.core.sheets import csv_response
from portal.insight import charts
from portal.insight.strain import list_strains, overseen_people
from portal.insight.telling import off_hours, tell_strain
from portal.insight.workload import (
    Load,
    Work,
    add_up,
    list_longest_waiting,
    read_departments,
    read_people,
    scope_of,
)
from portal.triage.overview import added
from portal.triage.rows import lines_for

blueprint = Blueprint("workload", __name__, url_prefix="/staff/workload")
WATCHING = (RoleName.HEAD, RoleName.COORDINATOR, RoleName.ADMINISTRATOR)
LONGEST = 5
TICK_EVERY = 3  # weeks


@blueprint.get("")
@staff_only(*WATCHING)
def index() -> ResponseReturnValue:
    session, viewer, now = db.session(), me(), clock.now()
    directory = get_directory(session)
    scope = scope_of(viewer, directory)
    departments = read_departments(session, scope, now)
    chosen = directory.department_codes.get(request.args.get("department", ""))
    shown = [w for number, w in departments.items() if chosen is None or number == chosen.id]
    people = list_people(session, viewer, directory)
    total = add_up(shown)
    return render_template(
        "insight/workload.html",
        total=total,
        pictures=draw(total.weeks) if total else {},
        chosen=chosen,
        departments=name_departments(departments, directory),
        people=name_people(read_people(session, list(people), now), people),
        sees_people=has_role(viewer, RoleName.HEAD, RoleName.COORDINATOR),
        strains=tell_strains(session, people, now),
        waiting=lines_for(session, list_longest_waiting(session, scope, LONGEST), directory, now),
        off_hours=off_hours,
    )


@blueprint.get("/file")
@staff_only(*WATCHING)
def file() -> ResponseReturnValue:
    """Give the weeks of each department as a file; nobody's name is in it."""
    session, viewer, now = db.session(), me(), clock.now()
    directory = get_directory(session)
    works = read_departments(session, scope_of(viewer, directory), now)
    head = [_("Department"), _("Week from"), _("Open"), _("Late"), _("Came"), _("Done")]
    rows = [
        [name, week.week.isoformat(), week.open, week.late, week.incoming, week.done]
        for _code, name, work in name_departments(works, directory)
        for week in work.weeks
    ]
    return csv_response("workload", head, rows)


@blueprint.get("/<int:number>")
@staff_only(*OF_DEPARTMENT, RoleName.COORDINATOR)
def person(number: int) -> ResponseReturnValue:
    """Show somebody's work to themselves, their heads of department and their coordinators."""
    session, viewer, now = db.session(), me(), clock.now()
    directory = get_directory(session)
    people = {viewer.id: viewer.name} | list_people(session, viewer, directory)
    if number not in people:
        raise NotFound()
    work = read_people(session, [number], now)[number]
    is_self = number == viewer.id
    return render_template(
        "insight/person.html",
        number=number,
        name=people[number],
        is_self=is_self,
        work=work,
        pictures=draw(work.weeks),
        strains=[
            tell_strain(s.kind, people[number], own=is_self) for s in list_strains(session, [number], now)
        ],
        off_hours=off_hours,
    )


def list_people(session: Session, viewer: Person, directory: Directory) -> dict[int, str]:
    """Return the names of those whose work the viewer may see, in order."""
    seen = select(Person.id, Person.name).where(Person.id.in_(overseen_people(viewer, directory)))
    rows = session.execute(seen.where(~Person.is_blocked).order_by(Person.name, Person.id))
    return {row.id: row.name or _("Without a name") for row in rows}


def name_departments(works: dict[int | None, Work], directory: Directory) -> list[tuple[str, str, Work]]:
    """Return code, name and work of each department in its order; last, without a code, what has none."""
    named = [(d.code, d.name, works[d.id]) for d in directory.departments.values() if d.id in works]
    return [*named, *([("", _("Sorting desk and ideas"), works[None])] if None in works else [])]


def name_people(works: dict[int | None, Work], people: dict[int, str]) -> list[tuple[int, str, Work]]:
    return [(number, name, works[number]) for number, name in people.items()]


def tell_strains(session: Session, people: dict[int, str], now: datetime) -> list[tuple[int, str]]:
    """Return whose load looks like too much, and in what way."""
    return [
        (s.person_id, tell_strain(s.kind, people[s.person_id], own=False))
        for s in list_strains(session, list(people), now)
    ]


def draw(weeks: Sequence[Load]) -> dict[str, Sheet]:
    """Return the two pictures of a run of weeks."""
    ticks = week_ticks(weeks)
    return {
        "flow": charts.draw_pairs([(w.incoming, w.done) for w in weeks], ("came", "done"), ticks),
        "open": charts.draw_stacks(
            [((w.late or 0), (w.open or 0) - (w.late or 0)) for w in weeks], ("late", "open"), ticks
        ),
    }


def week_ticks(weeks: Sequence[Load]) -> list[tuple[int, str]]:
    """Return the day on which every third week began."""
    locale = select_locale()
    return [
        (place, format_skeleton("MMMd", weeks[place].week, locale=locale))
        for place in range(0, len(weeks), TICK_EVERY)
    ]


def read_own_strain(v: Visit) -> dict[str, Any] | None:
    """Return for the first page what somebody should know of their own load."""
    if not has_role(v.person, *OF_DEPARTMENT, RoleName.COORDINATOR):
        return None
    found = list_strains(v.session, [v.person.id], v.now)
    told = [tell_strain(strain.kind, v.person.name, own=True) for strain in found]
    return {"texts": told, "number": v.person.id} if told else None


added["insight/_strain.html"] = read_own_strain
