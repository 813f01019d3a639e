"""What somebody does on the panel, for the file of what is kept about them."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.communities.models import Category
from portal.panels.models import Expertise, Review, Seat
from portal.threads.models import Thread


def list_seats(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return on which ideas the person was asked to sit, and what they declared."""
    rows = session.execute(
        select(Thread.reference, Seat)
        .join(Review, Review.id == Seat.review_id)
        .join(Thread, Thread.id == Review.thread_id)
        .where(Seat.person_id.in_(own))
        .order_by(Seat.id)
    )
    return [
        {
            "on": reference,
            "seat": seat.state,
            "interest": seat.interest,
            "asked": seat.assigned_at.isoformat(),
            "declared": seat.declared_at and seat.declared_at.isoformat(),
            "reminded": seat.reminded_at and seat.reminded_at.isoformat(),
            "handed_in": seat.done_at and seat.done_at.isoformat(),
        }
        for reference, seat in rows
    ]


def list_expertise(session: Session, own: Select[int]) -> list[str]:
    """Return the codes of what the person said they know about."""
    known = select(Category.code).join(Expertise, Expertise.category_id == Category.id)
    return list(session.scalars(known.where(Expertise.person_id.in_(own)).order_by(Category.code)))
