"""What is done with practices: drafted from a pilot's facts, edited, published, taken up elsewhere."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import PlaceEntry
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import current_language
from portal.core.i18n import gettext as _
from portal.core.text import search_tokens
from portal.pilots.actions import plan_pilot
from portal.pilots.concerned import note
from portal.pilots.models import Indicator, Pilot, PilotState
from portal.pilots.practices import TEXTS, Practice
from portal.pilots.queries import UNDER_WAY
from portal.threads.events import Actor
from portal.threads.models import Thread

PLAN = ("title", "if_we", "then", "because", "budget")  # what is the same at another place
MEASURE = ("position", "name", "filled", "category_id", "unit", "direction", "target", "stop_at")


def draft_practice(
    session: Session, thread: Thread, pilot: Pilot, facts: Mapping[str, str], *, by: Actor, now: datetime
) -> Practice | None:
    """Begin to write down what a scaled pilot has shown, from its facts; only staff see it yet.

    None for the trial of a practice that there is already: its results stand there. Done again, it is the
    same one.
    """
    if pilot.state != PilotState.SCALED:
        raise Conflict(_("This can't be done any more: the matter has moved on."))
    known = find_of_pilot(session, pilot)
    if known is not None or (pilot.parent_id and _of(session, pilot.parent_id)):
        return known
    practice = Practice(
        code=pilot.code,
        pilot_id=pilot.id,
        place_id=pilot.place_id,
        category_id=thread.category_id,
        title=pilot.title,
        **facts,
        language=current_language(),
        created_by_id=by.id,
        created_at=now,
        changed_at=now,
    )
    session.add(practice)
    _make_findable(practice)
    session.flush()
    return practice


def find_of_pilot(session: Session, pilot: Pilot) -> Practice | None:
    """Return the practice that a pilot led to, or that it is a trial of, or None."""
    own = _of(session, pilot.id)
    return own or (_of(session, pilot.parent_id) if pilot.parent_id else None)


def _of(session: Session, pilot_id: int) -> Practice | None:
    return session.scalar(select(Practice).where(Practice.pilot_id == pilot_id))


def change_practice(
    session: Session, practice: Practice, values: Mapping[str, str | int | None], *, seen: int, now: datetime
) -> None:
    """Change what a practice says. Conflict if somebody said something else since it was seen."""
    session.refresh(practice, with_for_update=True)
    if all(getattr(practice, name) == value for name, value in values.items()):
        return
    if practice.revision != seen:
        raise Conflict(_("Someone else changed this while you were reading it."))
    practice.revision += 1
    for name, value in values.items():
        setattr(practice, name, value)
    practice.language, practice.changed_at = current_language(), now
    _make_findable(practice)
    session.flush()


def publish_practice(
    session: Session, thread: Thread, pilot: Pilot, practice: Practice, *, by: Actor, now: datetime
) -> None:
    """Put the practice into the library. Invalid while it doesn't say what it is and how to repeat it."""
    if practice.published_at is not None:
        return
    if not (practice.problem and practice.what and practice.how_to):
        raise Invalid(_("Before others see it, write the problem, what worked, and how to repeat it."))
    practice.published_at = now
    note(session, thread, pilot, "practice.published", by=by, now=now)


def _make_findable(practice: Practice) -> None:
    said = " \n ".join([practice.title, *(getattr(practice, name) or "" for name in TEXTS)])
    practice.words = f" {' '.join(search_tokens(said))} "


def take_up(
    session: Session,
    thread: Thread,
    practice: Practice,
    place: PlaceEntry,
    *,
    starts_on: date,
    ends_on: date,
    by: Actor,
    now: datetime,
) -> Pilot:
    """Plan a pilot of the practice at another place, with the first one's plan and what it measured.

    What was measured before belongs to the other place, and is asked anew. Invalid for days in the wrong
    order, Conflict where the place has such a trial planned or running.
    """
    first = session.get_one(Pilot, practice.pilot_id)
    there = select(Pilot).where(
        Pilot.place_id == place.id,
        (Pilot.parent_id == first.id) | (Pilot.id == first.id),
        Pilot.state.in_(UNDER_WAY),
    )
    known = session.scalars(there.limit(1)).first()
    days = (starts_on, ends_on)
    if known and (known.created_by_id, known.starts_on, known.ends_on) == (by.id, *days):
        return known  # the form came twice
    if known:
        raise Conflict(_("This place is trying it already."))
    plan = {name: getattr(first, name) for name in PLAN}
    values = {**plan, "starts_on": starts_on, "ends_on": ends_on, "place_id": place.id, "owner_id": by.id}
    pilot = plan_pilot(session, thread, values, by=by, now=now, parent=first)
    _copy_indicators(session, first, pilot)
    return pilot


def _copy_indicators(session: Session, first: Pilot, pilot: Pilot) -> None:
    """Measure the same over as many days before the start, without the first place's numbers."""
    for one in session.scalars(select(Indicator).where(Indicator.pilot_id == first.id)).all():
        before = one.baseline_until - one.baseline_from
        until = date.fromordinal(pilot.starts_on.toordinal() - 1)
        copied = {name: getattr(one, name) for name in MEASURE}
        session.add(
            Indicator(
                pilot_id=pilot.id, baseline_from=until - before, baseline_until=until, baseline=None, **copied
            )
        )
    session.flush()
