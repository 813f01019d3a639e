"""Effects, reviews and decisions in words."""

from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.pilots.effects import Severity
from portal.pilots.gates import GateKind, Verdict

# Translated when they are shown.
SEVERITIES = {
    Severity.SLIGHT: lazy_gettext("Slight"),
    Severity.NOTABLE: lazy_gettext("Notable"),
    Severity.SEVERE: lazy_gettext("Severe"),
}
SEVERITY_HINTS = {
    Severity.SLIGHT: lazy_gettext("One notices it, and can live with it."),
    Severity.NOTABLE: lazy_gettext("It changes somebody’s day, for better or worse."),
    Severity.SEVERE: lazy_gettext("Somebody is hurt or in danger, or something can’t be made good again."),
}
VERDICTS = {
    Verdict.GO_ON: lazy_gettext("Goes on as planned"),
    Verdict.SCALE: lazy_gettext("It worked: make it a practice"),
    Verdict.ADJUST: lazy_gettext("Adjust it and try a next round"),
    Verdict.EXTEND: lazy_gettext("Extend it: it is too early to say"),
    Verdict.STOP: lazy_gettext("Stop the pilot"),
}
VERDICT_HINTS = {
    Verdict.SCALE: lazy_gettext("It goes into the practice library, where others can take it up."),
    Verdict.ADJUST: lazy_gettext(
        "The next round begins. What is measured can be set anew; each change is listed."
    ),
    Verdict.EXTEND: lazy_gettext("The last day moves."),
    Verdict.STOP: lazy_gettext(
        "What was learnt is published, and everybody is thanked. Stopping well is not failing: "
        "the community gets its place for a trial back."
    ),
}
GATES = {
    GateKind.INTERIM: lazy_gettext("Interim review"),
    GateKind.END: lazy_gettext("Review at the end"),
    GateKind.EARLY: lazy_gettext("Early review: a severe harm was told"),
}


def tell_nature(is_wanted: bool) -> str:
    """Return whether an effect was hoped for."""
    return _("Wanted effect") if is_wanted else _("Unwanted effect")


def tell_counts(wanted: int, unwanted: int) -> str:
    """Return how many effects people have noticed, in words."""
    if not wanted and not unwanted:
        return _("Nobody has told of an effect yet.")
    good = ngettext("%(num)s wanted effect was noticed", "%(num)s wanted effects were noticed", wanted)
    bad = ngettext("%(num)s unwanted one", "%(num)s unwanted ones", unwanted)
    return _("%(good)s, %(bad)s.", good=good, bad=bad)


def tell_cost(spent: int, budget: int) -> str:
    """Return what a pilot has cost, in words."""
    return _("%(spent)s yuan spent, of %(budget)s planned.", spent=f"{spent:,}", budget=f"{budget:,}")
