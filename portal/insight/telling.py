"""What the figures mean, in plain sentences of the reader's language."""

from portal.core.i18n import gettext as _
from portal.insight.figures import Share
from portal.insight.models import StrainKind
from portal.insight.rules import LEAST_DEEDS
from portal.insight.sorting import Sorting
from portal.routing.learning import Verdict
from portal.routing.models import ModelTraining


def percent(value: float) -> str:
    return f"{value * 100:.0f}%"


def interval(share: Share) -> str:
    """Return the interval as in "88–96%"."""
    low, high = share.interval
    return f"{low * 100:.0f}–{high * 100:.0f}%"


def tell_warnings(sorting: Sorting, promise: float) -> list[str]:
    """Return what should be looked at; nothing where all is as promised and as before."""
    drift, kept = sorting.drift, sorting.agreement.sent_on
    told = []
    if kept.whole and kept.interval[1] < promise:
        told.append(
            _(
                "Of what was sent on without a person, %(share)s was right. Promised are %(promise)s.",
                share=percent(kept.value),
                promise=percent(promise),
            )
        )
    if drift.degree == "much":
        told.append(_("What people write about has changed much in the last four weeks."))
    if drift.degree == "some":
        told.append(_("What people write about has changed somewhat in the last four weeks."))
    if drift.is_less_sure:
        told.append(
            _(
                "More than before goes to the sorting desk: %(recent)s instead of %(before)s.",
                recent=percent(drift.desk_recent.value),
                before=percent(drift.desk_before.value),
            )
        )
    return told


def tell_verdict(training: ModelTraining) -> str:
    """Return what came of a training."""
    return {
        Verdict.FIRST: _("In use: there was no model before."),
        Verdict.NOT_WORSE: _("Put to use: worse in nothing than the one before."),
        Verdict.WORSE: _("Not put to use: worse than the one in use."),
        Verdict.HELD: _("Not put to use: a person went back to an earlier model."),
        Verdict.OVERTAKEN: _("Not put to use: another model was put to use meanwhile."),
    }[Verdict(training.reason)]


def off_hours(share: Share) -> str:
    """Return the share of what somebody did outside working hours; of too little nothing is said."""
    return percent(share.value) if share.whole >= LEAST_DEEDS else "–"


def tell_strain(kind: StrainKind, name: str, *, own: bool) -> str:
    """Return in what way somebody's load looks like too much, to themselves or to who can help."""
    if own:
        return {
            StrainKind.MUCH_OPEN: _(
                "You have much more open than is usual in your department, and it grew three weeks running."
            ),
            StrainKind.OFF_HOURS: _(
                "Two weeks running you have done much of your work outside working hours."
            ),
        }[kind]
    return {
        StrainKind.MUCH_OPEN: _(
            "%(name)s has much more open than is usual in the department, and it grew three weeks running.",
            name=name,
        ),
        StrainKind.OFF_HOURS: _(
            "%(name)s has done much of the work of two weeks running outside working hours.", name=name
        ),
    }[kind]
