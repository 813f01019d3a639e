"""What Linli counts for a pilot by itself: whole weeks, here and at the place beside."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.core.dates import begin_of, today
from portal.core.db import begin_write
from portal.core.outbox import handlers
from portal.pilots.filling import LEAST, fill_pilot
from portal.pilots.jobs import FILL_TOPIC
from portal.pilots.models import Indicator, Pilot
from portal.pilots.queries import list_indicators, read_values
from portal.pilots.rules import WEEK, whole_weeks
from portal.reports.models import Answer, Report, Verdict
from portal.threads.models import Status, Thread
from tests.factories import count_queries, directory, make_report, person
from tests.pilots import piloting
from tests.pilots.piloting import DAY, add_indicator, make_plan

HOUR = timedelta(hours=1)


def beginning(day: date) -> datetime:
    return begin_of(day) + 10 * HOUR


@pytest.fixture
def monday() -> date:
    """The first whole week of the eight before today."""
    return whole_weeks(today() - 8 * WEEK, today() - DAY)[0]


def plan_counted(session: Session, filled: str, **given: object) -> tuple[Thread, Pilot, Indicator]:
    thread, pilot = make_plan(session)
    given = {"filled": filled, "baseline_from": today() - 8 * WEEK, "unit": "", **given}
    return thread, pilot, add_indicator(session, thread, pilot, **given)


def fill(session: Session, thread: Thread, pilot: Pilot, later: timedelta = timedelta()) -> None:
    fill_pilot(session, thread, pilot, directory(session), now=beginning(today()) + later)


def read(session: Session, one: Indicator, *, there: bool = False) -> dict[date, float]:
    return {v.on_day: v.value for v in read_values(session, [one]) if v.is_comparison == there}


def test_reports_are_counted_by_week_public_and_private(session: Session, monday: date) -> None:
    thread, pilot, one = plan_counted(session, "reports")
    code = "roads-paving"
    one.category_id = directory(session).category_codes[code].id
    elsewhere = {"place_id": directory(session).place_codes["qiao-1"].id}
    make_report(session, category=code, now=beginning(monday))
    make_report(session, category=code, now=beginning(monday + 6 * DAY), private=True)
    make_report(session, category=code, now=beginning(monday + 7 * DAY))
    make_report(session, category="noise", now=beginning(monday))
    make_report(session, category=code, now=beginning(monday), **elsewhere)
    withdrawn = make_report(session, category=code, now=beginning(monday))
    withdrawn.status = Status.WITHDRAWN
    fill(session, thread, pilot)
    weeks = read(session, one)
    assert (weeks[monday], weeks[monday + WEEK], weeks[monday + 2 * WEEK]) == (2, 1, 0)
    assert all(day.weekday() == 0 and day + 6 * DAY < today() for day in weeks)


def test_the_place_beside_is_counted_too(session: Session, monday: date) -> None:
    beside = directory(session).place_codes["qiao"].id
    thread, pilot, one = plan_counted(session, "reports", comparison_place_id=beside)
    below = directory(session).place_codes["qiao-2"].id
    make_report(session, category="noise", now=beginning(monday), place_id=below)
    fill(session, thread, pilot)
    assert read(session, one, there=True)[monday] == 1
    assert read(session, one)[monday] == 0


def fixed(session: Session, came: datetime, hours: float) -> Thread:
    report = make_report(session, category="noise", now=came)
    report.status = Status.FIXED
    session.get_one(Report, report.id).fixed_at = came + hours * HOUR
    return report


def test_hours_to_fix_are_the_median_of_what_was_fixed_in_the_week(session: Session, monday: date) -> None:
    thread, pilot, one = plan_counted(session, "fix_time")
    for hours in (2, 4, 10, 30, 50):
        fixed(session, beginning(monday), hours)
    for hours in (1, 2, 3, 4):
        fixed(session, beginning(monday + WEEK), hours)
    fill(session, thread, pilot)
    assert read(session, one) == {monday: 10.0}


def test_content_is_the_share_of_answers(session: Session, monday: date) -> None:
    thread, pilot, one = plan_counted(session, "satisfaction")
    report = fixed(session, beginning(monday), 5)
    for number, answer in enumerate([Answer.YES, Answer.YES, Answer.YES, Answer.PARTLY, Answer.NO]):
        verdict = Verdict(thread_id=report.id, round=number, person_id=person(session, "neighbour").id)
        verdict.is_sender, verdict.answer, verdict.at = False, answer, beginning(monday + DAY)
        session.add(verdict)
    session.flush()
    fill(session, thread, pilot)
    assert read(session, one) == {monday: 60.0}
    assert LEAST == 5


def test_counting_again_changes_nothing_and_follows_what_changed(session: Session, monday: date) -> None:
    thread, pilot, one = plan_counted(session, "reports")
    report = make_report(session, category="noise", now=beginning(monday))
    fill(session, thread, pilot)
    first = read(session, one)
    fill(session, thread, pilot)
    assert read(session, one) == first
    report.status = Status.WITHDRAWN
    fill(session, thread, pilot)
    assert read(session, one) == {**first, monday: 0}


def test_after_the_start_only_what_comes_then_is_counted(session: Session, monday: date) -> None:
    thread, pilot, one = plan_counted(session, "reports")
    fill(session, thread, pilot)
    piloting.start(session, thread, pilot)
    make_report(session, category="noise", now=beginning(monday))
    later = whole_weeks(today(), today() + 3 * WEEK)[0]
    make_report(session, category="noise", now=beginning(later))
    fill(session, thread, pilot, 3 * WEEK)
    weeks = read(session, one)
    assert weeks[monday] == 0
    assert weeks[later] == 1
    assert one.baseline == 0


def test_a_week_that_lies_across_the_start_counts_to_neither(session: Session) -> None:
    thread, pilot, one = plan_counted(session, "reports")
    fill(session, thread, pilot)
    piloting.start(session, thread, pilot)
    fill(session, thread, pilot, 12 * WEEK)
    across = [day for day in read(session, one) if day < today() <= day + 6 * DAY]
    assert across == ([today()] if today().weekday() == 0 else [])


def test_the_night_counts_for_all_that_are_under_way(app: Flask, session: Session) -> None:
    for _n in range(2):
        plan_counted(session, "reports")
    session.commit()
    begin_write(session)
    with count_queries(app) as statements:
        handlers[FILL_TOPIC](session, {}, beginning(today()))
    assert len(statements) < 60
    pilots = [i for p in session.query(Pilot) for i in list_indicators(session, p)]
    assert all(read(session, one) for one in pilots)
