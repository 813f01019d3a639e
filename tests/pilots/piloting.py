"""Pilots in tests: an idea to be tried, a plan for it, and what was measured before."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core.dates import today
from portal.ideas.actions import decide_idea
from portal.pilots.actions import change_pilot, plan_pilot, put_indicator, spend, start_pilot
from portal.pilots.models import Indicator, Pilot
from portal.pilots.queries import read_values
from portal.pilots.values import Reading, correct_value, enter_values
from portal.threads.events import Actor
from portal.threads.models import Status, Thread
from tests.factories import NOW, directory, make_idea, person

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SOURCE = "Counted at the gate"


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def make_idea_to_try(session: Session, text: str = "Let us paint the crossing.", **given: Any) -> Thread:
    idea = make_idea(session, text, **given)
    decide_idea(session, idea, Status.PILOT, "Worth a try.", by=coordinator(session), now=NOW)
    session.flush()
    return idea


def plan(session: Session, **given: Any) -> dict[str, Any]:
    """Return a plan that begins today and lasts for twelve weeks."""
    first = today()
    return {
        "place_id": directory(session).place_codes["liu-1"].id,
        "title": "A painted crossing",
        "if_we": "we paint the crossing yellow",
        "then": "fewer cars stop on it",
        "because": "drivers see it from afar",
        "starts_on": first,
        "ends_on": first + 12 * WEEK,
        "owner_id": person(session, "officer").id,
        "partners": "The school",
        "budget": 2000,
        **given,
    }


def indicator(**given: Any) -> dict[str, Any]:
    """Return what an indicator says: entered by hand, better when it falls, measured for six weeks before."""
    first = today()
    return {
        "name": "Cars on the crossing",
        "filled": "entered",
        "category_id": None,
        "unit": "cars a day",
        "direction": "down",
        "baseline_from": first - 6 * WEEK,
        "baseline_until": first - DAY,
        "target": 5.0,
        "stop_at": 15.0,
        "comparison_place_id": None,
        **given,
    }


def make_plan(session: Session, idea: Thread | None = None, **given: Any) -> tuple[Thread, Pilot]:
    thread = idea or make_idea_to_try(session)
    return thread, plan_pilot(session, thread, plan(session, **given), by=coordinator(session), now=NOW)


def add_indicator(session: Session, thread: Thread, pilot: Pilot, **given: Any) -> Indicator:
    stamp = {"seen": pilot.revision, "by": coordinator(session), "now": NOW}
    return put_indicator(session, thread, pilot, None, indicator(**given), **stamp)


def measure(
    session: Session,
    thread: Thread,
    pilot: Pilot,
    of: Indicator,
    values: dict[date, float],
    **given: Any,
) -> int:
    """Enter what was measured, as it stands on the last of these days or today."""
    readings = [Reading(day, value) for day, value in values.items()]
    stamp = {"source": SOURCE, "by": coordinator(session), "now": NOW}
    last = max(today(), *values)
    return enter_values(session, thread, pilot, of, readings, today=last, **stamp, **given)


def weekly(first: date, *values: float) -> dict[date, float]:
    return {first + n * WEEK: float(value) for n, value in enumerate(values)}


BEFORE = (10, 12, 9, 11, 10, 12)


def make_running(session: Session, **given: Any) -> tuple[Thread, Pilot, Indicator]:
    """Let a pilot begin today that has one indicator, whose mean before was 10.67."""
    thread, pilot = make_plan(session)
    one = add_indicator(session, thread, pilot, **given)
    measure(session, thread, pilot, one, weekly(one.baseline_from, *BEFORE))
    start(session, thread, pilot)
    return thread, pilot, one


def start(session: Session, thread: Thread, pilot: Pilot) -> None:
    by = coordinator(session)
    start_pilot(session, thread, pilot, today=today(), seen=pilot.revision, by=by, now=NOW)


def show_all(session: Session, names: dict[str, str], long: str) -> None:
    """Make one pilot that runs, changed and corrected, and one that is planned, for a look at every page."""
    thread, pilot, one = make_running(
        session, comparison_place_id=directory(session).place_codes["qiao-1"].id
    )
    by = coordinator(session)
    measure(session, thread, pilot, one, weekly(today(), 17, 9, 7, 6, 5))
    measure(session, thread, pilot, one, weekly(today(), 12, 11, 13, 12, 12), is_comparison=True)
    stamp: dict[str, Any] = {"by": by, "now": NOW}
    values = plan(session, partners=long, because=long)
    change_pilot(session, thread, pilot, values, seen=pilot.revision, reason=long, **stamp)
    first = read_values(session, [one])[0]
    correct_value(session, thread, pilot, first, 11.0, reason=long, **stamp)
    spend(
        session, pilot, {"on_day": today(), "amount": 1200, "what": long[:200]}, seen=pilot.revision, **stamp
    )
    _thread, planned = make_plan(session, starts_on=today() + 4 * WEEK, title=long[:120])
    names |= {"pilot": pilot.code, "indicator": str(one.id), "value": str(first.id)}
    names |= {"planned": planned.code, "piloted": thread.reference}
    names["to_plan"] = make_idea_to_try(session, long).reference
