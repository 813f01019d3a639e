"""The first page of staff: what waits for them, and what of the machinery doesn't work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.access import has_role
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.communities.directory import Directory
from portal.core.health import check_worker
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.routing.advice import check_model
from portal.threads.models import Status
from portal.triage.queries import (
    Choice,
    Queue,
    count_dead_jobs,
    count_rows,
    idea_queue,
    read_first,
    report_queue,
    sorting_desk,
)
from portal.triage.rows import Line, lines_for

SHOWN = 4
# What rooms above add to the first page: a template, and what it shows to this person (nothing: left out).
# It stands in the template as `section`.
Added = Callable[[Session, Person, Directory, datetime], dict[str, Any] | None]
added: dict[str, Added] = {}


@dataclass(frozen=True)
class Section:
    """One kind of work that waits: how much, and the first of it."""

    title: str
    href: str
    count: int
    lines: list[Line]
    alarms: bool  # any at all is too many


@dataclass(frozen=True)
class Offer:
    title: str
    href: str
    queue: Queue
    code: str
    alarms: bool = False


def list_sections(session: Session, person: Person, directory: Directory, now: datetime) -> list[Section]:
    """Return what waits for this person, by their roles; two queries and the names for each."""
    return [
        Section(
            title=offer.title,
            href=offer.href,
            count=count_rows(session, offer.queue),
            lines=lines_for(
                session, read_first(session, offer.queue, SHOWN), directory, now, queue=offer.code
            ),
            alarms=offer.alarms,
        )
        for offer in _offers(person, directory, now)
    ]


def read_added(
    session: Session, person: Person, directory: Directory, now: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """Return what rooms above have to say to this person, each with its template."""
    found = ((template, read(session, person, directory, now)) for template, read in added.items())
    return [(template, section) for template, section in found if section is not None]


def _offers(person: Person, directory: Directory, now: datetime) -> Iterator[Offer]:
    if has_role(person, RoleName.COORDINATOR):
        yield Offer(_("Unsorted"), url_for("triage.desk"), sorting_desk(person, directory), "desk")
    if has_role(person, *OF_DEPARTMENT, RoleName.COORDINATOR):
        yield from _report_offers(person, directory, now)
    if has_role(person, RoleName.COORDINATOR, RoleName.PANELLIST):
        ideas = idea_queue(person, directory, Choice(), now)
        yield Offer(_("Ideas to weigh"), url_for("triage.ideas"), ideas, "ideas")


def _report_offers(person: Person, directory: Directory, now: datetime) -> Iterator[Offer]:
    # A coordinator's queue is the whole neighbourhood's: theirs is what they took on.
    whose = None if has_role(person, *OF_DEPARTMENT) else "mine"
    mine = report_queue(person, directory, Choice(whose=whose or ""), now)
    yield Offer(_("My queue"), url_for("triage.queue", whose=whose), mine, "queue")
    late = report_queue(person, directory, Choice(whose="late"), now)
    yield Offer(_("Past its promise"), url_for("triage.queue", whose="late"), late, "queue", alarms=True)
    back = report_queue(person, directory, Choice(status=Status.REOPENED), now)
    yield Offer(_("Came back"), url_for("triage.queue", status=Status.REOPENED), back, "queue", alarms=True)


def list_tools(person: Person) -> list[tuple[str, str, str]]:
    """Return what this person does at the counter: icon, name and address."""
    tools = []
    if has_role(person, *OF_DEPARTMENT, RoleName.COORDINATOR):
        tools.append(("phone", _("Enter for somebody"), url_for("entry.enter")))
        tools.append(("people", _("Hand over work"), url_for("handing.choose")))
        tools.append(("clock", _("My work in figures"), url_for("workload.person", number=person.id)))
    if has_role(person, RoleName.COORDINATOR, RoleName.ADMINISTRATOR):
        tools.append(("door", _("Codes for households"), url_for("households.index")))
    return [*tools, ("print", _("Posters"), url_for("posters.index"))]


def list_troubles(session: Session) -> list[str]:
    """Return what of the machinery doesn't work, in words for staff."""
    troubles = []
    if check_model() != "ok":
        troubles.append(
            _("The automatic sorting can't be used at the moment: everything new comes to the sorting desk.")
        )
    if check_worker() != "ok":
        troubles.append(_("Mails aren't being sent at the moment: the worker is not running."))
    dead = count_dead_jobs(session)
    if dead:
        troubles.append(
            ngettext(
                "%(num)s mail or other job failed for good. Please tell the administrator.",
                "%(num)s mails or other jobs failed for good. Please tell the administrator.",
                dead,
            )
        )
    return troubles
