"""What a reader of an idea in a call says to it: support, not for me, or nothing yet."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.ideas.models import Idea, IdeaPass
from portal.threads.actions import refuse_unless
from portal.threads.models import Thread
from portal.threads.votes import cast_vote, take_back_vote, votes_are_open


def support(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Count the person's support; having passed it by before counts no more. The thread is locked."""
    cast_vote(session, thread, person, now=now)
    _forget_pass(session, thread, person)


def pass_by(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Note once that the idea is not for this person; support given before is taken back."""
    refuse_unless(votes_are_open(thread, now) and thread.votes_until is not None)
    take_back_vote(session, thread, person, now=now)
    if not has_passed(session, thread.id, person):
        session.add(IdeaPass(thread_id=thread.id, person_id=person.root_id, at=now))
        session.flush()
    _count_passes(session, thread)


def take_back_choice(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Have said nothing to the idea."""
    take_back_vote(session, thread, person, now=now)
    _forget_pass(session, thread, person)


def has_passed(session: Session, thread_id: int, person: Person | None) -> bool:
    if person is None:
        return False
    own = IdeaPass.person_id.in_(records_of(person))
    return (
        session.scalar(select(IdeaPass.id).where(IdeaPass.thread_id == thread_id, own).limit(1)) is not None
    )


def _forget_pass(session: Session, thread: Thread, person: Person) -> None:
    own = IdeaPass.person_id.in_(records_of(person))
    session.execute(delete(IdeaPass).where(IdeaPass.thread_id == thread.id, own))
    _count_passes(session, thread)


def _count_passes(session: Session, thread: Thread) -> None:
    """Write the count: distinct people, going by the one they are the same as."""
    root = func.coalesce(Person.same_as_id, Person.id)
    people = (
        select(func.count(root.distinct()))
        .select_from(IdeaPass)
        .join(Person, Person.id == IdeaPass.person_id)
        .where(IdeaPass.thread_id == thread.id)
    )
    session.get_one(Idea, thread.id).passes_total = session.scalar(people) or 0
