"""The phases of a call for ideas: switched by the day, each with what it allows. No database."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise


class Phase(StrEnum):
    ANNOUNCED = "announced"
    COLLECTING = "collecting"  # ideas come in and are supported
    SUPPORTING = "supporting"  # no new ones; residents choose
    REVIEWING = "reviewing"  # the panel
    DECIDING = "deciding"
    ENDED = "ended"


# What each phase allows; whatever stands nowhere here, such as commenting, is always allowed.
ALLOWED: dict[Phase, frozenset[str]] = {
    Phase.ANNOUNCED: frozenset(),
    Phase.COLLECTING: frozenset({"propose", "support"}),
    Phase.SUPPORTING: frozenset({"support"}),
    Phase.REVIEWING: frozenset({"review"}),
    Phase.DECIDING: frozenset({"decide"}),
    Phase.ENDED: frozenset(),
}
IN_ORDER = tuple(Phase)
BEFORE_REVIEW = (Phase.ANNOUNCED, Phase.COLLECTING, Phase.SUPPORTING)


@dataclass(frozen=True)
class Dates:
    """The first day of a call, and the last day of each of its phases."""

    opens_on: date
    collects_until: date
    supports_until: date
    reviews_until: date
    decides_until: date

    @property
    def last_days(self) -> tuple[date, ...]:
        return (self.collects_until, self.supports_until, self.reviews_until, self.decides_until)

    def are_in_order(self) -> bool:
        """Tell whether there is something to collect, and no phase ends before the one before it."""
        days = (self.opens_on, *self.last_days)
        return all(earlier <= later for earlier, later in pairwise(days))


def phase_on(dates: Dates, today: date) -> Phase:
    """Return the phase of a call on this day. A phase that ends with the one before it is left out."""
    if today < dates.opens_on:
        return Phase.ANNOUNCED
    running = zip(IN_ORDER[1:], dates.last_days, strict=False)
    return next((phase for phase, last in running if today <= last), Phase.ENDED)


def allows(phase: Phase, move: str) -> bool:
    """Tell whether the phase allows a move: propose, support, review or decide."""
    return move in ALLOWED[phase]
