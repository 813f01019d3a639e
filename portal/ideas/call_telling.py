"""Calls in words: their phases with days, what is asked now, what they are judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.dates import date_day
from portal.core.i18n import gettext as _
from portal.core.i18n import localized
from portal.ideas.calls import Call, Criterion
from portal.ideas.phases import IN_ORDER, Phase


@dataclass(frozen=True)
class Stage:
    """A phase of a call as its page shows it."""

    code: str
    name: str
    days: str
    is_now: bool


def phase_name(phase: Phase) -> str:
    """Return the name of a phase in the language of the request."""
    return {
        Phase.ANNOUNCED: _("Announced"),
        Phase.COLLECTING: _("Collecting ideas"),
        Phase.SUPPORTING: _("Choosing: residents support"),
        Phase.REVIEWING: _("The panel reviews"),
        Phase.DECIDING: _("The decision is made"),
        Phase.ENDED: _("Ended"),
    }[phase]


def phase_text(call: Call, phase: Phase) -> str:
    """Return what one can do in the call now, in a sentence."""
    if call.stopped_at:
        return _("This call was stopped before its time.")
    return {
        Phase.ANNOUNCED: _("From %(day)s on you can send your idea.", day=date_day(call.opens_on)),
        Phase.COLLECTING: _(
            "Send your idea, and say which of the others you support, until %(day)s.",
            day=date_day(call.collects_until),
        ),
        Phase.SUPPORTING: _(
            "No new ideas any more. Say which ones you support, until %(day)s.",
            day=date_day(call.supports_until),
        ),
        Phase.REVIEWING: _("The panel reviews them until %(day)s.", day=date_day(call.reviews_until)),
        Phase.DECIDING: _("The decision comes until %(day)s.", day=date_day(call.decides_until)),
        Phase.ENDED: _("This call has ended. Each idea’s page says what was decided."),
    }[phase]


def tell_stages(call: Call, today: date) -> list[Stage]:
    """Return the phases that have days, in order."""
    now, first, stages = call.phase(today), call.opens_on, []
    for phase, last in zip(IN_ORDER[1:], call.dates.last_days, strict=False):
        if last >= first:
            stages.append(Stage(phase, phase_name(phase), tell_days(first, last), phase == now))
            first = date.fromordinal(last.toordinal() + 1)
    return stages


def tell_days(first: date, last: date) -> str:
    """Return from when to when, or the one day."""
    if first == last:
        return date_day(first)
    return _("%(first)s to %(last)s", first=date_day(first), last=date_day(last))


@dataclass(frozen=True)
class Judged:
    """A criterion as pages show it."""

    id: int
    name: str
    weight: str  # its share, or that it must be met
    levels: list[tuple[int, str]]  # score, what it means


def tell_criteria(criteria: Sequence[Criterion]) -> list[Judged]:
    """Return what ideas are judged by. Weights are told as shares of all that are scored."""
    total = sum(c.weight for c in criteria if not c.is_knock_out) or 1
    return [
        Judged(
            c.id,
            c.name,
            _("must be met") if c.is_knock_out else _("%(percent)s%%", percent=round(100 * c.weight / total)),
            list(enumerate(localized(c.levels).splitlines())) if not c.is_knock_out else [],
        )
        for c in criteria
    ]
