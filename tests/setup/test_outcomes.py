"""The demo's pilots that have ended: stopped with lessons, and a practice that another place tries."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.storage import get_store
from portal.pilots.effects import Effect
from portal.pilots.gates import Gate, GateDecision, GateKind, Verdict
from portal.pilots.models import PilotState
from portal.pilots.practices import Practice
from portal.pilots.practices_queries import list_trials
from portal.setup.demo import load_demo
from tests.factories import NOW
from tests.setup.test_demo import nobody_advises


def test_one_pilot_was_stopped_and_one_is_tried_elsewhere(empty: Session) -> None:
    load_demo(empty, advise=nobody_advises, store=get_store(), now=NOW)
    decided = {d.verdict: d for d in empty.scalars(select(GateDecision))}
    assert decided[Verdict.STOP].lessons
    early = empty.scalars(select(Gate).where(Gate.kind == GateKind.EARLY)).one()
    assert decided[Verdict.STOP].gate_id == early.id
    practice = empty.scalars(select(Practice)).one()
    assert practice.published_at
    trials = list_trials(empty, practice)
    assert [t.pilot.state for t in trials] == [PilotState.SCALED, PilotState.RUNNING]
    assert all(t.measured[0][1].since for t in trials)
    assert len(trials[1].measured[0][1].latest) == 4  # of its second round
    assert len(empty.scalars(select(Effect)).all()) == 5
