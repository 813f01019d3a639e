"""Where ideas meet risks: how many reports came of what where, and which ideas would prevent them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.communities.models import PlaceKind
from portal.ideas.aims import GONE, Aim, Target
from portal.threads.listing import LINES
from portal.threads.models import IS_LISTED, Kind, Status, Thread, Visibility

WITHIN = timedelta(days=365)
LEAST = 5  # as in the figures of departments: of fewer reports nothing is told
NO_REPORT = (Status.DUPLICATE, Status.WITHDRAWN)
Cell = tuple[int, int]  # a category, and a place with all that lies in it
NO_ANSWER = (*GONE, Status.NO_ACTION, Status.DECLINE)


@dataclass(frozen=True)
class Need:
    """The reports of one category in one area in twelve months, and how many ideas answer them.

    `pressing` is the sum of the reports' priorities (0 to 100 each): of many and of grave ones it is high.
    """

    category_id: int
    place_id: int
    reports: int
    open: int
    pressing: int
    ideas: int


def read_needs(session: Session, directory: Directory, now: datetime) -> list[Need]:
    """Return all needs of five reports or more, the most pressing first; two queries whatever the rows.

    Each is told for the smallest area that has five: a neighbourhood, else its street, and so on.
    Only what stands in public lists is counted: what is private must not be guessed from a number.
    """
    totals: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in session.execute(_count_cells(now - WITHIN)):
        for place in directory.ancestors(neighbourhood_of(row.place_id, directory)):
            total = totals[row.category_id, place.id]
            for column, number in enumerate((row.reports, row.open, row.pressing)):
                total[column] += int(number or 0)
    answers = _read_answers(session)
    needs = [
        _need(cell, totals[cell], _count_ideas(answers, *cell, directory))
        for cell in smallest_areas({cell: total[0] for cell, total in totals.items()}, directory)
    ]
    return sorted(needs, key=lambda n: (-n.pressing, -n.reports, n.category_id, n.place_id))


def _need(cell: Cell, total: Sequence[int], ideas: int) -> Need:
    reports, still_open, pressing = total
    return Need(*cell, reports, still_open, pressing, ideas)


def smallest_areas(totals: Mapping[Cell, int], directory: Directory) -> list[Cell]:
    """Return of each category the areas with five reports or more that hold no smaller such area."""
    enough = [cell for cell, total in totals.items() if total >= LEAST]
    above = {
        (category, place.id)
        for category, number in enough
        for place in directory.ancestors(number)
        if place.id != number
    }
    return [cell for cell in enough if cell not in above]


def _count_cells(since: datetime) -> Select[Any]:
    counts: tuple[Any, ...] = (
        func.count().label("reports"),
        func.sum(case((Thread.is_closed, 0), else_=1)).label("open"),
        func.sum(Thread.priority).label("pressing"),
    )
    return (
        select(Thread.category_id, Thread.place_id, *counts)
        .where(Thread.kind == Kind.REPORT, IS_LISTED, Thread.category_id.is_not(None))
        .where(Thread.created_at >= since, Thread.status.not_in(NO_REPORT))
        .group_by(Thread.category_id, Thread.place_id)
    )


def neighbourhood_of(place_id: int, directory: Directory) -> int:
    """Return the community that a place lies in; the place itself where it lies in none."""
    above = directory.ancestors(place_id)
    return next((place.id for place in above if place.kind == PlaceKind.COMMUNITY), place_id)


def _stand() -> ColumnElement[bool]:
    """Return the condition of being a public idea that may yet prevent something, or does."""
    # What waits for a first look, as somebody unknown wrote it, answers nothing yet.
    return (
        (Thread.kind == Kind.IDEA)
        & IS_LISTED
        & (Thread.visibility == Visibility.PUBLIC)
        & Thread.status.not_in(NO_ANSWER)
    )


# Made once, for each report's page asks it.
_ANSWERS = (
    LINES.where(
        Thread.id.in_(
            select(Aim.thread_id).where(
                Aim.holds,
                Aim.category_id == bindparam("category_id"),
                Aim.place_id.in_(bindparam("reach", expanding=True)),
            )
        ),
        _stand(),
    )
    .order_by(Thread.votes_total.desc(), Thread.id)
    .limit(bindparam("most"))
)


def _read_answers(session: Session) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Return for each category the ideas that aim at it, each with the place."""
    aims = select(Aim.category_id, Aim.thread_id, Aim.place_id).join(Thread, Thread.id == Aim.thread_id)
    answers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in session.execute(aims.where(Aim.holds, _stand())):
        answers[row.category_id].append((row.thread_id, row.place_id))
    return answers


