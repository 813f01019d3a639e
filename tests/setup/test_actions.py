from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password, use_code
from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person, Role
from portal.administration.actions import remove_route
from portal.administration.changes import change_row, seen_mark, values_of
from portal.communities.directory import get_directory
from portal.communities.models import (
    Category,
    CategoryRoute,
    Department,
    DirectoryVersion,
    Drawing,
    Place,
)
from portal.communities.plan import plan_for
from portal.setup.actions import load_setup
from portal.setup.file import SetupError, SetupFile, read_setup_file
from portal.threads.events import ADMINISTRATION, Actor, find_broken_event, record_administration
from portal.threads.models import Event
from tests.factories import NOW, person

EXAMPLE = Path(__file__).parents[2] / "docs" / "setup-example.toml"


def setup_of(**tables: object) -> SetupFile:
    return SetupFile.model_validate(tables)


def person_entry(*roles: dict[str, str]) -> dict[str, object]:
    return {"email": "New@Example.org", "name": "New", "language": "en", "roles": list(roles)}


OFFICER = {"role": "officer", "place": "liu", "department": "construction"}
COORDINATOR = {"role": "coordinator", "place": "yunhe"}


def test_the_example_sets_up_an_empty_database(empty: Session) -> None:
    loaded = load_setup(empty, read_setup_file(EXAMPLE), now=NOW)
    directory = get_directory(empty)
    assert directory.full_name(directory.place_codes["first-lane-pond"].id) == "柳荫街道 › 一巷社区 › 池塘"
    assert len(directory.departments) == 11
    assert directory.category_codes["roads-paving"].answer_days == 2
    assert (
        directory.departments[directory.category_codes["rivers-irrigation"].department_id].code
        == "canal-office"
    )
    drainage, lane = directory.category_codes["drainage"], directory.place_codes["first-lane"]
    assert directory.department_for(drainage.id, lane.id).code == "canal-office"
    assert directory.department_for(drainage.id, directory.place_codes["willow"].id).code == "construction"
    assert [code.name for code in loaded.codes] == ["贺师傅", "沈主任", "管老师"]


def test_loading_it_again_changes_nothing(empty: Session) -> None:
    setup = read_setup_file(EXAMPLE)
    load_setup(empty, setup, now=NOW)
    before = [empty.scalar(select(func.count()).select_from(t)) for t in (Place, Role, OneTimeCode, Event)]
    version = empty.scalar(select(DirectoryVersion.version))
    again = load_setup(empty, setup, now=NOW + timedelta(days=1))
    assert not again.changes
    assert not again.codes
    assert before == [
        empty.scalar(select(func.count()).select_from(t)) for t in (Place, Role, OneTimeCode, Event)
    ]
    assert empty.scalar(select(DirectoryVersion.version)) == version


def test_what_the_file_does_not_mention_stays(session: Session) -> None:
    load_setup(session, setup_of(category=[{"code": "noise", "answer_days": 9}]), now=NOW)
    load_setup(session, setup_of(place=[{"code": "yunhe", "kind": "district", "name": "The canal"}]), now=NOW)
    district = session.scalars(select(Place).where(Place.code == "yunhe")).one()
    assert district.names["en"] == "The canal"
    assert district.emergency[0]["number"] == "119"
    assert session.scalars(select(Category.answer_days).where(Category.code == "noise")).one() == 9
    assert session.scalars(select(Place).where(Place.code == "liu-1-gate")).one()


def test_what_changed_is_told_and_kept_on_record_without_addresses(session: Session) -> None:
    loaded = load_setup(
        session,
        setup_of(
            place=[{"code": "liu-3", "kind": "community", "name": "Third Lane", "within": "liu"}],
            department=[{"code": "construction", "name": "Builders"}],
            person=[person_entry(OFFICER)],
        ),
        now=NOW,
    )
    assert [row.label for row in loaded.changes.added] == [
        "liu-3",
        "new@example.org",
        "officer new@example.org",
    ]
    assert [row.label for row in loaded.changes.changed] == ["construction"]
    event = session.scalars(select(Event).where(Event.stream == ADMINISTRATION)).one()
    assert ["place", session.scalar(select(Place.id).where(Place.code == "liu-3"))] in event.data["added"]
    assert "example.org" not in str(event.data)
    assert find_broken_event(session, ADMINISTRATION) is None


def test_every_process_learns_of_a_new_place(session: Session) -> None:
    assert "liu-3" not in get_directory(session).place_codes
    load_setup(
        session,
        setup_of(place=[{"code": "liu-3", "kind": "community", "name": "Third Lane", "within": "liu"}]),
        now=NOW,
    )
    assert "liu-3" in get_directory(session).place_codes


def test_a_new_colleague_signs_in_with_the_code(session: Session) -> None:
    loaded = load_setup(session, setup_of(person=[person_entry(OFFICER)]), now=NOW)
    person = use_code(session, loaded.codes[0].code, "hash", now=NOW + timedelta(days=1))
    assert person.email == "new@example.org"
    assert [(r.name, r.place.code) for r in person.roles] == [("officer", "liu")]


def test_a_code_is_made_once_unless_new_ones_are_wished(session: Session) -> None:
    setup = setup_of(person=[person_entry(OFFICER)])
    first = load_setup(session, setup, now=NOW).codes
    assert not load_setup(session, setup, now=NOW).codes
    second = load_setup(session, setup, now=NOW, new_codes=True).codes
    assert first[0].code != second[0].code


