"""What of panels and decisions stands in a call’s public file: what was announced, and nothing before."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.panels.marking import Result, reckon
from portal.panels.models import Decision, Review, Seat
from portal.panels.queries import is_counted, is_public
from portal.panels.rubric import measure_of
from portal.panels.scores import Mark, Yardstick


def read_decisions(session: Session, ideas: Collection[int]) -> Mapping[int, list[dict[str, Any]]]:
    """Return what was decided on each of these and everybody has been told, the first decision first."""
    told = select(Decision).where(Decision.thread_id.in_(ideas), Decision.announced_at.is_not(None))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for decision in session.scalars(told.order_by(Decision.id)):
        found[decision.thread_id].append(
            {
                "decided": str(decision.choice),
                "at": decision.at.isoformat(),
                "reason": decision.reason,
                "dissent": decision.dissent,
                "why_without_scores": decision.without,
                "looked_at_again_on": decision.again_on.isoformat() if decision.again_on else None,
            }
        )
    return found


def read_scores(session: Session, ideas: Collection[int]) -> Mapping[int, dict[str, Any]]:
    """Return what the panel's scores came to, without names, of ideas whose decision everybody knows.

    Three queries, whatever the ideas. The last word of each panellist counts, a recused one's never.
    """
    told = select(Review.id, Review.thread_id).where(Review.thread_id.in_(ideas), is_public())
    reviews = {row.id: row.thread_id for row in session.execute(told)}
    if not reviews:
        return {}
    yardsticks: dict[int, list[Yardstick]] = defaultdict(list)
    asked = select(Yardstick).where(Yardstick.review_id.in_(reviews))
    for yardstick in session.scalars(asked.order_by(Yardstick.position, Yardstick.id)):
        yardsticks[yardstick.review_id].append(yardstick)
    marks = _read_marks(session, reviews)
    return {thread: _tell(yardsticks[number], marks.get(number, ())) for number, thread in reviews.items()}


def _read_marks(session: Session, reviews: Collection[int]) -> Mapping[int, Sequence[Row[Mark, int]]]:
    """Return the marks that count, by review; of those given twice both, the last one last."""
    rows = session.execute(
        select(Mark, Seat.review_id)
        .join(Seat, Seat.id == Mark.seat_id)
        .where(Seat.review_id.in_(reviews), is_counted())
        .order_by(Mark.is_revised, Mark.id)
    )
    found: dict[int, list[Row[Mark, int]]] = defaultdict(list)
    for row in rows:
        found[row.review_id].append(row)
    return found


def _tell(yardsticks: Sequence[Yardstick], rows: Sequence[Row[Mark, int]]) -> dict[str, Any]:
    last = {(row.Mark.yardstick_id, row.Mark.seat_id): row.Mark.value for row in rows}
    given = {y.id: [value for (number, _seat), value in last.items() if number == y.id] for y in yardsticks}
    outcome = reckon([measure_of(y) for y in yardsticks], given)
    return {
        "mean": _rounded(outcome.mean),
        "panellists": len({row.Mark.seat_id for row in rows}),
        "criteria": [
            {"name": y.names, **_tell_result(result)}
            for y, result in zip(yardsticks, outcome.results, strict=True)
        ],
    }


def _tell_result(result: Result) -> dict[str, Any]:
    return {
        "answered": result.given,
        "abstained": result.abstained,
        "mean": _rounded(result.mean),
        "lowest": result.lowest,
        "highest": result.highest,
        "must_be_met": str(result.knock_out) if result.knock_out else None,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
