"""When somebody's load looks like too much. Pure: numbers in, an answer out.

The figures warn early and err on the side of asking: they say nothing about how well anybody works.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

from portal.communities.calendars import WorkCalendar
from portal.insight.figures import Share

RISES = 3  # weeks in a row
LEAST_OPEN = 10  # fewer are never too many
LEAST_COLLEAGUES = 2  # a median of fewer says nothing
LEAST_DEEDS = 10  # a share of fewer in a week says nothing
WEEKS_OFF_HOURS = 2
GRACE = 30  # minutes before and after working hours


def is_much_open(own: Sequence[int], colleagues: Sequence[int], factor: float) -> bool:
    """Tell whether somebody has more open than `factor` times the usual, and more each of three weeks.

    `own` are the numbers at the end of each week, the oldest first; `colleagues` what the others of
    the department have now. Usual is their median; where there are too few of them, the median of
    the person's own weeks before the rise.
    """
    recent = own[-RISES - 1 :]
    rises = len(recent) == RISES + 1 and all(a < b for a, b in pairwise(recent))
    if not rises or own[-1] < LEAST_OPEN:
        return False
    usual = median(colleagues) if len(colleagues) >= LEAST_COLLEAGUES else median(own[:-RISES])
    return own[-1] > factor * usual


def is_off_hours(weeks: Sequence[Share], most: float) -> bool:
    """Tell whether in each of the last two weeks more than `most` of what somebody did was off hours."""
    recent = weeks[-WEEKS_OFF_HOURS:]
    return len(recent) == WEEKS_OFF_HOURS and all(
        week.whole >= LEAST_DEEDS and week.value > most for week in recent
    )


def is_outside(moment: datetime, calendar: WorkCalendar | None) -> bool:
    """Tell whether it lay outside working hours. Where no calendar says which those are, nothing does."""
    if calendar is None:
        return False
    local = moment.astimezone(calendar.zone)
    minutes = local.hour * 60 + local.minute + local.second / 60
    in_hours = calendar.opens - GRACE <= minutes <= calendar.closes + GRACE
    return not (calendar.is_working(local.date()) and in_hours)
