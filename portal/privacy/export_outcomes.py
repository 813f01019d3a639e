"""What somebody told of pilots, and how they judged them, for the file of what is kept about them."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.pilots.effects import Effect
from portal.pilots.gates import Evaluator, Gate, Opinion
from portal.pilots.models import Pilot


def list_effects(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return what the person told of the effects of pilots, in their words."""
    rows = session.execute(
        select(Pilot.code, Effect)
        .join(Pilot, Pilot.id == Effect.pilot_id)
        .where(Effect.person_id.in_(own))
        .order_by(Effect.id)
    )
    return [
        {
            "pilot": code,
            "wanted": effect.is_wanted,
            "severity": effect.severity,
            "text": effect.text,
            "touches": effect.touched,
            "evidence": effect.evidence,
            "photo": effect.photo_key is not None,
            "seen_by_others": effect.is_shown,
            "hidden_because": effect.hidden_reason or None,
            "at": effect.at.isoformat(),
        }
        for code, effect in rows
    ]


def list_judging(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return which pilots the person was asked to judge, and what they declared and said."""
    said = session.execute(
        select(Gate.pilot_id, Opinion)
        .join(Gate, Gate.id == Opinion.gate_id)
        .where(Opinion.person_id.in_(own))
        .order_by(Opinion.id)
    ).all()
    asked = session.execute(
        select(Pilot.code, Evaluator)
        .join(Pilot, Pilot.id == Evaluator.pilot_id)
        .where(Evaluator.person_id.in_(own))
        .order_by(Evaluator.id)
    )
    return [
        {
            "pilot": code,
            "for": seat.body,
            "asked": seat.asked_at.isoformat(),
            "declared": seat.declared_at and seat.declared_at.isoformat(),
            "interest": seat.interest,
            "opinions": [
                {"advice": o.advice, "text": o.text, "at": o.at.isoformat()}
                for pilot_id, o in said
                if pilot_id == seat.pilot_id
            ],
        }
        for code, seat in asked
    ]
