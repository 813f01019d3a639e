"""The circle around a point: what the public may know to lie in it."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.core.positions import box_around, metres_between
from portal.core.text import query_phrases
from portal.threads import listing
from portal.threads.actions import hide_words
from portal.threads.events import Actor
from portal.threads.listing import Sort, Wish, read_page
from portal.threads.models import Kind, Thread
from portal.threads.near import Near, find_near, read_near
from tests.communities.mapping import GATE, POSITIONS, put_on_map
from tests.factories import add_person, count_queries, directory, make_idea, make_report, person


def near(session: Session, metres: int = 500, text: str = "liu-1-gate") -> Wish:
    return Wish(Kind.REPORT, near=find_near(text, metres, directory(session)))


def found(session: Session, wish: Wish) -> set[str]:
    page = read_page(session, wish)
    assert page.count == len(page.lines)
    return {line.reference for line in page.lines}


def north_of_gate(metres: float) -> tuple[float, float]:
    return box_around(GATE, metres).north, GATE[1]


def east_of_gate(metres: float) -> tuple[float, float]:
    return GATE[0], box_around(GATE, metres).east


def test_pins_in_the_circle_are_found_and_no_others(session: Session) -> None:
    put_on_map(session)
    inside = [make_report(session, point=point) for point in (GATE, north_of_gate(495), east_of_gate(495))]
    make_report(session, point=north_of_gate(505))
    make_report(session, point=east_of_gate(505))
    corner = box_around(GATE, 400)
    make_report(session, point=(corner.north, corner.east))
    make_report(session)
    make_idea(session, point=GATE)
    assert found(session, near(session)) == {thread.reference for thread in inside}


def test_without_a_pin_the_named_place_counts(session: Session) -> None:
    put_on_map(session)
    gate = directory(session).place_codes["liu-1-gate"].id
    at_gate = make_report(session, spot_id=gate)
    make_report(session, spot_id=gate, point=north_of_gate(3000))
    assert found(session, near(session)) == {at_gate.reference}
    around_the_lane = near(session, 200, "liu-1")
    assert found(session, around_the_lane) == set()
    assert found(session, near(session, 500, "liu-1")) == {at_gate.reference}


def test_where_words_wait_or_are_hidden_nothing_is_told_of_the_place(session: Session) -> None:
    put_on_map(session)
    gate = directory(session).place_codes["liu-1-gate"].id
    stranger = add_person(session, "stranger", verified=False)
    make_report(session, author=stranger, point=GATE)
    make_report(session, author=stranger, spot_id=gate)
    make_report(session, private=True, point=GATE)
    hidden = make_report(session, point=GATE)
    hide_words(
        session, hidden, "A name.", by=Actor(person(session, "officer"), "officer"), now=hidden.created_at
    )
    session.flush()
    assert found(session, near(session)) == set()


def test_it_narrows_together_with_everything_else(session: Session) -> None:
    put_on_map(session)
    lamp = make_report(session, "The lamp is dark.", point=GATE)
    make_report(session, "A smell of gas.", point=GATE)
    make_report(session, "The lamp is dark.", point=north_of_gate(900))
    assert found(session, replace(near(session), phrases=query_phrases("lamp"))) == {lamp.reference}
    place = directory(session).place_codes["liu-2"].id
    assert found(session, replace(near(session), place_ids=[place])) == set()


@pytest.mark.parametrize("few", [1000, 2])
@pytest.mark.parametrize("sort", list(Sort))
def test_it_is_paged_by_key_however_many_there_are(
    session: Session, monkeypatch: pytest.MonkeyPatch, few: int, sort: Sort
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 4)
    monkeypatch.setattr(listing, "FEW", few)
    put_on_map(session)
    made = [make_report(session, point=north_of_gate(10 * i)) for i in range(10)]
    for i in range(10):
        make_report(session, point=north_of_gate(600 + i))
    wish, seen = replace(near(session), sort=sort), []
    page = read_page(session, wish)
    while True:
        seen += [line.reference for line in page.lines]
        if page.older is None:
            break
        page = read_page(session, wish, after=page.older)
    assert sorted(seen) == sorted(thread.reference for thread in made)


def test_it_takes_the_same_queries_whatever_there_is(app: Flask, session: Session) -> None:
    put_on_map(session)
    make_report(session, point=GATE)
    session.commit()
    with count_queries(app) as few:
        read_page(session, near(session))
    for i in range(20):
        make_report(session, point=north_of_gate(i))
    session.commit()
    with count_queries(app) as many:
        read_page(session, near(session))
    assert len(few) == len(many) <= 4


@given(
    st.floats(-75, 75),
    st.floats(-170, 170),
    st.sampled_from([200, 500, 1000, 2000]),
    st.floats(-1.2, 1.2),
    st.floats(-1.2, 1.2),
)
def test_flat_measuring_is_as_good_as_the_globe(
    latitude: float, longitude: float, metres: int, up: float, aside: float
) -> None:
    """The formula of the query, worked out here, against haversine; at the very edge either is right."""
    box = box_around((latitude, longitude), metres)
    there = latitude + up * (box.north - latitude), longitude + aside * (box.east - longitude)
    flat = metres * (up**2 + aside**2) ** 0.5
    assert flat == pytest.approx(metres_between((latitude, longitude), there), rel=0.005, abs=0.1)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("liu-1-gate", "liu-1-gate"),
        ("31.31, 120.61", "31.31000,120.61000"),
        ("yunhe", ""),  # it has no position
        ("nowhere", ""),
        ("91,0", ""),
        ("", ""),
    ],
)
def test_what_an_address_asks_for_is_a_known_place_or_a_point(session: Session, text: str, read: str) -> None:
    put_on_map(session)
    assert read_near(text, directory(session)) == read


def test_a_circle_knows_the_named_places_in_it(session: Session) -> None:
    put_on_map(session)
    gate = directory(session).place_codes["liu-1-gate"].id
    latitude, longitude = POSITIONS["liu-1"]
    assert find_near(f"{latitude},{longitude}", 500, directory(session)) == Near(
        (latitude, longitude), 500, (gate,)
    )
    assert find_near("", 500, directory(session)) is None


def test_a_thread_keeps_its_pin(session: Session) -> None:
    thread = make_report(session, point=GATE)
    session.commit()
    session.expire_all()
    kept = session.get_one(Thread, thread.id)
    assert (kept.latitude, kept.longitude) == GATE
