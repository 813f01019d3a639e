"""What a person chose, for the file of what is kept about them."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.communities.models import Category, Place
from portal.ideas.aims import Aim
from portal.ideas.models import IdeaPass
from portal.priority.models import CommitteeVoice, CommitteeVote
from portal.reports.models import Verdict
from portal.threads.additions import Comment, Helpful
from portal.threads.models import Statement, Thread, Vote


def list_chosen(session: Session, chosen: type[Vote | IdeaPass], own: Select[int]) -> list[dict[str, Any]]:
    """Return what the person supports, or the ideas that they said are not for them."""
    rows = session.execute(
        select(Thread.reference, chosen.at)
        .join(Thread, Thread.id == chosen.thread_id)
        .where(chosen.person_id.in_(own))
        .order_by(chosen.id)
    )
    return [{"on": r.reference, "at": r.at.isoformat()} for r in rows]


def list_found_helpful(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return which arguments the person said are helpful."""
    rows = session.execute(
        select(Thread.reference, Helpful.comment_id, Helpful.at)
        .join(Comment, Comment.id == Helpful.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Helpful.person_id.in_(own))
        .order_by(Helpful.id)
    )
    return [{"on": r.reference, "argument": r.comment_id, "at": r.at.isoformat()} for r in rows]


def list_committee_votes(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return how somebody who works here voted in the committee, and why."""
    rows = session.execute(
        select(Thread.reference, CommitteeVoice.choice, CommitteeVoice.at, Statement.text)
        .join(CommitteeVote, CommitteeVote.id == CommitteeVoice.vote_id)
        .join(Thread, Thread.id == CommitteeVote.thread_id)
        .outerjoin(Statement, Statement.id == CommitteeVoice.reason_id)
        .where(CommitteeVoice.person_id.in_(own))
        .order_by(CommitteeVoice.id)
    )
    return [{"on": r.reference, "vote": r.choice, "reason": r.text, "at": r.at.isoformat()} for r in rows]


def list_verdicts(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return what the person answered when asked whether something is fixed; their words stand elsewhere."""
    rows = session.execute(
        select(Thread.reference, Verdict.round, Verdict.answer, Verdict.at)
        .join(Thread, Thread.id == Verdict.thread_id)
        .where(Verdict.person_id.in_(own))
        .order_by(Verdict.id)
    )
    return [{"on": r.reference, "time": r.round, "answer": r.answer, "at": r.at.isoformat()} for r in rows]


def list_said_of_aims(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return what the person said that ideas would prevent, or would not."""
    rows = session.execute(
        select(Thread.reference, Category.code, Place.code, Aim.holds, Aim.decided_at)
        .join(Thread, Thread.id == Aim.thread_id)
        .join(Category, Category.id == Aim.category_id)
        .join(Place, Place.id == Aim.place_id)
        .where(Aim.decided_by_id.in_(own))
        .order_by(Aim.id)
    )
    return [
        {"on": on, "category": category, "place": place, "would_prevent": holds, "at": at.isoformat()}
        for on, category, place, holds, at in rows
    ]