def test_nobody_with_a_password_gets_a_code(session: Session) -> None:
    setup = setup_of(person=[person_entry(OFFICER)])
    load_setup(session, setup, now=NOW)
    set_password(session, person_called(session), "a long enough password")
    assert not load_setup(session, setup, now=NOW, new_codes=True).codes


def person_called(session: Session, email: str = "new@example.org") -> Person:
    person = find_confirmed(session, email)
    assert person
    return person


def test_a_person_holds_exactly_the_roles_of_the_file(session: Session) -> None:
    load_setup(session, setup_of(person=[person_entry(OFFICER)]), now=NOW)
    moved = load_setup(session, setup_of(person=[person_entry(COORDINATOR)]), now=NOW)
    session.expire_all()
    assert [r.name for r in person_called(session).roles] == ["coordinator"]
    assert [row.kind for row in moved.changes.removed] == ["role"]
    load_setup(session, setup_of(person=[person_entry()]), now=NOW)
    session.expire_all()
    assert not person_called(session).is_staff


def test_a_resident_who_has_proven_the_address_becomes_staff(session: Session) -> None:
    entry = {"email": "resident@example.org", "name": "Resident", "roles": [COORDINATOR]}
    load_setup(session, setup_of(person=[entry]), now=NOW)
    assert session.scalar(select(func.count()).where(Person.email == "resident@example.org")) == 1
    assert person_called(session, "resident@example.org").language == "en"


def test_somebody_who_only_claims_the_address_gets_no_role(session: Session) -> None:
    session.add(Person(email="new@example.org", created_at=NOW))
    session.flush()
    load_setup(session, setup_of(person=[person_entry(COORDINATOR)]), now=NOW)
    claimed = session.scalars(select(Person).where(Person.email_confirmed_at.is_(None))).one()
    assert not claimed.is_staff


def test_a_place_cannot_be_moved(session: Session) -> None:
    with pytest.raises(SetupError, match="can't be moved"):
        load_setup(
            session,
            setup_of(place=[{"code": "liu-1", "kind": "community", "name": "Lane", "within": "qiao"}]),
            now=NOW,
        )


def test_an_unknown_code_is_told_before_anything_is_written(session: Session) -> None:
    setup = setup_of(
        department=[{"code": "construction", "name": "Builders"}],
        route=[{"categories": ["noise"], "place": "atlantis", "department": "construction"}],
    )
    with pytest.raises(SetupError, match="atlantis"):
        load_setup(session, setup, now=NOW)
    name = session.scalars(select(Department.names).where(Department.code == "construction")).one()
    assert name["en"] != "Builders"


def administrator(session: Session) -> Actor:
    return Actor(person(session, "administrator"), "administrator")


def test_what_was_changed_on_a_page_stays(session: Session) -> None:
    by, place = administrator(session), session.scalars(select(Place).where(Place.code == "liu")).one()
    before = values_of(place, "names")
    change_row(session, place, {"names": {"en": "Willows"}}, seen=seen_mark(before), by=by, now=NOW)
    setup = setup_of(
        place=[{"code": "liu", "kind": "street", "within": "yunhe", "name": "From the file"}],
        department=[{"code": "construction", "name": "Building office"}],
    )
    loaded = load_setup(session, setup, now=NOW)
    directory = get_directory(session)
    assert loaded.kept == ["liu"]
    assert directory.place_codes["liu"].names == {"en": "Willows"}
    assert directory.department_codes["construction"].names["en"] == "Building office"
    overwritten = load_setup(session, setup, now=NOW, overwrite=True)
    assert not overwritten.kept
    assert get_directory(session).place_codes["liu"].names["en"] == "From the file"


def test_a_rule_that_a_page_removed_does_not_come_back(session: Session) -> None:
    setup = setup_of(route=[{"categories": ["drainage"], "place": "liu", "department": "health"}])
    load_setup(session, setup, now=NOW)
    remove_route(session, session.scalars(select(CategoryRoute)).one(), by=administrator(session), now=NOW)
    assert load_setup(session, setup, now=NOW).kept == ["drainage at liu"]
    assert session.scalar(select(CategoryRoute)) is None


def test_roles_that_a_page_has_given_stay(session: Session) -> None:
    officer, by = person(session, "officer"), administrator(session)
    data = {"what": ["person", officer.id], "before": {}, "after": {}}
    record_administration(session, "person.role_granted", by=by, data=data, now=NOW)
    entry = {"email": "officer@example.org", "name": "officer", "roles": []}
    assert load_setup(session, setup_of(person=[entry]), now=NOW).kept == ["officer@example.org"]
    assert officer.roles


def mapped(**changes: object) -> SetupFile:
    spot = {"code": "gate", "name": "South Gate", "position": [31.31, 120.61]}
    lane = {"code": "liu-1", "kind": "community", "name": "First", "within": "liu", "spots": [spot]}
    return setup_of(place=[lane | {"position": [31.312, 120.612]} | changes])


def test_positions_and_plan_stay_where_a_file_is_silent(session: Session, tmp_path: Path) -> None:
    svg = tmp_path / "plan.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>')
    plan = {"file": str(svg), "south": 31.30, "west": 120.60, "north": 31.33, "east": 120.64}
    assert load_setup(session, mapped(plan=plan), now=NOW).changes
    assert not load_setup(session, mapped(plan=plan), now=NOW).changes
    load_setup(session, mapped(plan=None, position=None), now=NOW)
    known = get_directory(session)
    lane, gate = known.place_codes["liu-1"], known.place_codes["liu-1-gate"]
    assert (lane.latitude, gate.longitude) == (31.312, 120.61)
    shown = plan_for(known, gate.id)
    assert shown
    assert session.get_one(Drawing, shown.drawing).svg.startswith("<svg")
