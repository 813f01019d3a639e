"""What an idea would prevent, on its page for staff."""

from typing import Any

from portal.accounts.visits import Visit
from portal.ideas.aim_telling import tell_targets
from portal.ideas.aiming import propose_aims
from portal.ideas.aims import GONE, aims_as, list_aims
from portal.ideas.needs import WITHIN
from portal.threads.models import Kind, Thread
from portal.triage.access import Desk

TEMPLATE = "triage/_aims.html"


def read_aims(v: Visit, thread: Thread, _desk: Desk) -> dict[str, Any]:
    """Return what people said it would prevent, and how much is proposed; of reports nothing."""
    if thread.kind != Kind.IDEA:
        return {}
    aims = list_aims(v.session, thread.id)
    held = [aim.target for aim in aims if aim.holds]
    may = thread.status not in GONE and aims_as(v.person, thread, v.directory) is not None
    proposed = propose_aims(v.session, thread, aims, v.directory, since=v.now - WITHIN) if may else []
    return {
        "aims": tell_targets(v.session, held, v.directory, v.now),
        "proposed": len(proposed),
        "may_aim": may,
    }
