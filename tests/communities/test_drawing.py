import re

import pytest

from portal.communities.drawing import MOST_BYTES, draw_piece, piece_around, read_drawing
from portal.core.positions import Box, metres_between
from tests.communities.mapping import BOUNDS, GATE, SVG

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 4 3"'


@pytest.mark.parametrize(
    ("drawing", "fault"),
    [
        (b"\x89PNG\r\n", "no SVG"),
        (b"<html></html>", "no SVG"),
        (b"<svg>", "no SVG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "viewBox"),
        (f"{HEAD}><script>alert(1)</script></svg>".encode(), "script"),
        (f'{HEAD} onload="alert(1)"/>'.encode(), "onload"),
        (f'{HEAD}><a xlink:href="https://example.org/"/></svg>'.encode(), "a link to"),
        (f'{HEAD}><image href="https://example.org/a.png"/></svg>'.encode(), "a link to"),
        (f'{HEAD}><image href="data:text/html,x"/></svg>'.encode(), "a link to"),
        (f"{HEAD}><foreignObject/></svg>".encode(), "foreignobject"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}>&a;</svg>'.encode(), "entities"),
        (b"x" * (MOST_BYTES + 1), "2 MB"),
    ],
)
def test_what_is_no_harmless_drawing_is_refused(drawing: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_drawing(drawing)


def test_a_drawing_is_kept_so_that_it_fills_its_bounds() -> None:
    kept = read_drawing(SVG.replace("viewBox", 'width="9" height="9" viewBox').encode())
    assert re.match(r'<svg [^>]*viewBox="0 0 400 300" preserveAspectRatio="none">', kept)
    assert 'width="9"' not in kept


def test_a_drawing_without_a_view_box_has_the_one_of_its_size() -> None:
    kept = read_drawing(b'<svg xmlns="http://www.w3.org/2000/svg" width="40px" height="30"/>')
    assert 'viewBox="0 0 40 30"' in kept


def test_what_drawing_programs_write_is_taken() -> None:
    declared = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    )
    kept = read_drawing(f'{declared}{HEAD}><use xlink:href="#a"/></svg>'.encode())
    assert "DOCTYPE" not in kept
    assert kept.startswith("<svg")


def test_the_piece_around_a_pin_has_it_in_the_middle() -> None:
    piece = piece_around(BOUNDS, GATE)
    assert piece.middle == pytest.approx(GATE)
    assert piece.metres == pytest.approx((600, 400), rel=0.001)


@pytest.mark.parametrize("pin", [(31.3, 120.6), (31.327, 120.642)])
def test_at_the_edge_the_piece_stays_on_the_plan(pin: tuple[float, float]) -> None:
    piece = piece_around(BOUNDS, pin)
    assert BOUNDS.holds((piece.south, piece.west))
    assert BOUNDS.holds((piece.north - 1e-9, piece.east - 1e-9))
    assert piece.holds(pin)


def test_of_a_small_plan_all_is_shown() -> None:
    small = Box(31.3, 120.6, 31.301, 120.601)
    piece = piece_around(small, (31.3005, 120.6005))
    assert (piece.south, piece.west, piece.north, piece.east) == pytest.approx((31.3, 120.6, 31.301, 120.601))


def test_the_pin_is_drawn_where_it_is() -> None:
    """The measure of the picture is the metre from the plan's upper left corner."""
    drawn = draw_piece(read_drawing(SVG.encode()), BOUNDS, GATE)
    assert read_drawing(drawn.encode())  # it is an SVG still
    found = re.search(r"translate\(([\d.]+) ([\d.]+)\)", drawn)
    assert found
    x, y = map(float, found.groups())
    assert x == pytest.approx(metres_between((31.3135, 120.600), (31.3135, 120.610)), rel=0.001)
    assert y == pytest.approx(metres_between((31.327, 120.6), (31.310, 120.6)), rel=0.001)
