"""The calls to make and the messages sent, to take away as tables: without numbers and whole addresses."""

from collections.abc import Iterator

from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell
from portal.notifications.calls import list_calls
from portal.notifications.queries import list_deliveries
from portal.notifications.rows import list_lines
from portal.notifications.views import read_wish
from portal.triage.list_files import tell_time
from portal.triage.tables import Table, safe_title


def _list_calls(v: Visit) -> Iterator[list[Cell]]:
    for thread, _first, count, since in list_calls(v.session, v.person, v.directory, 0, most=MOST_ROWS + 1):
        place = v.directory.full_name(thread.place_id)
        yield [thread.reference, safe_title(thread), place, count, tell_time(since)]


def _list_messages(v: Visit) -> Iterator[list[Cell]]:
    found = list_deliveries(v.session, read_wish(), None, MOST_ROWS + 1)
    for line in list_lines(v.session, found):
        yield [
            tell_time(line.created_at),
            line.channel,
            line.to,
            line.about,
            line.reference,
            line.state_text,
            tell_time(line.state_at),
            line.trouble,
        ]


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
MESSAGES = Table(
    lazy_gettext("Outgoing messages"),
    (
        lazy_gettext("When"),
        lazy_gettext("Way"),
        lazy_gettext("To"),
        lazy_gettext("About"),
        lazy_gettext("Number"),
        lazy_gettext("State"),
        lazy_gettext("Since"),
        lazy_gettext("What went wrong"),
    ),
    _list_messages,
    (RoleName.ADMINISTRATOR,),
    "notifications.mail",
    of_whole=True,
)
