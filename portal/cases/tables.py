"""What waits between departments and levels, to take away as a table."""

from collections.abc import Iterator

from portal.accounts.visits import Visit
from portal.cases.queries import list_waiting
from portal.cases.telling import tell_waiting
from portal.core.i18n import lazy_gettext
from portal.core.sheets import Cell
from portal.core.text import mask_personal
from portal.triage.lists import READERS
from portal.triage.tables import Table


def _list_between(v: Visit) -> Iterator[list[Cell]]:
    for heading, lines in tell_waiting(list_waiting(v.session, v.person, v.directory), v):
        for line in lines:
            yield [heading, line.reference, mask_personal(line.title), line.what, line.due]


BETWEEN = Table(
    lazy_gettext("Departments together"),
    (
        lazy_gettext("What waits"),
        lazy_gettext("Number"),
        lazy_gettext("Title"),
        lazy_gettext("How it stands"),
        lazy_gettext("Until"),
    ),
    _list_between,
    READERS,
    "cases.index",
)
