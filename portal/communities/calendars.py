"""Working days: on which days a place works, and when a promise of so many of them falls due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

DAY = timedelta(days=1)
WORKING_WEEK = (0, 1, 2, 3, 4)  # Monday is 0
MONTH_TO_WARN = 11  # from then on the holidays of the coming year should be known


@dataclass(frozen=True)
class WorkCalendar:
    """The working weekdays, and the days that differ from them: holidays, and days made up for."""

    weekdays: frozenset[int]
    days: Mapping[date, bool]  # does the place work on it?
    zone: tzinfo

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() in self.weekdays)

    def after(self, start: datetime, days: int) -> datetime:
        """Return the same time of day, `days` working days after the day of `start`."""
        local, left = start.astimezone(self.zone), days
        while left:
            local += DAY
            left -= self.is_working(local.date())
        return local.astimezone(UTC)

    def years_unknown(self, today: date) -> list[int]:
        """Return the years about which nothing is known though it is time: only weekends are free."""
        known = {day.year for day in self.days}
        due = [today.year, today.year + 1] if today.month >= MONTH_TO_WARN else [today.year]
        return [year for year in due if year not in known]
