"""Working time: how much of it lies between two moments, and when so much of it is over. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate

DAY = timedelta(days=1)
NOTHING = timedelta(0)
WORKING_WEEK = (0, 1, 2, 3, 4)  # Monday is 0
OPENS, CLOSES = 8 * 60 + 30, 17 * 60 + 30  # minutes after midnight, where nothing else is said
SHORTEST_DAY = 60  # minutes
MONTH_TO_WARN = 11  # from then on the holidays of the coming year should be known


class RoundTheClock:
    """The hours of danger, and of a place without a calendar: all of them count."""

    day = DAY

    def add(self, start: datetime, worked: timedelta) -> datetime:
        return start + worked

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, NOTHING)


@dataclass(frozen=True)
class Year:
    """The working hours of one year: when each working day begins and ends, and the time worked before it."""

    begins: list[datetime]
    ends: list[datetime]
    before: list[timedelta]  # one more than there are days: the last is the whole year's

    def worked_until(self, moment: datetime) -> timedelta:
        """Return the working time of the year up to this moment."""
        day = bisect_right(self.begins, moment) - 1
        if day < 0:
            return NOTHING
        return self.before[day] + min(moment, self.ends[day]) - self.begins[day]

    def moment_of(self, worked: timedelta) -> datetime:
        """Return the first moment at which so much of the year's working time, more than none, is over."""
        day = bisect_left(self.before, worked) - 1
        return self.begins[day] + worked - self.before[day]


@dataclass(frozen=True)
class WorkCalendar:
    """The working weekdays, the days that differ from them, and the hours of a working day.

    Holidays and days made up for are in `days`; of a year of which none is known, weekdays alone count.
    """

    weekdays: frozenset[int]
    days: Mapping[date, bool]  # does the place work on it?
    zone: tzinfo
    opens: int = OPENS  # minutes after midnight, on the clock of the place
    closes: int = CLOSES
    years: dict[int, Year] = field(default_factory=dict, compare=False, repr=False)  # as far as asked for

    def __post_init__(self) -> None:
        if not self.weekdays or not 0 <= self.opens < self.closes <= DAY // timedelta(minutes=1):
            raise ValueError("a calendar needs a working weekday, and hours on it")

    @property
    def day(self) -> timedelta:
        """How long a working day is."""
        return timedelta(minutes=self.closes - self.opens)

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() in self.weekdays)

    def add(self, start: datetime, worked: timedelta) -> datetime:
        """Return the first moment at which so much working time after `start` is over."""
        if worked <= NOTHING:
            return start
        number = start.astimezone(self.zone).year
        worked += self.year(number).worked_until(start)
        while worked > self.year(number).before[-1]:
            worked -= self.year(number).before[-1]
            number += 1
        return self.year(number).moment_of(worked)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from one moment to another; none where the second is not later."""
        if end <= start:
            return NOTHING
        first, last = start.astimezone(self.zone).year, end.astimezone(self.zone).year
        whole = sum((self.year(number).before[-1] for number in range(first, last)), NOTHING)
        return whole + self.year(last).worked_until(end) - self.year(first).worked_until(start)

    def after(self, start: datetime, days: int) -> datetime:
        """Return when so many working days after `start` are over."""
        return self.add(start, days * self.day)

    def year(self, number: int) -> Year:
        """Return the hours of a year, worked out once."""
        if number not in self.years:
            self.years[number] = self._year(number)
        return self.years[number]

    def _year(self, number: int) -> Year:
        first = date(number, 1, 1)
        dates = (first + n * DAY for n in range((date(number + 1, 1, 1) - first).days))
        spans = [(self._at(d, self.opens), self._at(d, self.closes)) for d in dates if self.is_working(d)]
        lengths = accumulate((end - begin for begin, end in spans), initial=NOTHING)
        return Year([begin for begin, _ in spans], [end for _, end in spans], list(lengths))

    def _at(self, day: date, minutes: int) -> datetime:
        """Return the moment at which the clock of the place shows this; 24:00 is the next day's 0:00."""
        more_days, minutes = divmod(minutes, 24 * 60)
        shown = datetime.combine(day + more_days * DAY, time(minutes // 60, minutes % 60), self.zone)
        return shown.astimezone(UTC)

    def years_unknown(self, today: date) -> list[int]:
        """Return the years about which nothing is known though it is time: only weekends are free."""
        known = {day.year for day in self.days}
        due = [today.year, today.year + 1] if today.month >= MONTH_TO_WARN else [today.year]
        return [year for year in due if year not in known]


Hours = WorkCalendar | RoundTheClock
