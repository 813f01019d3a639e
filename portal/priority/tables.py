"""The committee's votes to take away, as a table."""

from collections.abc import Iterator

from portal.accounts.visits import Visit
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.sheets import MOST_ROWS, Cell
from portal.priority.access import VOTERS
from portal.priority.models import CommitteeVote
from portal.priority.queries import list_closed, list_open
from portal.priority.telling import tell_proposal, tell_result
from portal.triage.list_files import tell_time
from portal.triage.tables import Table, safe_title


def _list_votes(v: Visit) -> Iterator[list[Cell]]:
    """Give the open votes, then those that are over; of these no title, as on their page."""
    for one in list_open(v.session, v.person, v.directory):
        state = _("You have voted") if one.has_voted else _("Waits for your vote")
        yield _line(one.vote, safe_title(one.vote.thread), state)
    for vote in list_closed(v.session, v.person, v.directory, None, most=MOST_ROWS + 1):
        yield _line(vote, "", tell_result(vote))


def _line(vote: CommitteeVote, title: str, state: str) -> list[Cell]:
    until = vote.closed_at or vote.ends_at
    return [
        vote.thread.reference,
        title,
        tell_proposal(vote),
        state,
        tell_time(vote.opened_at),
        tell_time(until),
    ]


VOTES = Table(
    lazy_gettext("Votes of the committee"),
    (
        lazy_gettext("Number"),
        lazy_gettext("Title"),
        lazy_gettext("What is proposed"),
        lazy_gettext("How it stands"),
        lazy_gettext("Begun"),
        lazy_gettext("End"),
    ),
    _list_votes,
    VOTERS,
    "priority.index",
)
