"""What is noted of each week, what the pages of the work say, and to whom."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.communities.directory import raise_version
from portal.communities.models import Calendar, Place
from portal.core import clock
from portal.core.db import db
from portal.core.outbox import enqueue
from portal.core.worker import run_all
from portal.insight.jobs import NIGHT_TOPIC
from portal.insight.models import Strain, StrainKind, WeekLoad
from portal.insight.noting import monday_of, note_week
from portal.insight.strain import note_strains
from portal.insight.workload import read_departments, read_people, scope_of
from portal.privacy.erasure import empty
from portal.reports.actions import mark_fixed, start_work
from portal.threads.actions import note
from portal.threads.events import Actor
from portal.threads.models import Thread
from portal.triage.actions import assign
from tests.factories import (
    NOW,
    Browse,
    add_person,
    add_role,
    count_queries,
    directory,
    make_report,
    make_undecided,
    person,
)
from tests.triage.test_handing import add_staff

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with clock.frozen(NOW + DAY):
        yield


@pytest.fixture
def head(session: Session) -> Person:
    made = add_staff(session, "head", RoleName.HEAD, "yunhe", "construction")
    session.commit()
    return made


def night(session: Session, days: int = 1) -> None:
    """Let the job of the night run, so many days after that Monday."""
    enqueue(session, NIGHT_TOPIC, {}, now=NOW)
    session.commit()
    run_all(NOW + days * DAY)


def give(session: Session, thread: Thread, who: Person) -> None:
    assign(session, thread, who, by=Actor(person(session, "coordinator"), "coordinator"), now=NOW)


def sums(session: Session, *, person_id: int | None = None) -> dict[str, int]:
    rows = session.scalars(select(WeekLoad).where(WeekLoad.week == MONDAY)).all()
    mine = [r for r in rows if person_id is None or r.person_id == person_id]
    return {n: sum(getattr(r, n) or 0 for r in mine) for n in ("open", "late", "incoming", "done", "deeds")}


def test_a_week_is_counted_by_department_and_person(session: Session) -> None:
    officer = person(session, "officer")
    by = Actor(officer, "officer")
    given, fixed, unsorted = make_report(session), make_report(session), make_undecided(session)
    give(session, given, officer)
    start_work(session, given, by=by, now=NOW)  # has it already: comes to them once
    mark_fixed(session, fixed, "A new bulb.", by=by, now=NOW)
    night(session)
    assert sums(session, person_id=officer.id) == {"open": 1, "late": 0, "incoming": 1, "done": 1, "deeds": 2}
    works = read_departments(session, scope_of(person(session, "coordinator"), directory(session)), NOW)
    mine, desk = works[given.department_id], works[None]
    assert (mine.now.open, mine.lately.incoming, mine.lately.done) == (1, 2, 1)
    assert (desk.now.open, desk.now.oldest) == (1, unsorted.created_at)


def test_the_night_may_come_twice(session: Session) -> None:
    make_report(session)
    night(session)
    first = sums(session)
    night(session)
    assert sums(session) == first


def test_monday_nights_job_ends_the_week_before(session: Session) -> None:
    make_report(session)
    night(session, days=7)  # noon in Shanghai, but the week that is noted is still told by the evening before
    assert {row.week for row in session.scalars(select(WeekLoad))} >= {MONDAY}


def test_old_weeks_are_told_by_their_events_but_not_what_was_open(session: Session) -> None:
    make_report(session, now=NOW - 20 * DAY)
    night(session)
    weeks = read_departments(session, scope_of(person(session, "coordinator"), directory(session)), NOW)
    [work] = weeks.values()
    assert [(w.incoming, w.open) for w in work.weeks] == [(1, None), (0, None), (0, None), (0, 1)]


def test_after_twelve_weeks_it_is_forgotten(session: Session) -> None:
    make_report(session)
    session.add(Strain(week=MONDAY, person_id=person(session, "officer").id, kind=StrainKind.OFF_HOURS))
    night(session)
    night(session, days=7 * 12)
    assert sums(session)["incoming"] == 1
    night(session, days=7 * 13)
    assert session.scalars(select(WeekLoad).where(WeekLoad.week == MONDAY)).all() == []
    assert session.scalars(select(Strain)).all() == []


def test_what_is_done_at_night_is_off_hours_where_a_calendar_says_so(session: Session) -> None:
    officer = person(session, "officer")
    thread = make_report(session)
    for at in (NOW, NOW + timedelta(hours=10)):  # noon, and ten in the evening
        note(session, thread, "Seen.", by=Actor(officer, "officer"), now=at)
    note_week(session, MONDAY, directory(session), now=NOW + DAY)
    assert session.scalars(select(WeekLoad.outside).where(WeekLoad.person_id == officer.id)).one() == 0
    root = session.scalars(select(Place).where(Place.code == "yunhe")).one()
    session.add(Calendar(place_id=root.id, weekdays=[0, 1, 2, 3, 4], days={}))
    raise_version(session)
    note_week(session, MONDAY, directory(session), now=NOW + DAY)
    row = session.scalars(select(WeekLoad).where(WeekLoad.person_id == officer.id)).one()
    assert (row.deeds, row.outside) == (2, 1)


def load(session: Session, who: Person, week: date, open_: int, *, deeds: int = 0, outside: int = 0) -> None:
    place = directory(session).place_codes["liu-1"].id
    session.add(
        WeekLoad(
            week=week,
            place_id=place,
            person_id=who.id,
            open=open_,
            late=0,
            incoming=0,
            done=0,
            deeds=deeds,
            outside=outside,
        )
    )


def strain(session: Session, who: Person) -> None:
    """Let somebody have more each week, beside two colleagues who have little."""
    for back, number in enumerate((20, 15, 12, 8)):
        load(session, who, MONDAY - timedelta(weeks=back), number)
    for name in ("lan", "min"):
        load(session, add_staff(session, name, RoleName.OFFICER, "liu", "construction"), MONDAY, 5)
    session.flush()
    note_strains(session, MONDAY, directory(session))
    session.commit()


@pytest.mark.parametrize(
    ("name", "told"),
    [("head", True), ("coordinator", True), ("stranger", False), ("administrator", False)],
)
def test_too_much_is_found_and_told_to_those_who_can_do_something(
    session: Session, browse: Browse, head: Person, name: str, told: bool
) -> None:
    add_staff(session, "stranger", RoleName.HEAD, "yunhe", "health")
    strain(session, person(session, "officer"))
    [found] = session.scalars(select(Strain))
    assert (found.person_id, found.kind) == (person(session, "officer").id, StrainKind.MUCH_OPEN)
    session.commit()
    page = browse(name).get("/staff/workload?lang=en")
    assert page.status_code == 200
    assert ("officer has much more open than is usual" in page.text) is told


@pytest.mark.parametrize("name", ["officer", "coordinator", "administrator", "panellist"])
def test_the_person_is_told_kindly_on_their_first_page_and_nobody_else_on_theirs(
    session: Session, browse: Browse, name: str
) -> None:
    strain(session, person(session, "officer"))
    page = browse(name).get("/staff?lang=en").text
    assert ("You have much more open than is usual" in page) is (name == "officer")


def test_much_work_at_night_is_found(session: Session) -> None:
    officer = person(session, "officer")
    for back in (0, 1, 2):
        load(session, officer, MONDAY - timedelta(weeks=back), 3, deeds=20, outside=5 if back else 0)
    session.flush()
    note_strains(session, MONDAY, directory(session))
    assert [s.kind for s in session.scalars(select(Strain))] == [StrainKind.OFF_HOURS]


@pytest.mark.parametrize(
    ("name", "status"),
    [("officer", 200), ("head", 200), ("coordinator", 200), ("outsider", 404), ("lan", 404)],
)
def test_who_sees_one_persons_work(
    session: Session, browse: Browse, head: Person, name: str, status: int
) -> None:
    add_staff(session, "lan", RoleName.OFFICER, "liu", "construction")
    session.commit()
    number = person(session, "officer").id
    session.commit()
    assert browse(name).get(f"/staff/workload/{number}").status_code == status


@pytest.mark.parametrize("name", ["administrator", "panellist"])
def test_those_who_only_administer_or_judge_see_nobodys_work(browse: Browse, name: str) -> None:
    assert browse(name).get("/staff/workload/1").status_code == 403


def test_an_administrator_sees_departments_and_no_names(
    session: Session, browse: Browse, head: Person
) -> None:
    give(session, make_report(session), person(session, "officer"))
    session.commit()
    page = browse("administrator").get("/staff/workload?lang=en").text
    assert "By department" in page
    assert "By person" not in page
    assert not re.search(r"/staff/workload/\d", page)


def test_a_head_sees_the_own_department_only(session: Session, browse: Browse, head: Person) -> None:
    make_report(session)
    noise = make_report(session, "Drilling at night.", category="noise")
    session.commit()
    page = browse("head").get("/staff/workload?lang=en").text
    others = directory(session).departments[noise.department_id or 0].name
    assert "Housing" in page or "Construction" in page
    assert others not in page
    assert "Drilling at night." not in page


def test_every_picture_has_its_table(session: Session, browse: Browse) -> None:
    make_report(session)
    night(session)
    page = browse("coordinator").get("/staff/workload?lang=en").text
    assert len(re.findall(r'<svg viewBox="0 0 340 \d+" role="img" aria-label="[^"]+">', page)) == 2
    assert page.count("<table") >= 3
    assert "style=" not in page


def test_the_file_holds_each_week_of_each_department_and_nobodys_name(
    session: Session, browse: Browse
) -> None:
    give(session, make_report(session), person(session, "officer"))
    night(session)
    answer = browse("coordinator").get("/staff/workload/file?lang=en")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Department,Week from,Open,Late,Came,Done"
    assert lines[-1].split(",", 1)[1] == "2026-03-02,1,0,1,0"
    assert "officer" not in answer.text


def test_an_empty_neighbourhood_is_told_plainly(browse: Browse) -> None:
    assert "Nothing to show yet" in browse("coordinator").get("/staff/workload?lang=en").text


def test_it_goes_with_the_person(session: Session) -> None:
    officer = person(session, "officer")
    strain(session, officer)
    empty(session, [officer.id], now=NOW)
    assert session.scalars(select(WeekLoad).where(WeekLoad.person_id == officer.id)).all() == []
    assert session.scalars(select(Strain)).all() == []


def test_the_pages_cost_the_same_queries_whatever_the_rows(app: Flask, browse: Browse) -> None:
    counts: dict[str, list[int]] = {}
    for number in (1, 12):
        with app.app_context():
            session = db.session()
            for n in range(number):
                who = add_person(session, f"officer-{number}-{n}")
                role = person(session, "officer").roles[0]
                place = session.get_one(Place, role.place_id)
                add_role(session, who, RoleName.OFFICER, place, None)
                give(session, make_report(session), who)
            night(session)
            officer = person(session, "officer").id
        for name, address in (("coordinator", "/staff/workload"), ("officer", f"/staff/workload/{officer}")):
            client = browse(name)
            with count_queries(app) as statements:
                assert client.get(address).status_code == 200
            counts.setdefault(name, []).append(len(statements))
    assert counts["coordinator"][0] == counts["coordinator"][1] <= 18
    assert counts["officer"][0] == counts["officer"][1] <= 14


def test_people_are_read_wherever_they_work(session: Session) -> None:
    both = add_staff(session, "both", RoleName.COORDINATOR, "yunhe")
    place = directory(session).place_codes["qiao-1"].id
    give(session, make_report(session), both)
    give(session, make_report(session, place_id=place), both)
    session.flush()
    assert read_people(session, [both.id], NOW)[both.id].now.open == 2
    assert monday_of(NOW) == MONDAY
