"""Short ways to set an idea before the panel in tests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.communities.models import Department, Place
from portal.core import clock
from portal.core.dates import today
from portal.ideas.actions import open_for_support
from portal.ideas.calls import Call
from portal.panels.actions import declare, open_review
from portal.panels.decisions import decide
from portal.panels.models import Decision, Review
from portal.threads.events import Actor
from portal.threads.models import Status, Thread
from tests.factories import NOW, add_person, add_role, directory, make_idea, person
from tests.ideas.calling import make_call, make_idea_in

DAY = timedelta(days=1)


def add_panellist(session: Session, name: str, place: str = "yunhe") -> Person:
    found = session.scalars(select(Place).where(Place.code == place)).one()
    added = add_person(session, name)
    add_role(session, added, RoleName.PANELLIST, found, None)
    return added


def add_officer(session: Session, name: str, department: str, place: str = "liu") -> Person:
    found = session.scalars(select(Place).where(Place.code == place)).one()
    theirs = session.scalars(select(Department).where(Department.code == department)).one()
    added = add_person(session, name)
    add_role(session, added, RoleName.OFFICER, found, theirs)
    return added


def add_officer_of(session: Session, department_id: int, name: str, place: str = "liu") -> Person:
    code = next(d.code for d in directory(session).departments.values() if d.id == department_id)
    return add_officer(session, name, code, place)


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def open_idea(session: Session, text: str = "Let us plant herbs by the gate.", **given: Any) -> Thread:
    """Return an idea of the open box that is open for support."""
    idea = make_idea(session, text, **given)
    open_for_support(session, idea, by=coordinator(session), now=NOW)
    return idea


def review_of(
    session: Session, idea: Thread, people: Sequence[Person] = (), call: Call | None = None, **given: Any
) -> Review:
    """Put an idea to the panel, with these panellists."""
    values: dict[str, Any] = {"reason": "It is new and can be done.", "last_day": today() + 10 * DAY}
    values |= {"now": clock.now(), "today": today()}
    people_ids = [each.id for each in people]
    found = directory(session)
    by = coordinator(session)
    return open_review(session, idea, call, people=people_ids, directory=found, by=by, **(values | given))


def sit(session: Session, review: Review, who: Person, interest: str = "") -> None:
    """Let a panellist declare: an interest, or none."""
    has_interest = bool(interest)
    thread = review.thread
    declare(session, thread, review, who, has_interest=has_interest, interest=interest, now=clock.now())


def decided(session: Session, idea: Thread, review: Review | None = None, **given: Any) -> Decision:
    """Decide on an idea as the coordinator; by default to try it, without the panel's scores."""
    values: dict[str, Any] = {"choice": Status.PILOT, "reason": "Worth a try.", "without": "It is small."}
    values |= {"today": today(), "now": clock.now()} | given
    return decide(session, idea, review, None, by=coordinator(session), **values)


def call_under_review(session: Session, code: str = "dry-cellars") -> tuple[Call, Thread]:
    """Return a call in the phase of its review, and an idea in it."""
    call = make_call(session, code, opens=today() - 25 * DAY)
    return call, make_idea_in(session, call)
