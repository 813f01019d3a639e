"""The picture of an indicator: its values here and at the place beside, the baseline, the target. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, floor, log10

from portal.core.charts import LEFT, RIGHT, WIDTH, Dot, Label, Line, Sheet, add_level, height_of
from portal.pilots.models import Indicator, Pilot
from portal.pilots.series import Measured, Points

STEPS = 4
SPAN = WIDTH - LEFT - RIGHT


@dataclass(frozen=True)
class Scale:
    """Where a day and a value lie on the sheet."""

    first: date
    last: date
    low: float
    high: float
    step: float

    def x(self, day: date) -> float:
        days = (self.last - self.first).days or 1
        return LEFT + SPAN * (day - self.first).days / days

    def y(self, value: float) -> float:
        return height_of(self.share(value))

    def share(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def levels(self) -> list[float]:
        return [self.low + n * self.step for n in range(round((self.high - self.low) / self.step) + 1)]


def draw_series(
    pilot: Pilot, indicator: Indicator, measured: Measured, ticks: Iterable[tuple[date, str]]
) -> Sheet:
    """Draw what was measured over time, with the days on which the pilot and its later rounds began."""
    scale = _scale(pilot, indicator, measured)
    sheet = Sheet()
    for level in scale.levels():
        add_level(sheet, scale.share(level), write_number(level))
    for day, text in ticks:
        anchor = "end" if scale.x(day) > WIDTH - 60 else "start"
        sheet.labels.append(Label(scale.x(day), sheet.height - 6, text, anchor))
    for day in (pilot.starts_on, *measured.rounds) if pilot.is_locked else ():
        if day <= scale.last:
            x = scale.x(day)
            sheet.lines.append(Line(x, height_of(1), x, height_of(0), "even"))
    for value, look in (
        (indicator.baseline, "baseline"),
        (indicator.stop_at, "stop"),
        (indicator.target, "goal"),
    ):
        if value is not None:
            sheet.lines.append(Line(LEFT, scale.y(value), WIDTH - RIGHT, scale.y(value), look))
    _add_points(sheet, scale, measured.there, "beside", "dot--beside")
    _add_points(sheet, scale, measured.here, "way", "dot")
    return sheet


def ends_of(pilot: Pilot, measured: Measured) -> tuple[date, date]:
    """Return the first and the last day that the picture shows."""
    days = [*measured.here, *measured.there, pilot.starts_on]
    return min(days), max(days)


def _add_points(sheet: Sheet, scale: Scale, points: Points, line: str, dot: str) -> None:
    places = [(scale.x(day), scale.y(value)) for day, value in sorted(points.items())]
    for (x1, y1), (x2, y2) in pairwise(places):
        sheet.lines.append(Line(x1, y1, x2, y2, line))
    sheet.dots += [Dot(x, y, dot) for x, y in places]


def _scale(pilot: Pilot, indicator: Indicator, measured: Measured) -> Scale:
    bounds = [indicator.target, indicator.stop_at, indicator.baseline]
    values = [*measured.here.values(), *measured.there.values(), *(b for b in bounds if b is not None)]
    return Scale(*ends_of(pilot, measured), *_frame(values))


def _frame(values: Sequence[float]) -> tuple[float, float, float]:
    """Return lower end, upper end and step of an axis that holds 0 and these values, in round numbers."""
    low, high = min(0.0, *values), max(0.0, *values)
    rough = (high - low) / STEPS or 1.0
    power = 10.0 ** floor(log10(rough))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * (1 - 1e-9))
    return floor(low / step) * step, max(ceil(high / step), 1) * step if high > 0 or low == 0 else 0.0, step


def write_number(value: float) -> str:
    """Return a number as short as its size lets it be: 1234, 56.7, 3.21."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")
