"""Who leads a review, who sits in it, and who says what a department thinks."""

from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, roles_at
from portal.accounts.models import OF_DEPARTMENT, Person
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.core.references import parse_reference
from portal.ideas.calls import Call
from portal.ideas.models import Idea
from portal.panels.models import Review, Seat
from portal.panels.queries import find_review, find_seat
from portal.threads.models import Kind, Thread
from portal.threads.queries import find_by_reference


def place_of(thread: Thread, call: Call | None) -> int:
    """Return the place whose panel reviews an idea: that of its call, else its own."""
    return call.place_id if call else thread.place_id


def leads(person: Person | None, thread: Thread, call: Call | None, directory: Directory) -> bool:
    """Tell whether the person leads the review of an idea: a coordinator of that place."""
    return is_coordinator_at(person, directory.places[place_of(thread, call)].path)


def get_idea(session: Session, reference: str) -> Thread:
    """Return an idea, wherever it is; NotFound if there is none with this reference."""
    thread = find_by_reference(session, parse_reference(reference) or "")
    if thread is None or thread.kind != Kind.IDEA:
        raise NotFound()
    return thread


def call_of(session: Session, thread: Thread) -> Call | None:
    idea = session.get_one(Idea, thread.id)
    return session.get(Call, idea.call_id) if idea.call_id else None


def get_led(
    session: Session, person: Person, reference: str, directory: Directory
) -> tuple[Thread, Call | None]:
    """Return an idea and its call to whoever leads its review; NotFound for others."""
    thread = get_idea(session, reference)
    call = call_of(session, thread)
    if not leads(person, thread, call, directory):
        raise NotFound()
    return thread, call


def get_seat(session: Session, person: Person, reference: str) -> tuple[Thread, Review, Seat]:
    """Return the person's own seat on an idea; NotFound where they have none, or no longer."""
    thread = get_idea(session, reference)
    review = find_review(session, thread.id)
    seat = find_seat(session, review, person) if review else None
    if review is None or seat is None:
        raise NotFound()
    return thread, review, seat


def departments_of(person: Person, thread: Thread, directory: Directory) -> set[int]:
    """Return the departments that the person works for where the idea is, by their numbers."""
    roles = roles_at(person, directory.places[thread.place_id].path, *OF_DEPARTMENT)
    return {role.department_id for role in roles if role.department_id}
