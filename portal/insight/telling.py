"""What the figures mean, in plain sentences of the reader's language."""

from portal.core.i18n import gettext as _
from portal.insight.figures import Share
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
