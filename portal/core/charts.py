"""Plain shapes on a sheet, which a template draws as SVG (macros/charts.html). Pure.

A sheet is as wide as a phone, so its words stay readable there; on a wide screen it grows.
Every picture has a table beside it that says the same in numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 340.0
LEFT, RIGHT, TOP, BOTTOM = 36.0, 8.0, 10.0, 22.0
HEIGHT = 170.0

Ticks = Sequence[tuple[int, str]]  # index of a column and its label


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    look: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    look: str


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass
class Sheet:
    """Shapes from back to front; `look` is the name of a class in insight.css."""

    height: float = HEIGHT
    width: float = WIDTH
    rects: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


def round_up(number: int) -> int:
    """Return the next even number of the form 2, 4, 6, 8 or 10 times a power of ten."""
    power = 1
    while number > 10 * power:
        power *= 10
    return next(step * power for step in (2, 4, 6, 8, 10) if step * power >= number)


def column_width(columns: int) -> float:
    """Return how wide each of so many columns is."""
    return (WIDTH - LEFT - RIGHT) / max(columns, 1)


def height_of(share: float, sheet: Sheet | None = None) -> float:
    """Return where on the sheet a share of the whole height lies: 0 at the bottom, 1 at the top."""
    bottom = (sheet.height if sheet else HEIGHT) - BOTTOM
    return bottom - share * (bottom - TOP)


def add_level(sheet: Sheet, share: float, text: str) -> None:
    """Draw a thin line across at this height, and what it stands for."""
    y = height_of(share, sheet)
    sheet.lines.append(Line(LEFT, y, WIDTH - RIGHT, y, "level"))
    sheet.labels.append(Label(LEFT - 4, y + 4, text, "end"))


def add_ticks(sheet: Sheet, ticks: Ticks, step: float) -> None:
    """Write the labels under their columns."""
    for place, text in ticks:
        sheet.labels.append(Label(LEFT + place * step, sheet.height - 6, text))
