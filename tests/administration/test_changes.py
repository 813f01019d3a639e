"""Changing the set-up: nothing lost, each change on record."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.administration.actions import add_listed, move
from portal.administration.changes import change_row, difference, seen_mark, values_of
from portal.communities.directory import get_directory
from portal.communities.models import Department, DirectoryVersion, Place
from portal.core.errors import Conflict, Invalid
from portal.threads.events import ADMINISTRATION, Actor, find_broken_event
from tests.administration.filling import records
from tests.factories import NOW, person


def administrator(session: Session) -> Actor:
    return Actor(person(session, "administrator"), "administrator")


def construction(session: Session) -> Department:
    return session.scalars(select(Department).where(Department.code == "construction")).one()


def test_only_what_differs_is_recorded() -> None:
    before = {"names": {"en": "A", "zh-Hans": "甲"}, "answer_days": 3, "gone": 1}
    after = {"names": {"en": "B", "zh-Hans": "甲"}, "answer_days": 3}
    assert difference(before, after) == ({"names": {"en": "A"}, "gone": 1}, {"names": {"en": "B"}})


def test_a_change_is_recorded_with_before_and_after_and_told_to_every_process(session: Session) -> None:
    row, version = construction(session), session.scalar(select(DirectoryVersion.version)) or 0
    before = values_of(row, "names")
    wanted = {"names": before["names"] | {"en": "Building"}}
    change_row(session, row, wanted, seen=seen_mark(before), by=administrator(session), now=NOW)
    kind, data = records(session)[-1]
    assert (kind, data["what"]) == ("department.changed", ["department", row.id])
    assert (data["before"], data["after"]) == (
        {"names": {"en": before["names"]["en"]}},
        {"names": {"en": "Building"}},
    )
    assert get_directory(session).version == version + 1
    assert get_directory(session).departments[row.id].names["en"] == "Building"
    assert find_broken_event(session, ADMINISTRATION) is None


def test_nothing_changed_is_no_record_even_from_an_old_page(session: Session) -> None:
    row = construction(session)
    change_row(session, row, values_of(row, "names"), seen="old", by=administrator(session), now=NOW)
    assert records(session) == []


def test_what_somebody_else_changed_is_not_overwritten(session: Session) -> None:
    row, by = construction(session), administrator(session)
    seen = seen_mark(values_of(row, "names"))
    change_row(session, row, {"names": {"en": "First"}}, seen=seen, by=by, now=NOW)
    with pytest.raises(Conflict):
        change_row(session, row, {"names": {"en": "Second"}}, seen=seen, by=by, now=NOW)
    assert row.names == {"en": "First"}


def test_adding_twice_adds_once_and_a_taken_code_is_refused(session: Session) -> None:
    by = administrator(session)
    for _time in range(2):
        add_listed(session, Department, "fire", {"names": {"en": "Fire"}}, by=by, now=NOW)
    assert [kind for kind, _data in records(session)] == ["department.added"]
    with pytest.raises(Invalid):
        add_listed(session, Department, "fire", {"names": {"en": "Water"}}, by=by, now=NOW)


def test_positions_that_are_alike_are_told_apart_when_one_moves(session: Session) -> None:
    rows = list(session.scalars(select(Place).where(Place.code.in_(["liu-1", "liu-2"])).order_by(Place.id)))
    rows[0].position = rows[1].position = 4
    session.flush()
    seen = seen_mark({"order": [row.id for row in rows]})
    move(session, rows[1], rows, -1, seen=seen, by=administrator(session), now=NOW)
    directory = get_directory(session)
    street = directory.place_codes["liu"]
    assert [p.code for p in directory.children(street.id)] == ["liu-2", "liu-1"]
    assert records(session)[-1][1]["before"] == {"place": 2}
