"""Drawn plans as SVG: what is taken in, and the piece of one around a pin."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from portal.core.positions import DEGREE_M, Box, Point, degree_of_longitude

MOST_BYTES = 2_000_000
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*>")
PIECE_M = (600.0, 400.0)  # how much is shown around a pin
PIN = (
    '<g transform="translate({x:.1f} {y:.1f}) scale({size:.2f})">'
    '<ellipse rx="7" ry="3" style="fill:#1f2a2a;fill-opacity:.35"/>'
    '<path d="M0 0C-4-9-13-15-13-26a13 13 0 1 1 26 0C13-15 4-9 0 0z"'
    ' style="fill:#b8430f;stroke:#fff;stroke-width:2.5"/>'
    '<circle cy="-26" r="5" style="fill:#fff"/></g>'
)

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def read_drawing(data: bytes) -> str:
    """Return a plan as it is kept: to be stretched over its bounds, with nothing that acts or loads.

    Raises ValueError saying what is wrong with the file.
    """
    if len(data) > MOST_BYTES:
        raise ValueError("a plan has 2 MB at most")
    try:
        text = DOCTYPE.sub("", data.decode("utf-8-sig"), count=1)
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("a plan can't declare entities")
        root = ElementTree.fromstring(text)  # noqa: S314  # nothing is declared that could grow
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise ValueError("this is no SVG file") from None
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError("this is no SVG file")
    for fault in _acting_parts(root):
        raise ValueError(f"a plan can't have {fault}")
    _stretch(root)
    return ElementTree.tostring(root, encoding="unicode")


def _acting_parts(root: ElementTree.Element) -> Iterator[str]:
    """Find what could run, or load from elsewhere."""
    for part in root.iter():
        name = str(part.tag).rpartition("}")[2].lower()
        if name in ("script", "foreignobject", "iframe"):
            yield f"<{name}> in it"
        for attribute, value in part.attrib.items():
            plain = attribute.rpartition("}")[2].lower()
            if plain.startswith("on"):
                yield f"{plain}="
            if plain in ("href", "src") and not value.startswith(("#", "data:image/")):
                yield f"a link to {value[:40]}"


def _stretch(root: ElementTree.Element) -> None:
    """Let the drawing fill whatever it is put into."""
    if "viewBox" not in root.attrib:
        wide, high = (root.attrib.get(side, "").removesuffix("px") for side in ("width", "height"))
        if not (wide.isdecimal() and high.isdecimal()):
            raise ValueError("a plan needs a viewBox")
        root.set("viewBox", f"0 0 {wide} {high}")
    for side in ("x", "y", "width", "height"):
        root.attrib.pop(side, None)
    root.set("preserveAspectRatio", "none")


def piece_around(bounds: Box, pin: Point) -> Box:
    """Return the piece of a plan that is shown around a pin, as much of it as there is."""
    width, height = bounds.metres
    high = min(PIECE_M[1], height) / DEGREE_M
    wide = min(PIECE_M[0], width) / degree_of_longitude(bounds.middle[0])
    south = min(max(pin[0] - high / 2, bounds.south), bounds.north - high)
    west = min(max(pin[1] - wide / 2, bounds.west), bounds.east - wide)
    return Box(south, west, south + high, west + wide)


def draw_piece(drawing: str, bounds: Box, pin: Point) -> str:
    """Return that piece as an SVG of its own, with the pin in it; its measure is the metre."""
    piece, (width, height) = piece_around(bounds, pin), bounds.metres
    wide, high = piece.metres
    left, top = _metres_from_corner(bounds, (piece.north, piece.west))
    x, y = _metres_from_corner(bounds, pin)
    return (
        f'<svg xmlns="{SVG}" viewBox="{left:.1f} {top:.1f} {wide:.1f} {high:.1f}"'
        f' width="{wide:.0f}" height="{high:.0f}">'
        f'<svg width="{width:.1f}" height="{height:.1f}">{drawing}</svg>'
        f"{PIN.format(x=x, y=y, size=wide / 480)}</svg>"
    )


def _metres_from_corner(bounds: Box, point: Point) -> tuple[float, float]:
    """Return how far a point lies to the right of and below a plan's upper left corner."""
    right = (point[1] - bounds.west) * degree_of_longitude(bounds.middle[0])
    return right, (bounds.north - point[0]) * DEGREE_M
