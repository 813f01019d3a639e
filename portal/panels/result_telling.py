"""What a panel's scores came to, in words and numbers."""

from dataclasses import dataclass

from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.panels.marking import HIGHEST, KnockOut, Outcome, Result
from portal.panels.results import Judged, Scores
from portal.panels.scores import Mark, Yardstick


@dataclass(frozen=True)
class Line:
    """One criterion as tables and pictures show it; nothing in it says who gave what."""

    name: str
    mean: str
    spread: str
    spoken: str  # how many scored and abstained
    is_apart: bool
    percent: int | None  # of the highest score, for the picture
    lowest: int | None  # the ends of the range, likewise
    highest: int | None
    first_mean: str  # where it was another at the reveal


def tell_lines(scores: Scores) -> list[Line]:
    """Return the criteria in order."""
    return [_tell_line(one) for one in scores.judged]


def _tell_line(one: Judged) -> Line:
    last, scale = one.last, HIGHEST
    shown = last.mean is not None and not last.measure.is_knock_out
    mean, first = tell_mean(last), tell_mean(one.first)
    return Line(
        name=one.yardstick.name,
        mean=mean,
        spread=tell_spread(last),
        spoken=tell_given(last),
        is_apart=last.is_apart,
        percent=round(100 * (last.mean or 0) / scale) if shown else None,
        lowest=100 * (last.lowest or 0) // scale if shown else None,
        highest=100 * (last.highest or 0) // scale if shown else None,
        first_mean=first if first != mean else "",
    )


def tell_mean(result: Result) -> str:
    """Return the mean, or what became of a question that must be met."""
    if result.mean is None:
        return _("not evaluated")
    return tell_knock_out(result.knock_out) if result.knock_out else f"{result.mean:.1f}"


def tell_knock_out(knock_out: KnockOut) -> str:
    return {
        KnockOut.MET: _("met"),
        KnockOut.DOUBTED: _("doubted"),
        KnockOut.FAILED: _("not met"),
    }[knock_out]


def tell_spread(result: Result) -> str:
    """Return the range with the standard deviation, or how many said yes and no."""
    if result.mean is None:
        return "–"
    if result.measure.is_knock_out:
        yes = round(result.mean * result.given)
        return _("%(yes)s yes, %(no)s no", yes=yes, no=result.given - yes)
    if result.spread is None:
        return "–"
    return _(
        "%(lowest)s to %(highest)s (± %(spread)s)",
        lowest=result.lowest,
        highest=result.highest,
        spread=f"{result.spread:.1f}",
    )


def tell_given(result: Result) -> str:
    scored = ngettext("%(num)s answered", "%(num)s answered", result.given)
    if not result.abstained:
        return scored
    abstained = ngettext("%(num)s abstained", "%(num)s abstained", result.abstained)
    return _("%(one)s, %(other)s", one=scored, other=abstained)


def tell_outcome(outcome: Outcome) -> str:
    """Return what all comes to, in one sentence."""
    if outcome.mean is None or outcome.percent is None:
        return _("Not evaluated: nobody gave a score.")
    return _(
        "%(mean)s of %(most)s points, or %(percent)s of 100.",
        mean=f"{outcome.mean:.1f}",
        most=HIGHEST,
        percent=outcome.percent,
    )


def tell_knock_outs(scores: Scores) -> list[str]:
    """Return which of what must be met is not, or is doubted."""
    names = {one.yardstick.id: one.yardstick.name for one in scores.judged}
    failed = [
        _("Not met, in the panel’s view: %(criterion)s.", criterion=names[r.measure.id])
        for r in scores.last.failed
    ]
    doubted = [
        _("Some say it is not met: %(criterion)s.", criterion=names[r.measure.id])
        for r in scores.last.doubted
    ]
    return failed + doubted


def tell_mark(mark: Mark, yardstick: Yardstick) -> str:
    """Return what one panellist gave."""
    if mark.abstains or mark.value is None:
        return _("abstained")
    if yardstick.is_knock_out:
        return _("Yes") if mark.value else _("No")
    return str(mark.value)
