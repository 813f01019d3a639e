"""Which submissions may be joined. No database."""

from portal.core.i18n import gettext as _
from portal.threads.models import Kind, Thread


def refusal(thread: Thread, survivor: Thread) -> str:
    """Return why the thread can't be joined with the survivor, in a sentence; empty where it can."""
    one, other = {"reference": thread.reference}, {"reference": survivor.reference}
    against = [
        (thread.id == survivor.id, _("This is the same submission. Please give the reference of another.")),
        (
            thread.is_closed or survivor.is_closed,
            _("One of the two has ended. Only open ones can be joined."),
        ),
        (
            survivor.kind == Kind.UNDECIDED,
            _("Nobody has said yet whether %(reference)s is a report or an idea.", **other),
        ),
        (thread.kind not in (survivor.kind, Kind.UNDECIDED), _("A report can’t be joined with an idea.")),
        (
            thread.kind == Kind.IDEA and thread.votes_total > 0,  # their support is theirs to give
            _("People support %(reference)s. Combine the two, so that they are asked.", **one),
        ),
        (
            thread.is_listed and not survivor.is_listed,
            _("%(reference)s is not public. Join them the other way round.", **other),
        ),
        (
            thread.is_urgent and not survivor.is_urgent,
            _("%(reference)s stands at the top because of danger, and must stay open.", **one),
        ),
    ]
    return next((sentence for stands, sentence in against if stands), "")
