"""Who votes: the coordinators of a place and the officers of every department there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, roles_at
from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.priority.models import CommitteeVote
from portal.threads.events import Actor
from portal.threads.models import Thread

VOTERS = (RoleName.COORDINATOR, *OF_DEPARTMENT)


def can_vote(person: Person | None, thread: Thread, directory: Directory) -> bool:
    return bool(roles_at(person, directory.places[thread.place_id].path, *VOTERS))


def can_ask(person: Person | None, thread: Thread, directory: Directory) -> bool:
    """Tell whether the person may ask the committee: a coordinator of the place."""
    return is_coordinator_at(person, directory.places[thread.place_id].path)


def voter_ids(session: Session, thread: Thread, directory: Directory) -> set[int]:
    """Return the numbers of all who may vote on this at present."""
    above = [place.id for place in directory.ancestors(thread.place_id)]
    voters = (
        select(Role.person_id)
        .join(Person, Person.id == Role.person_id)
        .where(Role.place_id.in_(above), Role.name.in_(VOTERS), ~Person.is_blocked)
    )
    return set(session.scalars(voters))


def actor_of(person: Person, thread: Thread, directory: Directory) -> Actor:
    role = "coordinator" if can_ask(person, thread, directory) else "officer"
    return Actor(person, role)


def get_vote_for(session: Session, person: Person, number: int, directory: Directory) -> CommitteeVote:
    """Return the vote; NotFound for whoever has none in it."""
    vote = session.get(CommitteeVote, number)
    if vote is None or not can_vote(person, vote.thread, directory):
        raise NotFound()
    return vote
