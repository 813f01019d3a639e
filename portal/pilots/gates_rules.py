"""What can be decided about a pilot when, and what a decision owes. No database, no web."""

from datetime import date, timedelta

from portal.pilots.gates import GateKind, Verdict

SOON = timedelta(days=7)  # before its day, people are reminded of a review


def verdicts_at(kind: GateKind) -> tuple[Verdict, ...]:
    """Return what can be decided at a gate: at the end a pilot can't just go on."""
    return tuple(v for v in Verdict if kind != GateKind.END or v != Verdict.GO_ON)


def is_new_end_owed(verdict: Verdict, kind: GateKind) -> bool:
    """Tell whether a decision must name a new last day: nothing runs on after its end."""
    return verdict == Verdict.EXTEND or (verdict == Verdict.ADJUST and kind == GateKind.END)


def is_good_end(day: date | None, *, today: date, ends_on: date, verdict: Verdict) -> bool:
    """Tell whether a pilot can end on this day: it lies ahead, and extending means later than before."""
    return day is not None and day > today and (verdict != Verdict.EXTEND or day > ends_on)


def is_soon(day: date, today: date) -> bool:
    """Tell whether a review is near enough to remind of it."""
    return today <= day <= today + SOON
