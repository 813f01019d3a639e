import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.actions import put_plan
from portal.communities.directory import raise_version
from portal.communities.models import Drawing, Place
from portal.communities.plan import (
    community_at,
    named_places_near,
    nearest,
    plan_at,
    plan_for,
    plans_in_use,
)
from portal.core.positions import Box
from tests.communities.mapping import BOUNDS, GATE, POSITIONS, SVG, put_on_map
from tests.factories import NOW, directory

INNER = Box(31.309, 120.608, 31.314, 120.616)


def place(session: Session, code: str) -> Place:
    return session.scalars(select(Place).where(Place.code == code)).one()


def test_without_plans_there_are_none(session: Session) -> None:
    known = directory(session)
    assert plans_in_use(known) == []
    assert plan_for(known, None) is None
    assert plan_at(known, GATE) is None


def test_a_place_is_shown_on_its_own_plan_else_on_the_one_above(session: Session) -> None:
    put_on_map(session)
    put_plan(session, place(session, "liu-1"), SVG.replace("#fff", "#000"), INNER)
    raise_version(session)
    known = directory(session)
    bounds = {
        code: getattr(plan_for(known, known.place_codes[code].id), "bounds", None)
        for code in ("liu-1-gate", "liu-1", "liu-2", "yunhe")
    }
    assert bounds == {"liu-1-gate": INNER, "liu-1": INNER, "liu-2": BOUNDS, "yunhe": BOUNDS}
    assert [plan.bounds for plan in plans_in_use(known)] == [BOUNDS, INNER]


def test_a_point_is_shown_on_the_smallest_plan_that_holds_it(session: Session) -> None:
    put_on_map(session)
    put_plan(session, place(session, "liu-1"), SVG.replace("#fff", "#000"), INNER)
    raise_version(session)
    known = directory(session)
    found = [plan_at(known, point) for point in (GATE, POSITIONS["liu-2"], (31.2, 120.6))]
    assert [plan and plan.bounds for plan in found] == [INNER, BOUNDS, None]


def test_one_drawing_is_kept_once(session: Session) -> None:
    put_on_map(session)
    put_on_map(session)
    assert len(session.scalars(select(Drawing)).all()) == 1


def test_the_plan_of_a_retired_place_is_not_used(session: Session) -> None:
    put_on_map(session)
    place(session, "yunhe").retired_at = NOW
    raise_version(session)
    assert plans_in_use(directory(session)) == []


def test_the_nearest_place_is_found_with_its_distance(session: Session) -> None:
    put_on_map(session)
    found = nearest(directory(session).places.values(), (31.3101, 120.610))
    assert found
    assert found[0].code == "liu-1-gate"
    assert found[1] == pytest.approx(11.1, abs=0.1)
    assert nearest(directory(session).places.values(), (48.0, 2.0)) is None


@pytest.mark.parametrize(
    ("point", "code"),
    [((31.3099, 120.6101), "liu-1"), ((31.312, 120.629), "liu-2"), ((31.321, 120.612), "qiao-1")],
)
def test_a_point_lies_in_the_community_of_what_is_nearest(
    session: Session, point: tuple[float, float], code: str
) -> None:
    put_on_map(session)
    community = community_at(directory(session), point)
    assert community
    assert community.code == code


def test_named_places_near_are_those_within_the_distance(session: Session) -> None:
    put_on_map(session)
    known = directory(session)
    gate = known.place_codes["liu-1-gate"].id
    assert named_places_near(known, POSITIONS["liu-1"], 300) == [gate]
    assert named_places_near(known, POSITIONS["liu-1"], 200) == []
