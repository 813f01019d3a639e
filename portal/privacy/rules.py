"""How long personal parts are kept. No database."""

from calendar import monthrange
from datetime import datetime


def ends_before(now: datetime, months: int) -> datetime:
    """Return the moment so many calendar months before now; on the month's last day if it is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))
