"""The mail that tells what is soon late, late or much later: of what still is, when it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.cases.overdue import Overdue
from portal.communities.directory import get_directory
from portal.core.i18n import in_language, ngettext
from portal.core.links import whole_link
from portal.core.mail import Letter
from portal.notifications.between import list_standing, tell_overdue
from portal.notifications.letters import make_letter
from portal.notifications.models import Delivery, DueWarning
from portal.threads.models import Thread
from portal.triage.deadlines import CLOCKS, Level

GRAVITY = (Level.MUCH, Level.LATE, Level.SOON)
MOST_LINES = 30  # of each kind in one mail; more would not be read


@dataclass(frozen=True)
class Told:
    """One promise, how far it has run out, and who has the matter."""

    thread: Thread
    level: Level
    due: datetime
    has_it: str


@dataclass(frozen=True)
class Line:
    """One matter, with its place and when its promise runs out."""

    title: str
    reference: str
    place: str
    due: datetime
    has_it: str  # whose it is, or nothing
    link: str
    what: str = ""  # between departments: what is overdue


@dataclass(frozen=True)
class Section:
    title: str
    lines: Sequence[Line]
    others: int


def write_warnings(session: Session, person: Person, delivery: Delivery, now: datetime) -> Letter | None:
    """Return the mail, or None where nothing of it is late any more or the person no longer works here."""
    rows = _list_standing(session, delivery, now)
    between = list_standing(session, delivery, now)
    if not (rows or between) or not person.is_staff or person.is_blocked:
        return None
    with in_language(person.language):
        values = {
            "name": person.name,
            "sections": [*_sections(session, rows), *_between(session, between)],
            "count": len({each.thread.id for each in rows} | {each.thread.id for each in between}),
            "staff_link": whole_link("triage.home"),
        }
        return make_letter(person, delivery, "warnings", values)


def _list_standing(session: Session, delivery: Delivery, now: datetime) -> list[Told]:
    """Return what the mail carries and is still true, the gravest first, then what is due first.

    Each promise stands there once, however far it has run out since.
    """
    running = or_(*(clock.runs & (DueWarning.clock == clock.name) for clock in CLOCKS))
    rows = session.execute(
        select(DueWarning, Thread, Person.name)
        .join(Thread, Thread.id == DueWarning.thread_id)
        .outerjoin(Person, Person.id == Thread.assignee_id)
        .where(DueWarning.delivery_id == delivery.id, running)
    ).all()
    told: dict[tuple[int, str], Told] = {}
    for warning, thread, name in rows:
        each = _tell(warning, thread, name or "", now)
        known = told.get((thread.id, warning.clock))
        if known is None or GRAVITY.index(each.level) < GRAVITY.index(known.level):
            told[thread.id, warning.clock] = each
    return sorted(told.values(), key=lambda each: (GRAVITY.index(each.level), each.due, each.thread.id))


def _tell(warning: DueWarning, thread: Thread, name: str, now: datetime) -> Told:
    clock = next(clock for clock in CLOCKS if clock.name == warning.clock)
    due: datetime = getattr(thread, clock.due.key)
    is_late_by_now = warning.level == Level.SOON and due < now
    return Told(thread, Level.LATE if is_late_by_now else Level(warning.level), due, name)


def _sections(session: Session, rows: Sequence[Told]) -> list[Section]:
    directory = get_directory(session)
    sections = []
    for level, together in groupby(rows, lambda each: each.level):
        found = list(together)
        lines = [
            Line(
                title=each.thread.title,
                reference=each.thread.reference,
                place=directory.full_name(each.thread.place_id),
                due=each.due,
                has_it=each.has_it,
                link=whole_link("triage.show", reference=each.thread.reference),
            )
            for each in found[:MOST_LINES]
        ]
        sections.append(Section(_tell_level(level, len(found)), lines, len(found) - len(lines)))
    return sections


def _between(session: Session, found: Sequence[Overdue]) -> list[Section]:
    if not found:
        return []
    directory = get_directory(session)
    lines = [
        Line(
            title=each.thread.title,
            reference=each.thread.reference,
            place=directory.full_name(each.thread.place_id),
            due=each.due,
            has_it="",
            link=whole_link("cases.show", reference=each.thread.reference),
            what=tell_overdue(each, directory),
        )
        for each in found[:MOST_LINES]
    ]
    title = ngettext(
        "%(num)s thing between departments is overdue",
        "%(num)s things between departments are overdue",
        len(found),
    )
    return [Section(title, lines, len(found) - len(lines))]


def _tell_level(level: Level, number: int) -> str:
    if level == Level.SOON:
        return ngettext("%(num)s promise runs out soon", "%(num)s promises run out soon", number)
    if level == Level.LATE:
        return ngettext("%(num)s promise has run out", "%(num)s promises have run out", number)
    return ngettext("%(num)s promise ran out days ago", "%(num)s promises ran out days ago", number)
