"""Pictures as plain shapes on a sheet: what a template draws as SVG. Pure.

A sheet is as wide as a phone, so its words stay readable there; on a wide screen it grows.
Every picture has a table beside it that says the same in numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.insight.figures import Band, Share

WIDTH = 340.0
LEFT, RIGHT, TOP, BOTTOM = 36.0, 8.0, 10.0, 22.0
HEIGHT = 170.0
ROW, BAR = 46.0, 14.0

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


def draw_stacks(columns: Sequence[Sequence[int]], looks: Sequence[str], ticks: Ticks) -> Sheet:
    """Draw a bar for each week, its parts upon one another, from the lowest look up."""
    sheet = Sheet()
    most = round_up(max((sum(parts) for parts in columns), default=0))
    for value in (0, most // 2, most):
        _add_level(sheet, value / most, str(value))
    step = _step(len(columns))
    for place, parts in enumerate(columns):
        base = 0
        for count, look in zip(parts, looks, strict=True):
            if count:
                top, bottom = _height((base + count) / most), _height(base / most)
                sheet.rects.append(Rect(LEFT + place * step, top, step * 0.8, bottom - top, look))
            base += count
    _add_ticks(sheet, ticks, step)
    return sheet


def draw_pairs(columns: Sequence[tuple[int, int]], looks: tuple[str, str], ticks: Ticks) -> Sheet:
    """Draw two bars beside each other for each week."""
    sheet = Sheet()
    most = round_up(max((max(pair) for pair in columns), default=0))
    for value in (0, most // 2, most):
        _add_level(sheet, value / most, str(value))
    step = _step(len(columns))
    for place, pair in enumerate(columns):
        for side, (count, look) in enumerate(zip(pair, looks, strict=True)):
            if count:
                top = _height(count / most)
                x = LEFT + (place + side * 0.4) * step
                sheet.rects.append(Rect(x, top, step * 0.38, _height(0) - top, look))
    _add_ticks(sheet, ticks, step)
    return sheet


def draw_agreement(columns: Sequence[Share], ticks: Ticks) -> Sheet:
    """Draw for each week the share in which people agreed, and its interval; few are hollow."""
    sheet = Sheet()
    for level in (0.0, 0.5, 1.0):
        _add_level(sheet, level, f"{level:.0%}")
    step = _step(len(columns))
    for place, share in enumerate(columns):
        if share.whole:
            x = LEFT + (place + 0.5) * step
            low, high = share.interval
            sheet.lines.append(Line(x, _height(low), x, _height(high), "interval"))
            sheet.dots.append(Dot(x, _height(share.value), "dot--few" if share.is_few else "dot"))
    _add_ticks(sheet, ticks, step)
    return sheet


def draw_departments(rows: Sequence[tuple[str, Share]], promise: float) -> Sheet:
    """Draw a bar with its interval for each department, and a line where the promise stands."""
    sheet = Sheet(height=len(rows) * ROW + TOP)
    span = WIDTH - 2 * RIGHT
    for place, (name, share) in enumerate(rows):
        top = place * ROW + TOP
        middle = top + 18 + BAR / 2
        low, high = share.interval
        sheet.labels.append(Label(RIGHT, top + 11, name))
        sheet.labels.append(Label(WIDTH - RIGHT, top + 11, f"{share.value:.0%}", "end"))
        sheet.rects.append(Rect(RIGHT, top + 18, span, BAR, "ground"))
        look = "few" if share.is_few else "sent-on"
        sheet.rects.append(Rect(RIGHT, top + 18, share.value * span, BAR, look))
        for look in ("halo", "interval"):
            sheet.lines.append(Line(RIGHT + low * span, middle, RIGHT + high * span, middle, look))
        goal = RIGHT + promise * span
        sheet.lines.append(Line(goal, top + 15, goal, top + 21 + BAR, "goal"))
    return sheet


def draw_calibration(bands: Sequence[Band]) -> Sheet:
    """Draw the share right over the probability said; on the slanting line both are the same."""
    sheet = Sheet(height=240.0)
    for level in (0.0, 0.5, 1.0):
        _add_level(sheet, level, f"{level:.0%}")
        x = LEFT + level * (WIDTH - LEFT - RIGHT - 12)
        sheet.labels.append(Label(x, sheet.height - 6, f"{level:.0%}", "middle"))
    span = WIDTH - LEFT - RIGHT - 12
    sheet.lines.append(Line(LEFT, _height(0, sheet), LEFT + span, _height(1, sheet), "even"))
    for band in bands:
        if band.share.whole:
            x = LEFT + band.mean * span
            low, high = (_height(edge, sheet) for edge in band.share.interval)
            sheet.lines.append(Line(x, low, x, high, "interval"))
            look = "dot--few" if band.share.is_few else "dot"
            sheet.dots.append(Dot(x, _height(band.share.value, sheet), look))
    return sheet


def draw_change(rows: Sequence[tuple[str, Share, Share]]) -> Sheet:
    """Draw for each name two bars: its share before, and of late."""
    sheet = Sheet(height=len(rows) * (ROW + 4) + TOP)
    most = max((max(before.value, recent.value) for _, before, recent in rows), default=0) or 1.0
    span = WIDTH - RIGHT - 48
    for place, (name, before, recent) in enumerate(rows):
        top = place * (ROW + 4) + TOP
        sheet.labels.append(Label(RIGHT, top + 11, name))
        for share, look, y in ((before, "before", top + 17), (recent, "recent", top + 30)):
            length = share.value / most * (span - RIGHT)
            sheet.rects.append(Rect(RIGHT, y, max(length, 1.0), 10, look))
            sheet.labels.append(Label(RIGHT + length + 5, y + 9, f"{share.value:.1%}"))
    return sheet


def round_up(number: int) -> int:
    """Return the next even number of the form 2, 4, 6, 8 or 10 times a power of ten."""
    power = 1
    while number > 10 * power:
        power *= 10
    return next(step * power for step in (2, 4, 6, 8, 10) if step * power >= number)


def _step(columns: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(columns, 1)


def _height(share: float, sheet: Sheet | None = None) -> float:
    bottom = (sheet.height if sheet else HEIGHT) - BOTTOM
    return bottom - share * (bottom - TOP)


def _add_level(sheet: Sheet, share: float, text: str) -> None:
    y = _height(share, sheet)
    sheet.lines.append(Line(LEFT, y, WIDTH - RIGHT, y, "level"))
    sheet.labels.append(Label(LEFT - 4, y + 4, text, "end"))


def _add_ticks(sheet: Sheet, ticks: Ticks, step: float) -> None:
    for place, text in ticks:
        sheet.labels.append(Label(LEFT + place * step, sheet.height - 6, text))
