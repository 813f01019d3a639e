"""Reads of effects."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from portal.accounts.access import places_reached
from portal.accounts.models import Person, RoleName
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.pilots.effects import Effect, EffectState, Severity
from portal.pilots.models import Pilot

GRAVEST_FIRST = case(
    (Effect.severity == Severity.SEVERE, 0), (Effect.severity == Severity.NOTABLE, 1), else_=2
)
MOST = 200  # effects on a page; more would not be read


def list_shown(session: Session, pilot: Pilot, reader: Person | None = None) -> Sequence[Effect]:
    """Return what everybody may read of a pilot's effects and all of the reader's own, the gravest first."""
    seen: ColumnElement[bool] = Effect.state == EffectState.SHOWN
    if reader is not None:
        seen |= Effect.person_id.in_(records_of(reader)) & (Effect.state == EffectState.FIRST_LOOK)
    return _list(session, pilot, seen)


def list_all(session: Session, pilot: Pilot) -> Sequence[Effect]:
    """Return all effects of a pilot, for staff: the gravest first, then the newest."""
    return _list(session, pilot)


def _list(session: Session, pilot: Pilot, *wanted: ColumnElement[bool]) -> Sequence[Effect]:
    effects = select(Effect).where(Effect.pilot_id == pilot.id, *wanted)
    return session.scalars(effects.order_by(GRAVEST_FIRST, Effect.id.desc()).limit(MOST)).all()


def list_waiting(
    session: Session, person: Person, directory: Directory, limit: int = MOST
) -> list[tuple[Effect, Pilot]]:
    """Return the effects that wait for a first look by this coordinator, the gravest first."""
    places = places_reached(person, directory, RoleName.COORDINATOR)
    rows = session.execute(
        select(Effect, Pilot)
        .join(Pilot, Pilot.id == Effect.pilot_id)
        .where(Effect.state == EffectState.FIRST_LOOK, Pilot.place_id.in_(places))
        .order_by(GRAVEST_FIRST, Effect.id)
        .limit(limit)
    )
    return [(effect, pilot) for effect, pilot in rows]


def list_harms(session: Session, pilots: Collection[int]) -> Sequence[Effect]:
    """Return the unwanted effects of these pilots that everybody can read, the gravest first."""
    harms = select(Effect).where(
        Effect.pilot_id.in_(pilots), Effect.state == EffectState.SHOWN, ~Effect.is_wanted
    )
    return session.scalars(harms.order_by(GRAVEST_FIRST, Effect.id).limit(MOST)).all()


def count_shown(session: Session, pilots: Collection[int]) -> Mapping[tuple[int, bool], int]:
    """Return how many effects of each of these pilots everybody can read: (pilot, is it wanted) → number."""
    rows = session.execute(
        select(Effect.pilot_id, Effect.is_wanted, func.count())
        .where(Effect.pilot_id.in_(pilots), Effect.state == EffectState.SHOWN)
        .group_by(Effect.pilot_id, Effect.is_wanted)
    )
    return {(pilot_id, wanted): count for pilot_id, wanted, count in rows}
