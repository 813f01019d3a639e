"""How staff narrow their lists: what there is to choose, and what the address says was chosen."""

from collections.abc import Mapping

from portal.accounts.access import has_role
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.threads.models import Status
from portal.threads.timeline import status_label
from portal.triage.queries import Choice

Option = tuple[str, str]  # value, text

WHOSE = ("mine", "unassigned", "late", "first-look")
QUEUED = (Status.WITH_DEPARTMENT, Status.IN_PROGRESS, Status.WAITING, Status.OUTSIDE, Status.REOPENED)
ENDED = (
    Status.FIXED,
    Status.CONFIRMED,
    Status.SILENT,
    Status.NOT_OURS,
    Status.NO_ACTION,
    Status.DUPLICATE,
    Status.WITHDRAWN,
)
WEIGHED = (
    Status.RECEIVED,
    Status.OPEN,
    Status.WAITING,
    Status.PILOT,
    Status.ADOPT,
    Status.LATER,
    Status.DECLINE,
    Status.NO_ACTION,
    Status.WITHDRAWN,
)


def read_choice(arguments: Mapping[str, str], directory: Directory) -> Choice:
    """Return what the address asks for, leaving out what there is not."""
    department = directory.department_codes.get(arguments.get("department", ""))
    status, whose = arguments.get("status", ""), arguments.get("whose", "")
    return Choice(
        department_id=department.id if department else None,
        status=status if status in list(Status) else "",
        whose=whose if whose in WHOSE else "",
        sort="supported" if arguments.get("sort") == "supported" else "",
    )


def department_options(person: Person, directory: Directory) -> list[Option]:
    """Return the departments whose reports this person may see."""
    mine = {role.department_id for role in person.roles}
    sees_all = has_role(person, RoleName.COORDINATOR)
    departments = [
        d for d in directory.departments.values() if d.id in mine or (sees_all and not d.is_retired)
    ]
    return [("", _("All departments")), *((d.code, d.name) for d in departments)]


def queue_status_options() -> list[Option]:
    return [("", _("All open")), *_labelled(QUEUED + ENDED)]


def idea_status_options() -> list[Option]:
    return [("", _("Not decided yet")), *_labelled(WEIGHED)]


def _labelled(statuses: tuple[Status, ...]) -> list[Option]:
    return [(str(status), status_label(status)) for status in statuses]


def whose_options() -> list[Option]:
    labels = {
        "mine": _("Mine"),
        "unassigned": _("Nobody has it yet"),
        "late": _("Past its promise"),
        "first-look": _("Waits for a first look"),
    }
    return [("", _("Everybody's")), *labels.items()]


def sort_options() -> list[Option]:
    return [("", _("Newest first")), ("supported", _("Most supported first"))]
