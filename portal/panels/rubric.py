"""By what an idea is judged: its call's criteria, or those for every idea, as they stood at the beginning."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.i18n import localized
from portal.ideas.calls import Criterion
from portal.panels.marking import Measure
from portal.panels.models import Review
from portal.panels.scores import Yardstick

FILE = Path(__file__).with_name("rubric.toml")


def freeze_rubric(session: Session, review: Review) -> Sequence[Yardstick]:
    """Copy what the idea is judged by into the review, once; what is there already stays.

    Of an idea outside calls, or in one without criteria, that is the rubric for every idea.
    """
    there = list_yardsticks(session, review)
    if there:
        return there
    of_call = select(Criterion).where(Criterion.call_id == review.call_id)
    criteria = session.scalars(of_call.order_by(Criterion.position, Criterion.id)).all()
    given = [
        {"names": c.names, "levels": c.levels, "weight": c.weight, "is_knock_out": c.is_knock_out}
        for c in criteria
    ]
    session.add_all(
        Yardstick(review_id=review.id, position=n, **one) for n, one in enumerate(given or usual_rubric(), 1)
    )
    session.flush()
    return list_yardsticks(session, review)


def list_yardsticks(session: Session, review: Review) -> Sequence[Yardstick]:
    """Return what the idea is judged by, in order."""
    of_review = select(Yardstick).where(Yardstick.review_id == review.id)
    return session.scalars(of_review.order_by(Yardstick.position, Yardstick.id)).all()


@cache
def usual_rubric() -> Sequence[dict[str, Any]]:
    """Return the criteria for ideas without a call's own."""
    return [
        {
            "names": one["names"],
            "levels": {code: text.strip() for code, text in one.get("levels", {}).items()},
            "weight": one["weight"],
            "is_knock_out": one.get("is_knock_out", False),
        }
        for one in tomllib.loads(FILE.read_text("utf-8"))["criterion"]
    ]


def measure_of(yardstick: Yardstick) -> Measure:
    return Measure(yardstick.id, yardstick.weight, yardstick.is_knock_out)


def levels_of(yardstick: Yardstick) -> list[str]:
    """Return what the scores 0 to 5 mean, in the language of the request; what is not described is empty."""
    lines = localized(yardstick.levels).splitlines()[:6]
    return lines + [""] * (6 - len(lines))
