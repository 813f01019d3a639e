"""The pictures of figures about how Linli works, drawn with the shapes of core.charts. Pure."""

from collections.abc import Sequence

from portal.core.charts import (
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Dot,
    Label,
    Line,
    Rect,
    Sheet,
    Ticks,
    add_level,
    add_ticks,
    column_width,
    height_of,
    round_up,
)
from portal.insight.figures import Band, Share

ROW, BAR = 46.0, 14.0


def draw_stacks(columns: Sequence[Sequence[int]], looks: Sequence[str], ticks: Ticks) -> Sheet:
    """Draw a bar for each week, its parts upon one another, from the lowest look up."""
    sheet = Sheet()
    most = round_up(max((sum(parts) for parts in columns), default=0))
    for value in (0, most // 2, most):
        add_level(sheet, value / most, str(value))
    step = column_width(len(columns))
    for place, parts in enumerate(columns):
        base = 0
        for count, look in zip(parts, looks, strict=True):
            if count:
                top, bottom = height_of((base + count) / most), height_of(base / most)
                sheet.rects.append(Rect(LEFT + place * step, top, step * 0.8, bottom - top, look))
            base += count
    add_ticks(sheet, ticks, step)
    return sheet


def draw_pairs(columns: Sequence[tuple[int, int]], looks: tuple[str, str], ticks: Ticks) -> Sheet:
    """Draw two bars beside each other for each week."""
    sheet = Sheet()
    most = round_up(max((max(pair) for pair in columns), default=0))
    for value in (0, most // 2, most):
        add_level(sheet, value / most, str(value))
    step = column_width(len(columns))
    for place, pair in enumerate(columns):
        for side, (count, look) in enumerate(zip(pair, looks, strict=True)):
            if count:
                top = height_of(count / most)
                x = LEFT + (place + side * 0.4) * step
                sheet.rects.append(Rect(x, top, step * 0.38, height_of(0) - top, look))
    add_ticks(sheet, ticks, step)
    return sheet


def draw_agreement(columns: Sequence[Share], ticks: Ticks) -> Sheet:
    """Draw for each week the share in which people agreed, and its interval; few are hollow."""
    sheet = Sheet()
    for level in (0.0, 0.5, 1.0):
        add_level(sheet, level, f"{level:.0%}")
    step = column_width(len(columns))
    for place, share in enumerate(columns):
        if share.whole:
            x = LEFT + (place + 0.5) * step
            low, high = share.interval
            sheet.lines.append(Line(x, height_of(low), x, height_of(high), "interval"))
            sheet.dots.append(Dot(x, height_of(share.value), "dot--few" if share.is_few else "dot"))
    add_ticks(sheet, ticks, step)
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
        add_level(sheet, level, f"{level:.0%}")
        x = LEFT + level * (WIDTH - LEFT - RIGHT - 12)
        sheet.labels.append(Label(x, sheet.height - 6, f"{level:.0%}", "middle"))
    span = WIDTH - LEFT - RIGHT - 12
    sheet.lines.append(Line(LEFT, height_of(0, sheet), LEFT + span, height_of(1, sheet), "even"))
    for band in bands:
        if band.share.whole:
            x = LEFT + band.mean * span
            low, high = (height_of(edge, sheet) for edge in band.share.interval)
            sheet.lines.append(Line(x, low, x, high, "interval"))
            look = "dot--few" if band.share.is_few else "dot"
            sheet.dots.append(Dot(x, height_of(band.share.value, sheet), look))
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
