import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.positions import (
    DEGREE_M,
    Box,
    box_around,
    degree_of_longitude,
    metres_between,
    parse_box,
    parse_point,
    write_box,
    write_point,
)

HERE = (31.3, 120.6)


@pytest.mark.parametrize(
    "text",
    [None, "", "31.3", "31.3,120.6,1", "91,0", "0,181", "nan,nan", "inf,0", "a,b", "31.3;120.6", "9" * 5000],
)
def test_what_is_no_point_on_earth_is_none(text: str | None) -> None:
    assert parse_point(text) is None


@given(st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
def test_a_point_written_and_read_is_the_same_to_a_metre(point: tuple[float, float]) -> None:
    read = parse_point(write_point(point))
    assert read is not None
    assert metres_between(point, read) < 1


@pytest.mark.parametrize("text", ["", "1,2,3", "2,1,1,2", "1,2,2,1", "-91,0,1,1", "nan,0,1,1"])
def test_what_is_no_box_is_none(text: str) -> None:
    assert parse_box(text) is None


def test_a_box_written_and_read_is_the_same() -> None:
    box = Box(31.3, 120.6, 31.327, 120.642)
    assert parse_box(write_box(box)) == box


def test_distances_are_those_of_the_globe() -> None:
    assert metres_between((0, 0), (1, 0)) == pytest.approx(111_195, abs=1)
    assert metres_between((60, 0), (60, 1)) == pytest.approx(55_597, abs=5)
    assert metres_between((48.8566, 2.3522), (51.5074, -0.1278)) == pytest.approx(343_556, rel=0.001)


@given(st.floats(-80, 80), st.floats(-170, 170), st.floats(100, 5000), st.floats(0, 2 * math.pi))
def test_the_box_around_a_point_holds_all_that_is_so_near(
    latitude: float, longitude: float, metres: float, way: float
) -> None:
    there = (
        latitude + 0.99 * metres * math.cos(way) / DEGREE_M,
        longitude + 0.99 * metres * math.sin(way) / degree_of_longitude(latitude),
    )
    assert box_around((latitude, longitude), metres).holds(there)


def test_a_box_knows_its_measure() -> None:
    assert box_around(HERE, 500).metres == pytest.approx((1000, 1000), rel=0.001)
    assert box_around(HERE, 500).middle == pytest.approx(HERE)
