"""Reads of votes and voices."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.access import places_reached
from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.priority.access import VOTERS, voter_ids
from portal.priority.models import Choice, CommitteeVoice, CommitteeVote
from portal.priority.rules import Count
from portal.threads.models import Thread

PAGE = 25


@dataclass(frozen=True)
class Waiting:
    """An open vote, and whether this person has voted."""

    vote: CommitteeVote
    has_voted: bool


def list_voices(session: Session, vote: CommitteeVote) -> Sequence[CommitteeVoice]:
    """Return who voted how, in the order of their names."""
    voices = select(CommitteeVoice).where(CommitteeVoice.vote_id == vote.id)
    both = (joinedload(CommitteeVoice.person), joinedload(CommitteeVoice.reason))
    return sorted(session.scalars(voices.options(*both)), key=lambda v: (v.person.name, v.person_id))


def find_voice(session: Session, vote: CommitteeVote, person: Person) -> CommitteeVoice | None:
    return session.scalar(
        select(CommitteeVoice).where(CommitteeVoice.vote_id == vote.id, CommitteeVoice.person_id == person.id)
    )


def count_voices(session: Session, vote: CommitteeVote, directory: Directory) -> Count:
    """Count the voices of those who may vote now; who lost the role since has none."""
    voters = voter_ids(session, vote.thread, directory)
    rows = session.execute(
        select(CommitteeVoice.person_id, CommitteeVoice.choice).where(CommitteeVoice.vote_id == vote.id)
    )
    chosen = [row.choice for row in rows if row.person_id in voters]
    return Count(len(voters), *(chosen.count(choice) for choice in Choice))


def find_open_vote(session: Session, thread: Thread) -> CommitteeVote | None:
    return session.scalar(
        select(CommitteeVote).where(CommitteeVote.thread_id == thread.id, CommitteeVote.closed_at.is_(None))
    )


def list_votes_on(session: Session, thread: Thread) -> Sequence[CommitteeVote]:
    """Return the votes on this, the newest first."""
    votes = select(CommitteeVote).where(CommitteeVote.thread_id == thread.id)
    return session.scalars(votes.order_by(CommitteeVote.id.desc())).all()


def list_open(session: Session, person: Person, directory: Directory) -> list[Waiting]:
    """Return the open votes in which the person has a voice: the not yet given first, then by their end."""
    votes = (
        select(CommitteeVote, CommitteeVoice.id.is_not(None).label("has_voted"))
        .join(Thread, Thread.id == CommitteeVote.thread_id)
        .outerjoin(
            CommitteeVoice,
            (CommitteeVoice.vote_id == CommitteeVote.id) & (CommitteeVoice.person_id == person.id),
        )
        .where(
            CommitteeVote.closed_at.is_(None),
            Thread.place_id.in_(places_reached(person, directory, *VOTERS)),
        )
        .options(joinedload(CommitteeVote.thread), joinedload(CommitteeVote.question))
        .order_by("has_voted", CommitteeVote.ends_at, CommitteeVote.id)
    )
    return [Waiting(vote, has_voted) for vote, has_voted in session.execute(votes)]


def list_closed(
    session: Session, person: Person, directory: Directory, before: int | None, most: int = PAGE
) -> Sequence[CommitteeVote]:
    """Return a page of the votes that are over, the newest first, and one more if there are others."""
    votes = (
        select(CommitteeVote)
        .join(Thread, Thread.id == CommitteeVote.thread_id)
        .where(
            CommitteeVote.closed_at.is_not(None),
            Thread.place_id.in_(places_reached(person, directory, *VOTERS)),
        )
        .options(joinedload(CommitteeVote.thread), joinedload(CommitteeVote.question))
    )
    if before is not None:
        votes = votes.where(CommitteeVote.id < before)
    return session.scalars(votes.order_by(CommitteeVote.id.desc()).limit(most + 1)).all()
