"""The demo's pilots: a garden that has been tried for five weeks, and a square without cars, planned."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal.accounts.access import roles_at
from portal.accounts.models import Person, RoleName
from portal.core.dates import local_time
from portal.pilots.actions import plan_pilot, put_indicator, spend, start_pilot
from portal.pilots.filling import fill_pilot
from portal.pilots.models import Filled, Indicator, Pilot
from portal.pilots.values import Reading, enter_values
from portal.setup.cast import Cast
from portal.threads.actions import lock_thread
from portal.threads.models import Status, Thread

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
BEGAN, PLANNED = 5 * WEEK, 5 * WEEK + DAY  # ago
BESIDE = "shuxiang"
GARDEN = {
    "title": "池塘边的共享菜园",
    "if_we": "把池塘边的空地划成十二个格子，抽签给居民种菜",
    "then": "这块地上有人来、有人坐，不再荒着",
    "because": "自己种的地，人会常来看；人来了，邻居就会停下来说话",
    "partners": "南塘社区居委会、长者食堂、陶谷雨（登记员）",
    "budget": 4000,
}
VISITORS = {
    "name": "星期六下午在空地停留的人",
    "filled": Filled.ENTERED,
    "unit": "人",
    "direction": "up",
    "target": 30.0,
    "stop_at": 8.0,
}
REPORTS = {
    "name": "南塘社区的风险上报",
    "filled": Filled.REPORTS,
    "unit": "",
    "direction": "down",
    "target": 0.1,
    "stop_at": None,
}
BEFORE, SINCE = (11, 14, 12, 15, 13), (17, 22, 21, 26, 24)
THERE_BEFORE, THERE_SINCE = (16, 15, 18, 17, 16), (17, 16, 18, 17, 18)
SOURCE = "居委会每周六下午三点在现场数，两处同时数"
PAID = ((30, 1240, "水龙头和接管"), (28, 860, "竹篱笆"))

SQUARE = {
    "title": "Four Sundays without cars on the square",
    "if_we": "close the square to cars on four Sunday mornings",
    "then": "more people spend the morning there, and the river road copes with the cars",
    "because": "people stay where there is room, and the way round by the river takes two minutes",
    "partners": "The shops around the square, the choir, the ambulance station",
    "budget": 1500,
}
PEOPLE = {
    "name": "People on the square, Sundays at ten",
    "filled": Filled.ENTERED,
    "unit": "people",
    "direction": "up",
    "target": 100.0,
    "stop_at": 25.0,
}
PEOPLE_BEFORE = (41, 38, 52)


def try_out(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let the first idea that was decided so be tried for five weeks by now, and the next one be planned."""
    decided = [thread for thread in threads if thread.status == Status.PILOT]
    if len(decided) > 1:
        _try_garden(cast, decided[0], now)
        _plan_square(cast, decided[1], now)


def _try_garden(cast: Cast, thread: Thread, now: datetime) -> None:
    session, by = cast.session, cast.coordinator(thread)
    first, today = local_time(now - BEGAN).date(), local_time(now).date()
    pilot = _plan(cast, thread, GARDEN, first, 12 * WEEK, now=now - PLANNED)
    beside = cast.directory.place_codes[BESIDE].id
    days = {"baseline_from": first - 5 * WEEK, "baseline_until": first - DAY}
    visitors = _measure_by(cast, pilot, {**VISITORS, **days, "comparison_place_id": beside}, now - PLANNED)
    _measure_by(cast, pilot, {**REPORTS, **days, "comparison_place_id": None}, now - PLANNED)
    for place, before in ((False, BEFORE), (True, THERE_BEFORE)):
        _enter(cast, pilot, visitors, _weekly(first - 5 * WEEK, before), now=now - BEGAN, is_comparison=place)
    fill_pilot(session, thread, pilot, cast.directory, now=now - BEGAN)
    start_pilot(session, thread, pilot, today=first, seen=pilot.revision, by=by, now=now - BEGAN)
    for place, since in ((False, SINCE), (True, THERE_SINCE)):
        _enter(cast, pilot, visitors, _weekly(first, since), now=now, is_comparison=place)
    fill_pilot(session, thread, pilot, cast.directory, now=now)
    for ago, amount, what in PAID:
        paid = {"on_day": today - ago * DAY, "amount": amount, "what": what}
        spend(session, pilot, paid, seen=pilot.revision, by=by, now=now - ago * DAY)


def _plan_square(cast: Cast, thread: Thread, now: datetime) -> None:
    first = local_time(now).date() + 2 * WEEK
    pilot = _plan(cast, thread, SQUARE, first, 4 * WEEK, now=now - DAY)
    days = {"baseline_from": first - 8 * WEEK, "baseline_until": first - DAY, "comparison_place_id": None}
    people = _measure_by(cast, pilot, {**PEOPLE, **days}, now - DAY)
    readings = _weekly(first - 5 * WEEK, PEOPLE_BEFORE)
    _enter(cast, pilot, people, readings, now=now, source="Counted by hand from the clock tower")


def _plan(
    cast: Cast, thread: Thread, words: Mapping[str, Any], first: date, lasts: timedelta, *, now: datetime
) -> Pilot:
    values = {**words, "place_id": thread.place_id, "starts_on": first, "ends_on": first + lasts}
    values["owner_id"] = _owner(cast, thread).id
    lock_thread(cast.session, thread.id)
    return plan_pilot(cast.session, thread, values, by=cast.coordinator(thread), now=now)


def _owner(cast: Cast, thread: Thread) -> Person:
    """Return an officer who works at the place."""
    path = cast.directory.places[thread.place_id].path
    officers = (person for person in cast.staff if roles_at(person, path, RoleName.OFFICER))
    return next(officers)


def _measure_by(cast: Cast, pilot: Pilot, values: Mapping[str, Any], now: datetime) -> Indicator:
    thread = lock_thread(cast.session, pilot.thread_id)
    stamp: dict[str, Any] = {"seen": pilot.revision, "by": cast.coordinator(thread), "now": now}
    return put_indicator(cast.session, thread, pilot, None, {"category_id": None, **values}, **stamp)


def _enter(
    cast: Cast,
    pilot: Pilot,
    indicator: Indicator,
    readings: Sequence[Reading],
    *,
    now: datetime,
    is_comparison: bool = False,
    source: str = SOURCE,
) -> None:
    thread = lock_thread(cast.session, pilot.thread_id)
    enter_values(
        cast.session,
        thread,
        pilot,
        indicator,
        readings,
        source=source,
        is_comparison=is_comparison,
        today=local_time(now).date(),
        by=cast.coordinator(thread),
        now=now,
    )


def _weekly(first: date, values: Sequence[int]) -> list[Reading]:
    return [Reading(first + n * WEEK, float(value)) for n, value in enumerate(values)]
