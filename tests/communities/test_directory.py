from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.actions import put_place, put_route
from portal.communities.directory import get_directory, raise_version
from portal.communities.models import Category, Department, Place, PlaceKind
from tests.factories import directory


def place(session: Session, code: str) -> Place:
    return session.scalars(select(Place).where(Place.code == code)).one()


def category(session: Session, code: str) -> Category:
    return session.scalars(select(Category).where(Category.code == code)).one()


def department(session: Session, code: str) -> Department:
    return session.scalars(select(Department).where(Department.code == code)).one()


def department_at(session: Session, code: str, place_code: str) -> str:
    known = directory(session)
    found = known.department_for(known.category_codes[code].id, known.place_codes[place_code].id)
    return found.code


def test_a_category_goes_to_its_default_department(session: Session) -> None:
    assert department_at(session, "noise", "liu-1") == "environment"


def test_the_nearest_place_with_a_rule_decides(session: Session) -> None:
    noise = category(session, "noise")
    put_route(session, noise, place(session, "yunhe"), department(session, "emergency"))
    put_route(session, noise, place(session, "liu"), department(session, "community-affairs"))
    raise_version(session)
    assert department_at(session, "noise", "liu-1") == "community-affairs"
    assert department_at(session, "noise", "qiao-1") == "emergency"


def test_a_route_put_again_replaces_the_one_before(session: Session) -> None:
    noise = category(session, "noise")
    for code in ("emergency", "transport"):
        put_route(session, noise, place(session, "liu"), department(session, code))
    raise_version(session)
    assert department_at(session, "noise", "liu-2") == "transport"


def test_everything_below_a_place_is_within_it(session: Session) -> None:
    known = directory(session)
    within = {known.places[i].code for i in known.within(known.place_codes["liu"].id)}
    assert within == {"liu", "liu-1", "liu-2", "liu-1-gate"}


def test_a_community_without_emergency_lines_has_those_above_it(session: Session) -> None:
    known = directory(session)
    lines = known.emergency_lines(known.place_codes["liu-1-gate"].id)
    assert [line["number"] for line in lines] == ["119"]


def test_a_change_is_seen_once_the_version_is_raised(session: Session) -> None:
    before = directory(session)
    put_place(
        session,
        code="liu-3",
        kind=PlaceKind.COMMUNITY,
        parent=place(session, "liu"),
        names={"en": "Third Lane"},
        position=9,
    )
    assert get_directory(session) is before
    raise_version(session)
    after = get_directory(session)
    assert after.place_codes["liu-3"].name == "Third Lane"
    assert "liu-3" not in before.place_codes


def test_putting_a_place_again_changes_its_name_and_nothing_else(session: Session) -> None:
    gate = place(session, "liu-1-gate")
    again = put_place(
        session,
        code="liu-1-gate",
        kind=PlaceKind.SPOT,
        parent=place(session, "liu-1"),
        names={"en": "Old South Gate"},
        position=1,
    )
    assert (again.id, again.path) == (gate.id, gate.path)
    assert again.names == {"en": "Old South Gate"}
