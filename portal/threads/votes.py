""" "Affected" and "support": one for each person, the verified counted apart."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.identity import new_person, root_person
from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.threads.actions import refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.lineage import list_combined_below, lock_counted, onward_of
from portal.threads.models import Channel, EventVisibility, Kind, Status, Thread, Vote
from portal.threads.scoring import rescore
from portal.threads.trees import below

# What rooms above check before somebody is counted; it raises what stands against it.
before_vote: list[Callable[[Session, Thread, Person], None]] = []

# An idea collects support only while it is open for it.
VOTABLE_IDEA = frozenset({Status.RECEIVED, Status.OPEN, Status.WAITING, Status.LATER})
UNVOTABLE_REPORT = frozenset(
    {
        Status.CONFIRMED,
        Status.SILENT,
        Status.WITHDRAWN,
        Status.DUPLICATE,
        Status.NOT_OURS,
        Status.NO_ACTION,
    }
)


def takes_votes(thread: Thread) -> bool:
    if not thread.is_listed:
        return False
    if thread.kind == Kind.IDEA:
        return thread.status in VOTABLE_IDEA
    return thread.status not in UNVOTABLE_REPORT


def votes_are_open(thread: Thread, now: datetime) -> bool:
    """Tell whether it takes votes, and the time for them, if there is one, is not over."""
    return takes_votes(thread) and (thread.votes_until is None or now < thread.votes_until)


def may_vote(session: Session, person: Person) -> bool:
    """Tell whether somebody may be counted: who is blocked can only take back what they gave."""
    return not (person.is_blocked or root_person(session, person).is_blocked)


def need_voter(session: Session, person: Person) -> None:
    """Raise Conflict for somebody who is blocked; a link in an old mail is still theirs."""
    if not may_vote(session, person):
        raise Conflict(_("This account is closed. Please ask your community's office."))


def cast_vote(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Count this person once; voting again changes nothing. The thread must be locked."""
    refuse_unless(votes_are_open(thread, now))
    need_voter(session, person)
    if not has_voted(session, thread.id, person):
        for check in before_vote:
            check(session, thread, person)
        vote = Vote(thread_id=thread.id, person_id=person.root_id, version=thread.version, at=now)
        session.add(vote)
        session.flush()
        count_votes(session, thread)
        rescore(session, thread, now)


def count_voice(session: Session, thread: Thread, channel: Channel, *, by: Actor, now: datetime) -> None:
    """Count somebody who says it to staff instead of voting here. The record keeps who counted them."""
    person = new_person(session, now)
    session.flush()
    cast_vote(session, thread, person, now=now)
    data, seen_by = {"channel": channel}, EventVisibility.STAFF
    record_event(session, thread, "thread.voice_counted", by=by, now=now, visibility=seen_by, data=data)


def take_back_vote(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Take this person's vote away, be it given to this or to what was joined with it."""
    joined = session.scalars(select(below(thread.id).c.id)).all()
    session.execute(delete(Vote).where(Vote.thread_id.in_(joined), Vote.person_id.in_(records_of(person))))
    count_votes(session, thread)
    rescore(session, thread, now)


def has_voted(session: Session, thread_id: int, person: Person | None) -> bool:
    if person is None:
        return False
    found = session.scalar(
        select(Vote.id).where(Vote.thread_id == thread_id, Vote.person_id.in_(records_of(person))).limit(1)
    )
    return found is not None


def count_votes(session: Session, thread: Thread) -> None:
    """Write the thread's counts: distinct people, going by the one they are the same as.

    Whoever supports what an idea was combined into is counted there, and nowhere below.
    """
    _write_count(session, thread)
    if thread.kind == Kind.IDEA:
        for combined in list_combined_below(session, thread):
            _write_count(session, combined)


def _write_count(session: Session, thread: Thread) -> None:
    root = func.coalesce(Person.same_as_id, Person.id)
    people = select(root.label("id")).join(Vote, Vote.person_id == Person.id).distinct()
    here = people.where(Vote.thread_id == thread.id)
    if thread.status == Status.COMBINED:
        onward = select(onward_of(thread.id).c.id)
        here = here.where(root.not_in(people.where(Vote.thread_id.in_(onward))))
    voters = here.subquery()
    total, verified = session.execute(
        select(func.count(), func.count().filter(Person.is_verified))
        .select_from(voters)
        .join(Person, Person.id == voters.c.id)
    ).one()
    thread.votes_total, thread.votes_verified = total, verified


def recount_votes_of(session: Session, person: Person, *, now: datetime) -> None:
    """Count anew wherever this person voted: they were verified or found to be another."""
    voted = select(Vote.thread_id).where(Vote.person_id.in_(records_of(person)))
    for thread in lock_counted(session, session.scalars(voted).all()):
        count_votes(session, thread)
        rescore(session, thread, now)
