"""What was measured: entered by hand or from a file, corrected with a reason, and told when it matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.pilots.amending import Change, amend
from portal.pilots.concerned import all_concerned, note
from portal.pilots.models import Filled, Indicator, Pilot, Value
from portal.pilots.queries import read_values
from portal.pilots.rules import COUNTED, is_crossed, is_reached, permits
from portal.pilots.series import baseline_of, measure
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import SYSTEM, Actor
from portal.threads.models import Thread


@dataclass(frozen=True)
class Reading:
    """One value as it was typed or stood in a line of a file (0: typed)."""

    on_day: date
    value: float
    line: int = 0


def enter_values(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    indicator: Indicator,
    readings: Sequence[Reading],
    *,
    source: str,
    is_comparison: bool = False,
    today: date,
    by: Actor,
    now: datetime,
) -> int:
    """Keep what was measured, all of it or nothing; return how many are new.

    The same value for the same day again changes nothing; another one is refused: it is corrected, with
    a reason. Raises Invalid that names the line. The pilot is locked.
    """
    refuse_unless(permits(pilot, "measure") and indicator.filled == Filled.ENTERED)
    known = {v.on_day: v.value for v in read_values(session, [indicator]) if v.is_comparison == is_comparison}
    new: dict[date, float] = {}
    for reading in readings:
        _need_fitting(pilot, indicator, reading, {**known, **new}, today)
        if reading.on_day not in known:
            new[reading.on_day] = reading.value
    session.add_all(
        Value(
            indicator_id=indicator.id,
            is_comparison=is_comparison,
            on_day=day,
            value=value,
            source=source,
            by_id=by.id,
            at=now,
        )
        for day, value in new.items()
    )
    session.flush()
    follow_values(session, thread, pilot, indicator, now=now)
    return len(new)


def _need_fitting(
    pilot: Pilot, indicator: Indicator, reading: Reading, known: Mapping[date, float], today: date
) -> None:
    there = known.get(reading.on_day)
    if there is not None and there != reading.value:
        raise Invalid(_at(reading, _("There is another value for this day. Correct that one instead.")))
    if reading.on_day > today:
        raise Invalid(_at(reading, _("This day is still to come.")))
    is_closed = pilot.is_locked and indicator.baseline is not None and reading.on_day < pilot.starts_on
    if is_closed and there is None:
        raise Invalid(_at(reading, _("What was measured before the start is closed since then.")))


def _at(reading: Reading, problem: str) -> str:
    return _("Line %(line)s: %(problem)s", line=reading.line, problem=problem) if reading.line else problem


def correct_value(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    value: Value,
    right: float | None,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Put another number in the place of one that was wrong, or take it out (None); everybody can read why.

    What belongs to the baseline changes it. The pilot is locked.
    """
    need_reason(reason)
    indicator = session.get_one(Indicator, value.indicator_id)
    refuse_unless(permits(pilot, "measure") and indicator.filled == Filled.ENTERED)
    where = "comparison_value" if value.is_comparison else "value"
    change = Change(pilot, indicator, reason)
    amend(session, change, f"{where} {value.on_day.isoformat()}", value.value, right, by=by, now=now)
    if right is None:
        session.delete(value)
    else:
        value.value, value.by_id, value.at = right, by.id, now
    session.flush()
    if indicator.baseline is not None:
        baseline = baseline_of(indicator, read_values(session, [indicator]))
        if baseline is None:
            raise Invalid(_("Without this value nothing would be known of the time before."))
        if baseline != indicator.baseline:
            amend(session, change, "baseline", indicator.baseline, baseline, by=by, now=now)
            indicator.baseline = baseline
    follow_values(session, thread, pilot, indicator, now=now)


def forget_counts(session: Session, indicator: Indicator, values: Mapping[str, Any]) -> None:
    """Before the start: drop what was counted of something else than these values say.

    Invalid where somebody entered it: nobody's work is thrown away, another indicator can be added.
    """
    changed = {name for name in COUNTED[:3] if getattr(indicator, name) != values[name]}
    everywhere = bool(changed - {"comparison_place_id"})
    gone = [v for v in read_values(session, [indicator]) if changed and (everywhere or v.is_comparison)]
    if gone and indicator.filled == Filled.ENTERED:
        raise Invalid(_("There are values entered already. Add another indicator instead."))
    for value in gone:
        session.delete(value)
    session.flush()


def follow_values(
    session: Session, thread: Thread, pilot: Pilot, indicator: Indicator, *, now: datetime
) -> None:
    """Tell when the target is reached or the stop threshold is crossed: each once, until the bounds change.

    The baseline of an indicator that joined a running pilot is closed with the first value since the start.
    """
    values = read_values(session, [indicator])
    since = [*measure(pilot, indicator, values).since.values()]
    if since and indicator.baseline is None:
        indicator.baseline = baseline_of(indicator, values)
    if indicator.reached_at is None and is_reached(since, indicator.target, indicator.direction):
        indicator.reached_at = now
        _tell(session, thread, pilot, indicator, "pilot.reached", now=now)
    if indicator.crossed_at is None and is_crossed(since, indicator.stop_at, indicator.direction):
        indicator.crossed_at = now
        _tell(session, thread, pilot, indicator, "pilot.crossed", now=now)
    session.flush()


def _tell(
    session: Session, thread: Thread, pilot: Pilot, indicator: Indicator, kind: str, *, now: datetime
) -> None:
    concerned = all_concerned(session, pilot, get_directory(session))
    about = {"indicator": indicator.name}
    note(session, thread, pilot, kind, by=SYSTEM, now=now, tell=concerned, data=about)


def tell_kept(number: int) -> str:
    """Return how many values were kept."""
    if not number:
        return _("Nothing new: these values were there already.")
    return ngettext("%(num)s value is kept.", "%(num)s values are kept.", number)
