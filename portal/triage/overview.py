"""The first page of staff: what waits for them, and what of the machinery doesn't work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.accounts.access import has_role
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.core.health import check_worker
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.routing.advice import check_model
from portal.threads.models import Status
from portal.triage.lists import OPENED_BY, Listing, open_list
from portal.triage.queries import count_dead_jobs, count_each, read_first
from portal.triage.rows import Line, lines_for

SHOWN = 4
# What rooms above add to the first page: a template, and what it shows to this person (nothing: left out).
# It stands in the template as `section`.
Added = Callable[[Visit], dict[str, Any] | None]
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
    listing: Listing
    alarms: bool = False


def list_sections(v: Visit) -> list[Section]:
    """Return what waits for this person, by their roles.

    One query for all counts; for each that isn't none two more, with the first of it and the names.
    """
    offers = list(_offers(v))
    counts = count_each(v.session, [offer.listing.queue for offer in offers])
    return [
        Section(
            title=offer.title,
            href=offer.listing.address(),
            count=count,
            lines=_first_lines(v, offer.listing) if count else [],
            alarms=offer.alarms,
        )
        for offer, count in zip(offers, counts, strict=True)
    ]


def _first_lines(v: Visit, listing: Listing) -> list[Line]:
    threads = read_first(v.session, listing.queue, SHOWN)
    return lines_for(v.session, threads, v.directory, v.now, listing=listing)


def read_added(v: Visit) -> list[tuple[str, dict[str, Any]]]:
    """Return what rooms above have to say to this person, each with its template."""
    found = ((template, read(v)) for template, read in added.items())
    return [(template, section) for template, section in found if section is not None]


def _offers(v: Visit) -> Iterator[Offer]:
    if has_role(v.person, *OPENED_BY["desk"]):
        yield Offer(_("Unsorted"), _list(v, "desk"))
    if has_role(v.person, *OPENED_BY["queue"]):
        # A coordinator's queue is the whole neighbourhood's: theirs is what they took on.
        mine = {} if has_role(v.person, *OF_DEPARTMENT) else {"whose": "mine"}
        yield Offer(_("My queue"), _list(v, "queue", **mine))
        yield Offer(_("Due soon"), _list(v, "queue", only="soon"))
        yield Offer(_("Past its promise"), _list(v, "queue", only="late"), alarms=True)
        yield Offer(_("Came back"), _list(v, "queue", status=Status.REOPENED), alarms=True)
        yield Offer(_("Doubted that it is fixed"), _list(v, "queue", only="doubted"), alarms=True)
    if has_role(v.person, *OPENED_BY["ideas"]):
        yield Offer(_("Ideas to weigh"), _list(v, "ideas"))


def _list(v: Visit, code: str, **narrowed: str) -> Listing:
    return open_list(v, code, MultiDict(narrowed))


def list_tools(person: Person) -> list[tuple[str, str, str]]:
    """Return what this person does at the counter: icon, name and address."""
    tools = []
    if has_role(person, *OF_DEPARTMENT, RoleName.COORDINATOR):
        tools.append(("phone", _("Enter for somebody"), url_for("entry.enter")))
        tools.append(("flag", _("Coming up again"), url_for("recurring.index")))
        tools.append(("people", _("Hand over work"), url_for("handing.choose")))
        tools.append(("clock", _("My work in figures"), url_for("workload.person", number=person.id)))
    if has_role(person, RoleName.COORDINATOR, RoleName.ADMINISTRATOR):
        tools.append(("alert", _("Normal or emergency mode"), url_for("mode.index")))
        tools.append(("door", _("Codes for households"), url_for("households.index")))
    if has_role(person, RoleName.COORDINATOR, *OF_DEPARTMENT):
        tools.append(("hand", _("Votes of the committee"), url_for("priority.index")))
    if has_role(person, RoleName.COORDINATOR, RoleName.HEAD, RoleName.ADMINISTRATOR):
        tools.append(("chat", _("Reply templates"), url_for("reply_templates.index")))
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
