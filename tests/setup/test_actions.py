from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actions import set_password, use_code
from portal.accounts.identity import find_confirmed
from portal.accounts.models import OneTimeCode, Person, Role
from portal.communities.directory import get_directory
from portal.communities.models import Category, Department, DirectoryVersion, Place
from portal.setup.actions import load_setup
from portal.setup.file import SetupError, SetupFile, read_setup_file
from portal.threads.events import ADMINISTRATION, find_broken_event
from portal.threads.models import Event
from tests.factories import NOW

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
