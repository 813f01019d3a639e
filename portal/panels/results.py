"""What the panel's scores come to, first and now; who gave what, for the panel alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.panels.marking import Outcome, Result, reckon
from portal.panels.models import Review, Seat
from portal.panels.queries import is_counted
from portal.panels.rubric import list_yardsticks, measure_of
from portal.panels.scores import Mark, Remark, Yardstick


@dataclass(frozen=True)
class Given:
    """What one panellist gave one criterion: first, and since."""

    name: str
    first: Mark
    revised: Mark | None

    @property
    def last(self) -> Mark:
        return self.revised or self.first


@dataclass(frozen=True)
class Judged:
    """One criterion with all that was given and said."""

    yardstick: Yardstick
    first: Result
    last: Result
    given: Sequence[Given]


@dataclass(frozen=True)
class Scores:
    """All of a review: what it came to at the reveal, and what it comes to now."""

    first: Outcome
    last: Outcome
    judged: Sequence[Judged]
    panellists: int  # how many are counted

    @property
    def is_revised(self) -> bool:
        return any(given.revised for one in self.judged for given in one.given)


def read_scores(session: Session, review: Review) -> Scores:
    """Return what the counted seats gave; three queries. The caller has seen to it that it is revealed."""
    yardsticks = list_yardsticks(session, review)
    rows = _read_marks(session, review)
    given = {y.id: _pair([row for row in rows if row.Mark.yardstick_id == y.id]) for y in yardsticks}
    measures = [measure_of(y) for y in yardsticks]
    first = reckon(measures, {number: [g.first.value for g in all_] for number, all_ in given.items()})
    last = reckon(measures, {number: [g.last.value for g in all_] for number, all_ in given.items()})
    judged = [
        Judged(y, one, other, given[y.id])
        for y, one, other in zip(yardsticks, first.results, last.results, strict=True)
    ]
    return Scores(first, last, judged, len({row.Mark.seat_id for row in rows}))


def _read_marks(session: Session, review: Review) -> Sequence[Row[Mark, str]]:
    """Return the marks of the seats that are counted, with the names; a recused panellist never is."""
    marks = (
        select(Mark, Person.name)
        .join(Seat, Seat.id == Mark.seat_id)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.review_id == review.id, is_counted())
    )
    return session.execute(marks.order_by(Person.name, Seat.id, Mark.is_revised)).all()


def _pair(rows: Sequence[Row[Mark, str]]) -> list[Given]:
    revised = {row.Mark.seat_id: row.Mark for row in rows if row.Mark.is_revised}
    return [
        Given(row.name, row.Mark, revised.get(row.Mark.seat_id)) for row in rows if not row.Mark.is_revised
    ]


def list_remarks(session: Session, review: Review) -> Sequence[Row[Remark, str]]:
    """Return what was said about the criteria, each with the name of who said it, in order."""
    said = (
        select(Remark, Person.name)
        .join(Yardstick, Yardstick.id == Remark.yardstick_id)
        .join(Person, Person.id == Remark.person_id)
        .where(Yardstick.review_id == review.id)
    )
    return session.execute(said.order_by(Remark.id)).all()
