"""The pilots of an idea, on its page for everybody and on that for staff."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.pilots.models import Pilot
from portal.pilots.queries import list_pilots_of
from portal.pilots.words import state_label
from portal.threads.models import Kind, Status, Thread
from portal.threads.queries import Published
from portal.triage.access import Desk

PUBLIC_TEMPLATE = "pilots/_of_idea.html"
PANE_TEMPLATE = "pilots/_pane.html"
Line = tuple[Pilot, str, str]  # a pilot, how it stands, where


def tell_of_idea(
    session: Session, found: Published, directory: Directory, _person: Person | None
) -> dict[str, Any] | None:
    """Return the pilots of an idea; nothing where there are none. Asks only if one was planned."""
    if found.thread.kind != Kind.IDEA or "pilot.planned" not in found.happened:
        return None
    return {"pilots": _lines(session, found.thread, directory)}


def read_pane(v: Visit, thread: Thread, desk: Desk) -> dict[str, Any]:
    """Return the pilots of an idea, and whether this person can plan one now."""
    if thread.kind != Kind.IDEA:
        return {"pilots": [], "may_plan": False}
    may_plan = desk.sorts and thread.status == Status.PILOT
    return {"pilots": _lines(v.session, thread, v.directory), "may_plan": may_plan}


def _lines(session: Session, thread: Thread, directory: Directory) -> list[Line]:
    return [
        (pilot, state_label(pilot), directory.full_name(pilot.place_id))
        for pilot in list_pilots_of(session, thread)
    ]
