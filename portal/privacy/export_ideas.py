"""What a person said about combining ideas, for the file of what is kept about them."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.ideas.combinations import Combination, CombinationPart, SupportAnswer
from portal.threads.models import Thread


def combining_of(session: Session, own: Select[int]) -> dict[str, Any]:
    """Return what the person proposed, what they answered as an author, and where their support went."""
    return {
        "proposed": _proposed(session, own),
        "answered": _answered(session, own),
        "support": _carried(session, own),
    }


def _proposed(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    made = select(Combination).where(Combination.proposed_by_id.in_(own)).order_by(Combination.id)
    return [
        {
            "why": one.why,
            "title": one.joint_title,
            "text": one.joint_text,
            "at": one.proposed_at.isoformat(),
            "outcome": one.outcome,
        }
        for one in session.scalars(made)
    ]


def _answered(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Thread.reference, CombinationPart.agrees, CombinationPart.answered_at)
        .join(Thread, Thread.id == CombinationPart.thread_id)
        .where(CombinationPart.answered_by_id.in_(own))
        .order_by(CombinationPart.id)
    )
    return [{"on": r.reference, "agrees": r.agrees, "at": r.answered_at.isoformat()} for r in rows]


def _carried(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Thread.reference, SupportAnswer.carries, SupportAnswer.at)
        .join(Thread, Thread.id == SupportAnswer.thread_id)
        .where(SupportAnswer.person_id.in_(own))
        .order_by(SupportAnswer.id)
    )
    return [{"on": r.reference, "carried_over": r.carries, "at": r.at.isoformat()} for r in rows]
