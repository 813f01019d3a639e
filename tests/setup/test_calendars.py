"""Calendars in the setup file, and that of the demo."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.administration.calendars import RECORDED
from portal.administration.changes import change_row, remove_row, seen_mark, values_of
from portal.communities.directory import get_directory
from portal.communities.models import Calendar
from portal.setup.actions import load_setup
from portal.setup.days import local_day
from portal.setup.file import SetupFile
from portal.threads.events import Actor
from tests.factories import NOW, person
from tests.setup.test_actions import setup_of

LANE = {"code": "lane", "kind": "community", "name": "Lane"}
DAYS = ["2026-11-12 off 运河节 | 運河節 | Canal Day", "2026-11-14 work 补班"]


def with_calendar(**calendar: object) -> SetupFile:
    return setup_of(place=[LANE | {"calendar": {"days": DAYS} | calendar}])


def test_a_place_works_by_the_calendar_of_the_file(empty: Session) -> None:
    load_setup(empty, with_calendar(weekdays=["sun", "mon"], opens="09:00", closes="16:30"), now=NOW)
    directory = get_directory(empty)
    calendar = directory.calendar_for(directory.place_codes["lane"].id)
    assert calendar is not None
    assert (calendar.weekdays, calendar.day) == (frozenset({0, 6}), timedelta(hours=7.5))
    assert not calendar.is_working(date(2026, 11, 12))
    assert calendar.is_working(date(2026, 11, 14))


def test_loading_it_again_changes_nothing_and_another_one_is_told(empty: Session) -> None:
    first = load_setup(empty, with_calendar(), now=NOW)
    assert "of lane" in [row.label for row in first.changes.added]
    assert not load_setup(empty, with_calendar(), now=NOW).changes
    changed = load_setup(empty, with_calendar(opens="10:00"), now=NOW).changes
    assert [row.kind for row in changed.changed] == ["calendar"]
    assert len(empty.scalars(select(Calendar)).all()) == 1


def test_what_a_page_has_set_stays(session: Session) -> None:
    load_setup(session, with_calendar(), now=NOW)
    row = session.scalars(select(Calendar)).one()
    by = Actor(person(session, "administrator"), "administrator")
    seen = seen_mark(values_of(row, "opens"))
    change_row(session, row, {"opens": 600}, seen=seen, by=by, now=NOW)
    loaded = load_setup(session, with_calendar(opens="07:00"), now=NOW)
    assert (row.opens, loaded.kept) == (600, ["calendar of lane"])


def test_one_that_a_page_removed_does_not_come_back(session: Session) -> None:
    load_setup(session, with_calendar(), now=NOW)
    row, by = (
        session.scalars(select(Calendar)).one(),
        Actor(person(session, "administrator"), "administrator"),
    )
    remove_row(session, row, RECORDED, by=by, now=NOW)
    assert load_setup(session, with_calendar(), now=NOW).kept == ["calendar of lane"]
    assert session.scalar(select(Calendar)) is None
    load_setup(session, with_calendar(), now=NOW, overwrite=True)
    assert session.scalar(select(Calendar)) is not None


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ({"weekdays": []}, "weekdays are at least one of"),
        ({"weekdays": ["monday"]}, "weekdays are at least one of"),
        ({"weekdays": 3}, "weekdays are at least one of"),
        ({"opens": "half past"}, "a time is written as"),
        ({"opens": 8}, "a time is written as"),
        ({"opens": "17:00", "closes": "17:30"}, "work must end at least an hour"),
        ({"days": ["2026-02-30 off"]}, "There is no such day"),
        ({"days": ["some day"]}, "be read"),
        ({"hours": 3}, "Extra inputs"),
    ],
)
@pytest.mark.usefixtures("session")
def test_what_cannot_be_is_told(calendar: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        with_calendar(**calendar)


def test_the_demos_own_day_is_a_working_weekday_soon() -> None:
    for number in range(7):
        today = date(2026, 3, 2 + number)
        assert 3 <= (local_day(today) - today).days <= 5
        assert local_day(today).weekday() < 5
