"""The people and the record of changes to take away: what their pages show, narrowed as they are."""

from collections.abc import Iterator
from dataclasses import replace

from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.administration import audit, people
from portal.administration.audit_reading import list_events
from portal.administration.people_reading import list_people, tell_line
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell
from portal.triage.list_files import tell_time
from portal.triage.tables import Table


def _list_people(v: Visit) -> Iterator[list[Cell]]:
    """Give each person, an address masked as on the page for who may not see it."""
    wish = replace(people.read_wish(v), after=None)
    found, _more = list_people(v.session, v.person, v.directory, wish, MOST_ROWS + 1)
    for person in found:
        line = tell_line(v.person, person, v.directory)
        roles = "; ".join(" · ".join(filter(None, role)) for role in line.roles)
        yield [line.name, line.email, roles, line.state]


def _list_record(v: Visit) -> Iterator[list[Cell]]:
    reference, thread = audit.find_subject(v)
    if reference and thread is None:
        return
    wish = replace(audit.read_wish(thread), before=None)
    events, _more = list_events(v.session, wish, MOST_ROWS + 1)
    for entry in audit.tell_entries(v, events, thread):
        changes = "; ".join(change.text for change in entry.changes)
        yield [
            entry.sequence,
            tell_time(entry.at),
            entry.actor,
            entry.role,
            entry.deed,
            entry.subject,
            changes,
        ]


PEOPLE = Table(
    lazy_gettext("People and roles"),
    (
        lazy_gettext("Who"),
        lazy_gettext("E-mail address"),
        lazy_gettext("Role"),
        lazy_gettext("State"),
    ),
    _list_people,
    (RoleName.ADMINISTRATOR,),
    "administration.people",
)
RECORD = Table(
    lazy_gettext("Record of changes"),
    (
        lazy_gettext("Entry"),
        lazy_gettext("When"),
        lazy_gettext("Who"),
        lazy_gettext("Role"),
        lazy_gettext("What was done"),
        lazy_gettext("About"),
        lazy_gettext("What changed"),
    ),
    _list_record,
    (RoleName.ADMINISTRATOR,),
    "administration.audit",
    of_whole=True,
)