def _count_ideas(
    answers: Mapping[int, Sequence[tuple[int, int]]], category: int, place: int, directory: Directory
) -> int:
    reach = reach_of(place, directory)
    return len({idea for idea, aimed in answers.get(category, ()) if aimed in reach})


def reach_of(place_id: int, directory: Directory) -> set[int]:
    """Return the places at which an aim concerns this one: itself, what lies above and what lies in it."""
    return {*directory.within(place_id), *(place.id for place in directory.ancestors(place_id))}


def list_answers(
    session: Session, category_id: int, place_id: int, directory: Directory, most: int
) -> Sequence[Row[Any]]:
    """Return the ideas that would prevent this here, as lines of a list, the best supported first."""
    reach = reach_of(place_id, directory)
    return session.execute(_ANSWERS, {"category_id": category_id, "reach": reach, "most": most}).all()


def count_answers(
    session: Session, categories: Collection[int], places: Collection[int] | None, directory: Directory
) -> int:
    """Return how many ideas would prevent something of these categories at these places (None: anywhere)."""
    aimed = select(Aim.thread_id).where(Aim.holds, Aim.category_id.in_(categories))
    if places is not None:
        reach = set().union(*(reach_of(place, directory) for place in places))
        aimed = aimed.where(Aim.place_id.in_(reach))
    return session.scalar(select(func.count()).select_from(Thread).where(Thread.id.in_(aimed), _stand())) or 0


def count_listed_reports(
    session: Session, categories: Collection[int], places: Collection[int] | None, *, since: datetime
) -> int:
    """Return how many public reports of these categories came since at these places (None: anywhere)."""
    counted = select(func.count()).select_from(Thread).where(Thread.kind == Kind.REPORT, IS_LISTED)
    counted = counted.where(Thread.category_id.in_(categories), Thread.created_at >= since)
    if places is not None:
        counted = counted.where(Thread.place_id.in_(places))
    return session.scalar(counted.where(Thread.status.not_in(NO_REPORT))) or 0


def count_reports(
    session: Session, targets: Iterable[Target], directory: Directory, *, since: datetime
) -> dict[str, int]:
    """Return how many public reports came of each of these since, by the target's key; one query."""
    targets = list(targets)
    counts = dict.fromkeys((target.key for target in targets), 0)
    if not targets:
        return counts
    around = {
        n for t in targets for n in (*directory.within(t.place_id), neighbourhood_of(t.place_id, directory))
    }
    rows = session.execute(
        select(Thread.category_id, Thread.place_id, Thread.spot_id, func.count().label("reports"))
        .where(Thread.kind == Kind.REPORT, IS_LISTED, Thread.created_at >= since, Thread.place_id.in_(around))
        .where(Thread.category_id.in_({t.category_id for t in targets}), Thread.status.not_in(NO_REPORT))
        .group_by(Thread.category_id, Thread.place_id, Thread.spot_id)
    ).all()
    for target in {t.key: t for t in targets}.values():
        inside = set(directory.within(target.place_id))
        counts[target.key] = sum(
            row.reports
            for row in rows
            if row.category_id == target.category_id and not inside.isdisjoint((row.place_id, row.spot_id))
        )
    return counts
