"""Reads of practices, and of what became of them at each place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import NotFound
from portal.pilots.effects import Effect
from portal.pilots.effects_queries import count_shown, list_harms
from portal.pilots.gates import GateDecision
from portal.pilots.gates_queries import list_rounds, read_decisions
from portal.pilots.models import Indicator, Pilot, PilotState, Spending, Value
from portal.pilots.practices import Practice
from portal.pilots.queries import list_indicators_of, read_values
from portal.pilots.series import Measured, measure

MOST = 200  # practices on a page


def list_practices(
    session: Session,
    phrases: Sequence[Sequence[str]] | None = None,
    category_ids: Collection[int] | None = None,
) -> Sequence[Practice]:
    """Return what the library holds, the newest first; with these words, of these categories.

    The words stand in one column between spaces, made by core.text on both sides: there are hundreds of
    practices, not hundreds of thousands, and both engines find exactly the same.
    """
    wanted = select(Practice).where(Practice.published_at.is_not(None))
    for phrase in phrases or ():
        wanted = wanted.where(Practice.words.contains(f" {' '.join(phrase)} ", autoescape=True))
    if category_ids is not None:
        wanted = wanted.where(Practice.category_id.in_(category_ids))
    return session.scalars(
        wanted.order_by(Practice.published_at.desc(), Practice.id.desc()).limit(MOST)
    ).all()


def get_practice(session: Session, code: str, *, published: bool = True) -> Practice:
    """Return a practice of the library; unless `published`, also one that is being written."""
    practice = session.scalar(select(Practice).where(Practice.code == code))
    if practice is None or (published and practice.published_at is None):
        raise NotFound()
    return practice


@dataclass(frozen=True)
class Trial:
    """One pilot of a practice with what came of it."""

    pilot: Pilot
    measured: list[tuple[Indicator, Measured]]
    spent: int
    wanted: int
    unwanted: int
    harms: list[Effect]  # the unwanted ones, the gravest first
    decision: GateDecision | None  # the last one


def list_trials(session: Session, practice: Practice) -> list[Trial]:
    """Return the trials of a practice, begun or planned, the first place first; seven queries."""
    of_it = (Pilot.id == practice.pilot_id) | (Pilot.parent_id == practice.pilot_id)
    given_up = (Pilot.state == PilotState.STOPPED) & Pilot.started_at.is_(None)
    pilots = session.scalars(select(Pilot).where(of_it, ~given_up).order_by(Pilot.id)).all()
    ids = [pilot.id for pilot in pilots]
    effects, harms = count_shown(session, ids), list_harms(session, ids)
    sums = select(Spending.pilot_id, func.sum(Spending.amount)).where(Spending.pilot_id.in_(ids))
    spent = {row[0]: int(row[1]) for row in session.execute(sums.group_by(Spending.pilot_id))}
    decided = read_decisions(session, ids)
    indicators = list_indicators_of(session, pilots)
    values = read_values(session, indicators)
    return [
        Trial(
            pilot,
            [
                (i, _measure(pilot, i, values, list_rounds(decided[pilot.id])))
                for i in indicators
                if i.pilot_id == pilot.id
            ],
            spent.get(pilot.id, 0),
            effects.get((pilot.id, True), 0),
            effects.get((pilot.id, False), 0),
            [harm for harm in harms if harm.pilot_id == pilot.id],
            next(reversed(decided[pilot.id]), None),
        )
        for pilot in pilots
    ]


def _measure(pilot: Pilot, indicator: Indicator, values: Sequence[Value], rounds: Sequence[date]) -> Measured:
    return measure(pilot, indicator, [v for v in values if v.indicator_id == indicator.id], rounds)
