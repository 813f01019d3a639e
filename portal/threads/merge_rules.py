"""Which submissions may be joined. No database."""

from portal.core.i18n import gettext as _
from portal.threads.models import Kind, Thread


def refusal(thread: Thread, survivor: Thread) -> str:
    """Return why the thread can't be joined with the survivor, in a sentence; empty where it can."""
    if thread.id == survivor.id:
        return _("This is the same submission. Please give the reference of another.")
    if thread.is_closed or survivor.is_closed:
        return _("One of the two has ended. Only what is open can be joined.")
    if survivor.kind == Kind.UNDECIDED:
        return _("Nobody has said yet whether %(reference)s is a report or an idea.", reference=survivor.reference)
    if thread.kind not in (survivor.kind, Kind.UNDECIDED):
        return _("A report can’t be joined with an idea.")
    if thread.is_listed and not survivor.is_listed:
        return _("%(reference)s is not public. Join them the other way round.", reference=survivor.reference)
    if thread.is_urgent and not survivor.is_urgent:
        return _("%(reference)s stands at the top because of danger, and must stay open.", reference=thread.reference)
    return ""
