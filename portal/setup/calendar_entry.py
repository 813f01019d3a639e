"""The calendar of a place in the setup file, and what all parts of the file have in common."""

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic import model_validator as checked

from portal.communities.calendars import CLOSES, OPENS, SHORTEST_DAY, WORKING_WEEK
from portal.communities.day_lines import DayLineError, read_days
from portal.core.i18n import in_language

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Entry(BaseModel):
    """A part of the file; a setting that doesn't exist is an error, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _read_clock(text: object) -> object:
    """Return the minutes after midnight of a time as in "08:30"."""
    if not isinstance(text, str):
        raise ValueError('a time is written as in "08:30"')
    try:
        at = time.fromisoformat(text)
    except ValueError:
        raise ValueError('a time is written as in "08:30"') from None
    return at.hour * 60 + at.minute


def _read_weekdays(names: object) -> object:
    wrong = [name for name in names if name not in WEEK] if isinstance(names, list) else [names]
    if wrong or not names:
        raise ValueError(f"weekdays are at least one of {', '.join(WEEK)}")
    return sorted({WEEK.index(name) for name in names})  # type: ignore[attr-defined]  # a list, see above


def _read_day_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    try:
        with in_language("en"):  # as all that is said of the file
            read_days("\n".join(lines))
    except DayLineError as error:
        raise ValueError(str(error)) from None
    return lines


Clock = Annotated[int, BeforeValidator(_read_clock)]


class CalendarEntry(Entry):
    """When a place works, and the days that differ: as on the page of the calendar, a line for each."""

    weekdays: Annotated[tuple[int, ...], BeforeValidator(_read_weekdays)] = WORKING_WEEK
    opens: Clock = OPENS
    closes: Clock = CLOSES
    days: Annotated[tuple[str, ...], AfterValidator(_read_day_lines)] = ()

    @checked(mode="after")
    def has_hours(self) -> "CalendarEntry":
        if self.closes < self.opens + SHORTEST_DAY:
            raise ValueError("work must end at least an hour after it begins")
        return self
