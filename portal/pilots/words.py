"""Pilots in words: how they stand, where values come from, and what before and after show, and no more."""

from typing import Any

from portal.communities.directory import Directory
from portal.core.dates import date_day, today
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.pilots.drawing import write_number
from portal.pilots.figures import FEW, Difference
from portal.pilots.models import Amendment, Filled, Indicator, Pilot, PilotState
from portal.pilots.series import Measured

STATES = {
    PilotState.PLANNED: lazy_gettext("Being planned"),
    PilotState.RUNNING: lazy_gettext("Running"),
    PilotState.SCALED: lazy_gettext("Became a practice"),
    PilotState.STOPPED: lazy_gettext("Stopped"),
}
FILLED = {
    Filled.REPORTS: lazy_gettext("Reports that come in, a week"),
    Filled.FIX_TIME: lazy_gettext("Median hours until a report is fixed"),
    Filled.SATISFACTION: lazy_gettext("Percent of those asked who say that it is fixed"),
    Filled.ENTERED: lazy_gettext("Entered by hand, or from a file"),
}
UNITS = {
    Filled.REPORTS: lazy_gettext("reports a week"),
    Filled.FIX_TIME: lazy_gettext("hours"),
    Filled.SATISFACTION: "%",
    Filled.ENTERED: "",
}
FIELDS = {
    "title": lazy_gettext("Title"),
    "if_we": lazy_gettext("If we …"),
    "then": lazy_gettext("then …"),
    "because": lazy_gettext("because …"),
    "ends_on": lazy_gettext("Last day"),
    "round": lazy_gettext("Round"),
    "owner_id": lazy_gettext("Who is responsible"),
    "partners": lazy_gettext("Partners"),
    "budget": lazy_gettext("Budget"),
    "name": lazy_gettext("Name"),
    "unit": lazy_gettext("Unit"),
    "direction": lazy_gettext("Which way is better"),
    "target": lazy_gettext("Target"),
    "stop_at": lazy_gettext("Stop threshold"),
    "baseline": lazy_gettext("Baseline"),
    "added": lazy_gettext("Another indicator"),
}
DIRECTIONS = {"up": lazy_gettext("Better when it rises"), "down": lazy_gettext("Better when it falls")}


def state_label(pilot: Pilot) -> str:
    """Return how a pilot stands today, in words."""
    if pilot.state == PilotState.RUNNING and pilot.ends_on < today():
        return _("Over, not decided yet")
    if pilot.state == PilotState.STOPPED and not pilot.is_locked:
        return _("Given up before it began")
    return str(STATES[PilotState(pilot.state)])


def unit_of(indicator: Indicator) -> str:
    """Return the unit that was written, or that of what Linli counts."""
    return indicator.unit or str(UNITS[Filled(indicator.filled)])


def with_unit(value: float | None, unit: str) -> str:
    """Return a number with its unit; a dash for none."""
    if value is None:
        return "–"
    return f"{write_number(value)} {unit}".strip()


def tell_counted(indicator: Indicator, directory: Directory) -> str:
    """Return where the values come from, in a sentence."""
    category = directory.categories.get(indicator.category_id or 0)
    about = category.name if category else _("any category")
    texts = {
        Filled.REPORTS: _(
            "Linli counts the reports that come in here each week (%(about)s), public and private alike.",
            about=about,
        ),
        Filled.FIX_TIME: _(
            "Linli takes the median of the hours until what was fixed here in a week (%(about)s) was fixed. "
            "Weeks with fewer than five are left out.",
            about=about,
        ),
        Filled.SATISFACTION: _(
            "Linli takes the share of answers “yes, it is fixed” of each week (%(about)s). "
            "Weeks with fewer than five answers are left out.",
            about=about,
        ),
        Filled.ENTERED: _("Entered by those who carry out the pilot."),
    }
    return texts[Filled(indicator.filled)]


def tell_findings(indicator: Indicator, measured: Measured, place_beside: str) -> list[str]:
    """Return what before and after show, in sentences that claim no more than that."""
    unit = unit_of(indicator)
    if not measured.since:
        return [_("Nothing has been measured since the start yet.")]
    found = measured.difference
    told = [
        _(
            "Before: %(before)s (%(n)s values). Since the start: %(since)s (%(m)s values).",
            before=with_unit(found.before, unit),
            since=with_unit(found.since, unit),
            n=len(measured.before),
            m=len(measured.since),
        ),
        *_tell_alone(indicator, found, min(len(measured.before), len(measured.since)) < FEW),
    ]
    if measured.rounds:
        told += _tell_round(measured, unit)
    beside = measured.difference_beside
    if beside is not None:
        told += _tell_beside(indicator, beside, place_beside, measured.pairs < FEW)
    return told


