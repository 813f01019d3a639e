"""What somebody gave and said as a panellist, for the file of their data. Nothing of the others."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.panels.models import Review, Seat
from portal.panels.scores import Mark, Remark, Yardstick
from portal.threads.models import Thread


def scores_of(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return the person's own scores, drafts too, with their reasons."""
    rows = session.execute(
        select(Thread.reference, Yardstick, Mark, Seat.done_at)
        .join(Seat, Seat.id == Mark.seat_id)
        .join(Yardstick, Yardstick.id == Mark.yardstick_id)
        .join(Review, Review.id == Seat.review_id)
        .join(Thread, Thread.id == Review.thread_id)
        .where(Seat.person_id.in_(own))
        .order_by(Mark.id)
    )
    return [
        {
            "on": reference,
            "criterion": yardstick.name,
            "score": mark.value,
            "abstained": mark.abstains,
            "reason": mark.reason,
            "given_after_the_reveal": mark.is_revised,
            "handed_in": done_at.isoformat() if done_at else None,
            "at": mark.at.isoformat(),
        }
        for reference, yardstick, mark, done_at in rows
    ]


def remarks_of(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return what the person said to the panel about its scores."""
    rows = session.execute(
        select(Thread.reference, Yardstick, Remark)
        .join(Yardstick, Yardstick.id == Remark.yardstick_id)
        .join(Review, Review.id == Yardstick.review_id)
        .join(Thread, Thread.id == Review.thread_id)
        .where(Remark.person_id.in_(own))
        .order_by(Remark.id)
    )
    return [
        {"on": reference, "criterion": yardstick.name, "text": remark.text, "at": remark.at.isoformat()}
        for reference, yardstick, remark in rows
    ]
