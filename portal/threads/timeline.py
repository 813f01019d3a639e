"""What happened, told in sentences: the same for public page, tracking page, staff and mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.threads.models import Event, EventVisibility, Status
from portal.threads.words import PUBLIC_LEVELS

# The state whose shape stands beside a line of the timeline.
MARKS = {
    "thread.submitted": Status.RECEIVED,
    "thread.routed": Status.WITH_DEPARTMENT,
    "thread.sorted": Status.WITH_DEPARTMENT,
    "thread.rerouted": Status.WITH_DEPARTMENT,
    "thread.asked": Status.WAITING,
    "thread.withdrawn": Status.WITHDRAWN,
    "report.started": Status.IN_PROGRESS,
    "report.fixed": Status.FIXED,
    "report.confirmed": Status.CONFIRMED,
    "report.reopened": Status.REOPENED,
    "report.not_ours": Status.NOT_OURS,
    "report.no_action": Status.NO_ACTION,
    "idea.opened": Status.OPEN,
    "idea.no_action": Status.NO_ACTION,
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
    if event.statement is None or (public and event.statement.level not in PUBLIC_LEVELS):
        return ""
    return event.statement.text


def _mark(event: Event) -> str:
    if event.data.get("to_desk"):
        return Status.RECEIVED
    return event.data["decision"] if event.kind == "idea.decided" else MARKS.get(event.kind, "")


def role_label(role: str) -> str:
    return {
        "resident": _("Resident"),
        "officer": _("Department"),
        "coordinator": _("Coordinator"),
        "panellist": _("Panel"),
        "administrator": _("Administrator"),
        "classifier": _("Automatic sorting"),
        "system": _("System"),
    }.get(role, role)


def tell(event: Event, directory: Directory) -> str:
    """Return what happened as one sentence."""
    if event.kind in ("thread.routed", "thread.sorted", "thread.rerouted"):
        return _tell_route(event, directory)
    if event.kind == "idea.decided":
        return _("Decided: %(decision)s.", decision=status_label(Status(event.data["decision"])))
    return _sentences().get(event.kind, event.kind)


def _tell_route(event: Event, directory: Directory) -> str:
    if event.data.get("to_desk"):
        return _("A person will sort it.")
    department = directory.departments.get(event.data.get("department") or 0)
    category = directory.categories.get(event.data.get("category") or 0)
    if department and category:
        return _(
            "Sent to %(department)s as “%(category)s”.",
            department=department.name,
            category=category.name,
        )
    if category:
        return _("Sent to the innovation queue as “%(category)s”.", category=category.name)
    return _("Sent to the innovation queue.")


def _sentences() -> dict[str, str]:
    return {
        "thread.submitted": _("Received."),
        "thread.asked": _("Asked the sender a question."),
        "thread.answered": _("Answered the question."),
        "thread.words_added": _("Added to what was sent."),
        "thread.replied": _("Replied."),
        "thread.noted": _("Internal note."),
        "thread.words_shown": _("Showed the words to the public."),
        "thread.words_hidden": _("Hid the submission from the public."),
        "thread.withdrawn": _("Withdrawn by the sender."),
        "thread.returned": _("Sent back to the sorting desk."),
        "thread.taken": _("Taken on by a person."),
        "thread.left_to_department": _("Left to the department."),
        "report.started": _("Work has begun."),
        "report.fixed": _("Fixed, says the department."),
        "report.confirmed": _("The sender confirms that it is fixed."),
        "report.reopened": _("Opened again."),
        "report.not_ours": _("Closed: not ours."),
        "report.no_action": _("Closed: no action."),
        "idea.opened": _("Open for support."),
        "idea.no_action": _("Closed: no action."),
    }


def status_label(status: Status) -> str:
    """Return the name of a status in the language of the request."""
    return {
        Status.RECEIVED: _("Received"),
        Status.WITH_DEPARTMENT: _("With department"),
        Status.IN_PROGRESS: _("In progress"),
        Status.WAITING: _("Waiting for the resident"),
        Status.FIXED: _("Fixed"),
        Status.CONFIRMED: _("Confirmed fixed"),
        Status.REOPENED: _("Reopened"),
        Status.NOT_OURS: _("Not ours"),
        Status.NO_ACTION: _("No action"),
        Status.WITHDRAWN: _("Withdrawn"),
        Status.OPEN: _("Open for support"),
        Status.PILOT: _("Pilot"),
        Status.ADOPT: _("Adopted"),
        Status.LATER: _("Later"),
        Status.DECLINE: _("Declined"),
    }[Status(status)]
