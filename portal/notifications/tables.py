"""The calls to make, to take away as a table: without numbers, which stand on the page of each."""

from collections.abc import Iterator

from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell
from portal.notifications.calls import list_calls
from portal.triage.list_files import tell_time
from portal.triage.tables import Table, safe_title


def _list_calls(v: Visit) -> Iterator[list[Cell]]:
    for thread, _first, count, since in list_calls(v.session, v.person, v.directory, 0, most=MOST_ROWS + 1):
        place = v.directory.full_name(thread.place_id)
        yield [thread.reference, safe_title(thread), place, count, tell_time(since)]


CALLS = Table(
    lazy_gettext("Calls to make"),
    (
        lazy_gettext("Number"),
        lazy_gettext("Title"),
        lazy_gettext("Place"),
        lazy_gettext("Things to tell"),
        lazy_gettext("Waits since"),
    ),
    _list_calls,
    (*OF_DEPARTMENT, RoleName.COORDINATOR),
    "told.calls",
)