def _tell_alone(indicator: Indicator, found: Difference, few: bool) -> list[str]:
    if not found.has_bounds:
        return [_tell_no_bounds(few)]
    bounds = _(
        "Difference: %(value)s. It may lie anywhere from %(low)s to %(high)s (95 %% interval).",
        **_tell_bounds(found),
    )
    if not found.sign:
        return [bounds, _("That fits with no change at all.")]
    better = (found.sign > 0) == (indicator.direction == "up")
    change = _("It got better than before.") if better else _("It got worse than before.")
    return [bounds, change, _("Before and after alone can’t show that the pilot is the reason.")]


def _tell_round(measured: Measured, unit: str) -> list[str]:
    """Tell what the latest round shows by itself: what was adjusted need not be like what was tried first."""
    found, latest = measured.difference_of_round, measured.latest
    number, day = len(measured.rounds) + 1, date_day(measured.rounds[-1])
    if not latest:
        return [
            _("Round %(number)s began on %(day)s. Nothing has been measured since.", number=number, day=day)
        ]
    told = _(
        "In round %(number)s, since %(day)s: %(since)s (%(m)s values).",
        number=number,
        day=day,
        since=with_unit(found.since, unit),
        m=len(latest),
    )
    if not found.has_bounds:
        return [told]
    bounds = _(
        "Of this round alone it is %(value)s, anywhere from %(low)s to %(high)s (95 %% interval).",
        **_tell_bounds(found),
    )
    return [told, bounds]


def _tell_beside(indicator: Indicator, found: Difference, place: str, few: bool) -> list[str]:
    if not found.has_bounds and not few:
        return [_("From %(place)s it always differs by the same, so no bounds can be given.", place=place)]
    if not found.has_bounds:
        return [
            _(
                "Compared with %(place)s there are too few values of the same days to say anything.",
                place=place,
            )
        ]
    bounds = _(
        "Compared with %(place)s: %(value)s, anywhere from %(low)s to %(high)s "
        "(95 %% interval of the difference in differences).",
        place=place,
        **_tell_bounds(found),
    )
    if not found.sign:
        return [bounds, _("It may have gone the same way without the pilot.")]
    better = (found.sign > 0) == (indicator.direction == "up")
    change = _("It went better here than there.") if better else _("It went worse here than there.")
    return [bounds, change, _("That speaks for an effect, if both would else have gone the same way.")]


def _tell_no_bounds(few: bool) -> str:
    if few:
        return _("Too few to say: it takes at least four values before and four since.")
    return _("The values do not differ among themselves, so no bounds can be given.")


def _tell_bounds(found: Difference) -> dict[str, str]:
    return {
        "value": signed(found.value or 0.0),
        "low": signed(found.low or 0.0),
        "high": signed(found.high or 0.0),
    }


def signed(value: float) -> str:
    """Return a difference with its sign."""
    text = write_number(value)
    return f"+{text}" if value > 0 and text != "0" else text


def tell_amendment(amendment: Amendment, indicator: Indicator | None) -> dict[str, Any]:
    """Return what was changed, from what to what; not who is responsible, whose name is for staff."""
    kind, _space, day = amendment.field.partition(" ")
    what = str(FIELDS.get(amendment.field, amendment.field))
    if day:
        what = _("Value of %(day)s", day=day)
        if kind == "comparison_value":
            what = _("Value of %(day)s at the place beside", day=day)
    if amendment.field == "direction":
        before, after = (str(DIRECTIONS.get(side, side)) for side in (amendment.before, amendment.after))
    elif amendment.field == "owner_id":
        before, after = "", _("somebody else")
    else:
        before, after = amendment.before, amendment.after
    return {
        "at": amendment.at,
        "of": indicator.name if indicator else "",
        "what": what,
        "before": before or "–",
        "after": after or "–",
        "reason": amendment.reason,
    }


def tell_days(first: Any, last: Any) -> str:
    """Return from when to when."""
    return _("%(first)s to %(last)s", first=date_day(first), last=date_day(last))
