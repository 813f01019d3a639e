"""A single move of staff, which can be undone for ten minutes as those made in many at once can."""

from typing import Any

from flask import url_for

from portal.accounts.models import Person
from portal.core.dates import local_time
from portal.core.i18n import gettext as _
from portal.threads.events import tell_now, told_later
from portal.triage.bulk import LABELS, UNDO, keep_action, make_kept
from portal.triage.lists import Listing
from portal.triage.models import BulkAction
from portal.triage.work import Move, make

# What can be put back from how the thread stood before. Joining has an undoing of its own without an
# end; of danger people hear at once; what is fixed, reopened or decided asks and tells many.
UNDOABLE = frozenset(LABELS) - {"merge"} | {"outside", "resume", "weigh"}


def make_single(verb: str, move: Move, person: Person) -> None:
    """Make the move in a locked thread; nobody outside is told of it before the time for undoing is over.

    What can't be undone is told at once, and so is what waited in the thread until then.
    """
    if verb not in UNDOABLE:
        tell_now(move.session, move.thread, move.now)
        make(verb, move)
        return
    with told_later(move.session, move.now + UNDO):
        kept = make_kept(verb, move)
    keep_action(
        move.session,
        person,
        verb,
        [kept | {"reference": move.thread.reference}],
        is_single=True,
        now=move.now,
    )


def tell_single(action: BulkAction, listing: Listing) -> dict[str, Any]:
    """Return what a template needs to offer the undoing of one move."""
    return {
        "text": _("Your last move was in %(reference)s.", reference=action.done[0]["reference"]),
        "until": f"{local_time(action.at + UNDO):%H:%M}",
        "action": url_for("bulk.undo", number=action.id, **listing.arguments),
    }
