"""How long a category may take: the six times promised, and the rule for those that nobody has set. Pure."""

from collections.abc import Mapping

# In working days by the place's calendar; and, in danger and emergency mode, in hours round the clock.
TIMES = (
    "answer_days",
    "fix_days",
    "urgent_answer_hours",
    "urgent_fix_hours",
    "emergency_answer_hours",
    "emergency_fix_hours",
)
FIX_FACTOR = 5  # where only the time of an answer is known
MOST_DAYS, MOST_HOURS = 365, 2_400


def usual_times(answer_days: int, fix_days: int | None = None) -> dict[str, int]:
    """Return all six times from those in working days.

    For each of these days, danger leaves one hour until the first answer and four until it is fixed;
    emergency mode four and twelve.
    """
    fix_days = max(fix_days or FIX_FACTOR * answer_days, answer_days)
    return {
        "answer_days": answer_days,
        "fix_days": min(fix_days, MOST_DAYS),
        "urgent_answer_hours": answer_days,
        "urgent_fix_hours": min(4 * fix_days, MOST_HOURS),
        "emergency_answer_hours": min(4 * answer_days, MOST_HOURS),
        "emergency_fix_hours": min(12 * fix_days, MOST_HOURS),
    }


def times_with(shipped: Mapping[str, int], own: Mapping[str, int | None]) -> dict[str, int]:
    """Return the times as they ship, but for those that are set: the rest follows from these by the rule."""
    told = {name: number for name, number in own.items() if number}
    days = {name: told.get(name, shipped[name]) for name in ("answer_days", "fix_days")}
    return usual_times(**days) | told if told else dict(shipped)
