"""What happened, told in sentences: the same for public page, tracking page, staff and mail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.communities.directory import Directory
from portal.core.dates import date_day
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, listed
from portal.threads.channels import TAKEN_DOWN, channel_label, tell_received
from portal.threads.models import Channel, Event, EventVisibility, Level, Status
from portal.threads.outcome_lines import TELLERS as OUTCOME_TELLERS
from portal.threads.pilot_lines import TELLERS as PILOT_TELLERS
from portal.threads.priority_lines import tell_committee, tell_weighed
from portal.threads.score_lines import SCORE_TELLERS
from portal.threads.sentences import SAID, SENTENCES
from portal.threads.version_lines import tell_change, tell_substance
from portal.threads.words import PUBLIC_LEVELS

# The state whose shape stands beside a line of the timeline.
MARKS = {
    "thread.submitted": Status.RECEIVED,
    "thread.routed": Status.WITH_DEPARTMENT,
    "thread.sorted": Status.WITH_DEPARTMENT,
    "thread.rerouted": Status.WITH_DEPARTMENT,
    "thread.asked": Status.WAITING,
    "thread.withdrawn": Status.WITHDRAWN,
    "thread.merged": Status.DUPLICATE,
    "idea.combined": Status.COMBINED,
    "report.started": Status.IN_PROGRESS,
    "report.outside": Status.OUTSIDE,
    "report.resumed": Status.IN_PROGRESS,
    "report.fixed": Status.FIXED,
    "report.confirmed": Status.CONFIRMED,
    "report.settled": Status.SILENT,
    "report.reopened": Status.REOPENED,
    "report.not_ours": Status.NOT_OURS,
    "report.no_action": Status.NO_ACTION,
    "idea.opened": Status.OPEN,
    "idea.no_action": Status.NO_ACTION,
    "idea.came_back": Status.OPEN,
    "idea.entered_call": Status.OPEN,
}


# Translated when they are shown.
ROLES = {
    "resident": lazy_gettext("Resident"),
    "officer": lazy_gettext("Department"),
    "coordinator": lazy_gettext("Coordinator"),
    "panellist": lazy_gettext("Panel"),
    "evaluator": lazy_gettext("Evaluator"),
    "administrator": lazy_gettext("Administrator"),
    "classifier": lazy_gettext("Automatic sorting"),
    "system": lazy_gettext("System"),
}


# What needs more than a fixed sentence.
TELLERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "idea.decided": lambda data: _("Decided: %(decision)s.", decision=status_label(Status(data["decision"]))),
    "idea.decision_told": lambda data: _(
        "Decided: %(decision)s. The sender is told first, everybody a day later.",
        decision=status_label(Status(data["decision"])),
    ),
    "panel.opened": lambda data: _(
        "Eligible: the panel reviews it until %(day)s.", day=date_day(date.fromisoformat(data["until"]))
    ),
    "panel.day_moved": lambda data: _(
        "The panel has until %(day)s.", day=date_day(date.fromisoformat(data["until"]))
    ),
    "thread.weighed": tell_weighed,
    "committee.closed": tell_committee,
    **PILOT_TELLERS,
    "idea.changed": tell_change,
    "idea.substance_marked": tell_substance,
    **SCORE_TELLERS,
    **OUTCOME_TELLERS,
}

STATUSES = {
    Status.RECEIVED: lazy_gettext("Received"),
    Status.WITH_DEPARTMENT: lazy_gettext("With department"),
    Status.IN_PROGRESS: lazy_gettext("In progress"),
    Status.WAITING: lazy_gettext("Waiting for the resident"),
    Status.OUTSIDE: lazy_gettext("Waiting for an outside body"),
    Status.FIXED: lazy_gettext("Fixed"),
    Status.CONFIRMED: lazy_gettext("Confirmed fixed"),
    Status.SILENT: lazy_gettext("Confirmed by silence"),
    Status.REOPENED: lazy_gettext("Reopened"),
    Status.NOT_OURS: lazy_gettext("Not ours"),
    Status.NO_ACTION: lazy_gettext("No action"),
    Status.DUPLICATE: lazy_gettext("Joined with another"),
    Status.COMBINED: lazy_gettext("Combined into another"),
    Status.WITHDRAWN: lazy_gettext("Withdrawn"),
    Status.OPEN: lazy_gettext("Open for support"),
    Status.PILOT: lazy_gettext("Pilot"),
    Status.ADOPT: lazy_gettext("Adopted"),
    Status.LATER: lazy_gettext("Later"),
    Status.DECLINE: lazy_gettext("Declined"),
}


@dataclass(frozen=True)
class Entry:
    """One line of a timeline: who by role, when, what, and the words said."""

    at: datetime
    role: str  # code, e.g. "officer"
    role_label: str
    sentence: str
    words: str
    kind: str  # the event's kind
    mark: str = ""  # the status whose shape it has, if any
    inside: bool = False  # seen by staff only
    by_name: str = ""  # for staff only


def tell_timeline(events: Iterable[Event], directory: Directory, *, public: bool = False) -> list[Entry]:
    """Return the events as timeline entries in the language of the request.

    Told to the `public`, the entries hold the words of staff only, never those of the sender.
    """
    return [
        Entry(
            at=e.at,
            role=e.actor_role,
            role_label=role_label(e.actor_role),
            sentence=tell(e, directory),
            words=_words(e, public),
            kind=e.kind,
            mark=_mark(e),
            inside=e.visibility == EventVisibility.STAFF,
        )
        for e in events
    ]


def _words(event: Event, public: bool) -> str:
    said = event.statement
    if said is None or said.level == Level.TAKEN_BACK or (public and said.level not in PUBLIC_LEVELS):
        return ""
    return said.text


def _mark(event: Event) -> str:
    if event.data.get("to_desk"):
        return Status.RECEIVED
    return event.data["decision"] if event.kind == "idea.decided" else MARKS.get(event.kind, "")


def role_label(role: str) -> str:
    """Return the name of a role in the language of the request."""
    return str(ROLES.get(role, role))


def tell(event: Event, directory: Directory) -> str:
    """Return what happened as one sentence."""
    return _tell(event.kind, event.data, directory)


def _tell(kind: str, data: dict[str, Any], directory: Directory) -> str:
    if kind in ("thread.routed", "thread.sorted", "thread.rerouted"):
        return _tell_route(data, directory)
    if (kind, data.get("said", "")) in SAID:
        return str(SAID[kind, data["said"]])
    if "channel" in data and (kind != "thread.submitted" or data["channel"] in TAKEN_DOWN):
        return _tell_channel(kind, data["channel"])
    if kind == "thread.survivor_moved":
        what = _tell(data["what"], data, directory)
        return _("%(reference)s, which goes on for it: %(what)s", reference=data["other"], what=what)
    if kind in TELLERS:
        return TELLERS[kind](data)
    return _tell_between(kind, data, directory) or str(SENTENCES.get(kind, kind)) % _named(data, directory)


def _tell_channel(kind: str, channel: Channel) -> str:
    if kind == "thread.submitted":
        return tell_received(channel)
    return _("Counted one more person. How they said it: %(channel)s.", channel=channel_label(channel))


def _tell_between(kind: str, data: dict[str, Any], directory: Directory) -> str:
    """Return what went from one department or level to another; nothing for other events."""
    if kind == "thread.offered":
        return _tell_offer(data, directory)
    if kind != "thread.referred":
        return ""
    place = directory.full_name(data["place"])
    if data["direction"] == "up":
        return _("Handed up to %(place)s for an answer.", place=place)
    return _("Handed down to %(place)s for an answer.", place=place)


def _named(data: dict[str, Any], directory: Directory) -> dict[str, str]:
    """Return which other submissions, departments and places a sentence names."""
    department = directory.departments.get(data.get("department") or 0)
    category = directory.categories.get(data.get("category") or 0)
    others = [directory.departments.get(number) for number in data.get("departments", [])]
    return {
        "other": data.get("other", ""),
        "others": listed(data.get("others", [])),
        "department": department.name if department else "",
        "category": category.name if category else "",
        "departments": listed(each.name for each in others if each),
        "place": directory.full_name(data["place"]) if "place" in data else "",
    }


def _tell_offer(data: dict[str, Any], directory: Directory) -> str:
    here = directory.departments[data["from"]].name
    if data["department"] is None:
        return _("Being decided who does it: %(here)s says it is for a body outside.", here=here)
    there = directory.departments[data["department"]].name
    return _("Being decided who does it: %(here)s says it is for %(there)s.", here=here, there=there)


def _tell_route(data: dict[str, Any], directory: Directory) -> str:
    if data.get("to_desk"):
        return _("A person will sort it.")
    department = directory.departments.get(data.get("department") or 0)
    category = directory.categories.get(data.get("category") or 0)
    if department and category:
        return _(
            "Sent to %(department)s as “%(category)s”.",
            department=department.name,
            category=category.name,
        )
    if category:
        return _("Sent to the innovation queue as “%(category)s”.", category=category.name)
    return _("Sent to the innovation queue.")


def status_label(status: Status) -> str:
    """Return the name of a status in the language of the request."""
    return str(STATUSES[status])
