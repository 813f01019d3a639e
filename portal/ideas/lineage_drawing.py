"""The picture of which ideas went into which: a box for each, what goes on at the right. Pure.

The sheet is as wide as a phone, as those of core.charts; a list below it says the same, with links.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from portal.core.charts import WIDTH

GAP, LOW_GAP = 26.0, 10.0  # between columns, for the curves, and between rows
NARROWEST, HEIGHT = 76.0, 62.0  # of a box
MARGIN, FONT = 8.0, 11.5
TITLE_LINES = 2
_PIECE = re.compile(r"[^\W\u2e80-\uffff]+[^\w\s]*\s*|.", re.DOTALL)  # a word with what ends it, else a sign


@dataclass(frozen=True)
class Node:
    """What a box says, and of which it was made."""

    title: str
    language: str
    note: str  # a short line below the title
    is_here: bool
    parents: Sequence["Node"] = ()


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    lines: Sequence[str]
    node: Node


@dataclass(frozen=True)
class Curve:
    """From the right side of a box to the left side of the one that it went into."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass
class Drawing:
    width: float
    box_width: float
    box_height: float = HEIGHT
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def draw_lineage(top: Node) -> Drawing:
    """Return the picture: a column for each step, a row for each idea that was not made of others."""
    columns = _count_steps(top)
    box_width = max((WIDTH - GAP * (columns - 1)) / columns, NARROWEST)
    drawing = Drawing(box_width * columns + GAP * (columns - 1), box_width)
    _place(drawing, top, columns - 1)
    drawing.height -= LOW_GAP
    return drawing


def wrap_title(title: str, room: float, most: int = TITLE_LINES) -> list[str]:
    """Return the title on at most so many lines, none wider than `room` Chinese signs; cut with "…"."""
    lines = [""]
    for piece in _pieces(title, room):
        if width_of(lines[-1] + piece.rstrip()) <= room:
            lines[-1] += piece
        elif len(lines) < most:
            lines.append(piece)
        else:
            lines[-1] = _cut(lines[-1] + piece, room)
            break
    return [line.strip() for line in lines]


def width_of(text: str) -> float:
    """Return how wide a text is about, in Chinese signs."""
    return sum(1.0 if east_asian_width(sign) in "WF" else 0.56 for sign in text)


def _pieces(title: str, room: float) -> Iterator[str]:
    """Yield the words and signs between which a line may end; those too long for a line, sign by sign."""
    for piece in _PIECE.findall(" ".join(title.split())):
        yield from piece if width_of(piece.rstrip()) > room else [piece]


def _cut(line: str, room: float) -> str:
    while line and width_of(line) > room - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def _count_steps(node: Node) -> int:
    return 1 + max(map(_count_steps, node.parents), default=0)


def _place(drawing: Drawing, node: Node, column: int) -> Box:
    """Add the box of an idea, after those of which it was made: it stands beside their middle."""
    made_of = [_place(drawing, parent, column - 1) for parent in node.parents]
    if made_of:
        y = (made_of[0].y + made_of[-1].y) / 2
    else:
        y = drawing.height
        drawing.height += HEIGHT + LOW_GAP
    room = (drawing.box_width - 2 * MARGIN) / FONT
    x = column * (drawing.box_width + GAP)
    box = Box(x, y, wrap_title(node.title, room), node)
    drawing.boxes.append(box)
    middle = HEIGHT / 2
    drawing.curves += [Curve(b.x + drawing.box_width, b.y + middle, x, y + middle) for b in made_of]
    return box
