"""Reads of pilots."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, Role
from portal.communities.directory import Directory
from portal.pilots.models import Amendment, Indicator, Pilot, PilotState, Spending, Value
from portal.threads.models import IS_LISTED, Kind, Status, Thread

NEWEST = (Pilot.starts_on.desc(), Pilot.id.desc())
UNDER_WAY = (PilotState.PLANNED, PilotState.RUNNING)


def find_pilot(session: Session, code: str) -> Pilot | None:
    return session.scalar(select(Pilot).where(Pilot.code == code))


def find_public_pilot(session: Session, code: str) -> Pilot | None:
    """Return a pilot that everybody may see: one of an idea that is not hidden."""
    return session.scalar(_public().where(Pilot.code == code))


def list_public_pilots(session: Session) -> Sequence[Pilot]:
    """Return the pilots that everybody may see, the one that began or is to begin last first."""
    return session.scalars(_public().order_by(*NEWEST)).all()


def list_pilots(session: Session, places: Collection[int]) -> Sequence[Pilot]:
    """Return the pilots of these places, the one that began or is to begin last first."""
    return session.scalars(select(Pilot).where(Pilot.place_id.in_(places)).order_by(*NEWEST)).all()


def _public() -> Select[Pilot]:
    return select(Pilot).join(Thread, Thread.id == Pilot.thread_id).where(IS_LISTED)


def list_pilots_of(session: Session, thread: Thread) -> Sequence[Pilot]:
    """Return the pilots of an idea, in the order in which they were planned."""
    return session.scalars(select(Pilot).where(Pilot.thread_id == thread.id).order_by(Pilot.id)).all()


def list_under_way(session: Session) -> Sequence[Pilot]:
    """Return the pilots for which something is measured."""
    return session.scalars(select(Pilot).where(Pilot.state.in_(UNDER_WAY)).order_by(Pilot.id)).all()


def list_unplanned(session: Session, places: Collection[int]) -> Sequence[Thread]:
    """Return the ideas of these places that are to be piloted and have no plan yet, the oldest first."""
    planned = select(Pilot.id).where(Pilot.thread_id == Thread.id)
    wanted = select(Thread).where(
        Thread.kind == Kind.IDEA,
        Thread.status == Status.PILOT,
        IS_LISTED,
        Thread.place_id.in_(places),
        ~planned.exists(),
    )
    return session.scalars(wanted.order_by(Thread.id)).all()


def list_indicators(session: Session, pilot: Pilot) -> Sequence[Indicator]:
    """Return what the pilot is measured by, in order."""
    return list_indicators_of(session, [pilot])


def list_indicators_of(session: Session, pilots: Sequence[Pilot]) -> Sequence[Indicator]:
    """Return the indicators of all these pilots, those of each in order."""
    mine = select(Indicator).where(Indicator.pilot_id.in_([pilot.id for pilot in pilots]))
    return session.scalars(mine.order_by(Indicator.pilot_id, Indicator.position, Indicator.id)).all()


def read_values(session: Session, indicators: Sequence[Indicator]) -> Sequence[Value]:
    """Return what was measured for these indicators, by day."""
    wanted = select(Value).where(Value.indicator_id.in_([each.id for each in indicators]))
    return session.scalars(wanted.order_by(Value.on_day, Value.id)).all()


def list_amendments(session: Session, pilot: Pilot) -> Sequence[Amendment]:
    """Return what was changed since the start, in order."""
    return session.scalars(
        select(Amendment).where(Amendment.pilot_id == pilot.id).order_by(Amendment.id)
    ).all()


def list_spendings(session: Session, pilot: Pilot) -> Sequence[Spending]:
    """Return what was spent, by day."""
    mine = select(Spending).where(Spending.pilot_id == pilot.id)
    return session.scalars(mine.order_by(Spending.on_day, Spending.id)).all()


def list_candidates(session: Session, directory: Directory, place_id: int) -> Mapping[int, str]:
    """Return who of the staff of a place, or of one above it, can be responsible, by name."""
    above = [place.id for place in directory.ancestors(place_id)]
    holders = select(Role.person_id).where(Role.place_id.in_(above))
    people = select(Person).where(Person.id.in_(holders), ~Person.is_blocked, Person.erased_at.is_(None))
    name = func.coalesce(Person.name, "")
    return {p.id: p.name or (p.email or "") for p in session.scalars(people.order_by(name, Person.id))}
