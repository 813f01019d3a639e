"""Why a priority is what it is, and what a vote has come to, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.priority.models import Choice, CommitteeVote, Outcome
from portal.priority.rules import Count
from portal.threads.models import Thread
from portal.threads.priority import FEWEST_VOICES, Facts
from portal.threads.priority_lines import tell_committee, tell_counts
from portal.threads.scoring import facts_of, score_of
from portal.triage.scales import EXPOSURES, LIKELIHOODS, SEVERITIES


@dataclass(frozen=True)
class Explained:
    """What the formula says: one sentence, and for each part its points and why."""

    total: int
    sentence: str
    rows: list[tuple[str, str]]


def explain(thread: Thread, directory: Directory, now: datetime) -> Explained:
    """Return what the formula makes of a thread, and of what."""
    score, facts = score_of(thread, directory, now), facts_of(thread, directory, now)
    points = {part.name: part.points for part in score.parts}
    sentence = _(
        "%(total)s of 100: %(risk)s for the risk, %(affected)s for those affected, "
        "%(age)s for waiting, %(recurrence)s for coming again.",
        total=score.total,
        **points,
    )
    rows = [
        (
            _("%(part)s: %(points)s of %(most)s", part=names()[p.name], points=p.points, most=p.most),
            WHY[p.name](facts),
        )
        for p in score.parts
    ]
    return Explained(score.total, sentence, rows)


def names() -> dict[str, str]:
    return {
        "risk": _("Risk"),
        "affected": _("Affected"),
        "age": _("Time waited"),
        "recurrence": _("Coming again"),
    }


def _why_risk(facts: Facts) -> str:
    return _(
        "How bad: %(severity)s (%(s)s). How likely: %(likelihood)s (%(l)s). Who: %(exposure)s (%(e)s).",
        severity=SEVERITIES[facts.severity - 1],
        s=facts.severity,
        likelihood=LIKELIHOODS[facts.likelihood - 1],
        l=facts.likelihood,
        exposure=EXPOSURES[facts.exposure - 1],
        e=facts.exposure,
    )


def _why_affected(facts: Facts) -> str:
    said = ngettext(
        "%(num)s person, %(verified)s verified.",
        "%(num)s people, %(verified)s verified.",
        facts.verified + facts.unverified,
        verified=facts.verified,
    )
    usual = max(facts.usual_voices, FEWEST_VOICES)
    return said + " " + ngettext("%(num)s is usual here.", "%(num)s are usual here.", usual)


def _why_age(facts: Facts) -> str:
    percent = round(100 * max(facts.waited, 0))
    return _("It has waited for %(percent)s%% of the time that was promised.", percent=percent)


def _why_recurrence(facts: Facts) -> str:
    if not facts.recurrences:
        return _("It has not come up here before.")
    return ngettext(
        "The same was reported here %(num)s time before.",
        "The same was reported here %(num)s times before.",
        facts.recurrences,
    )


WHY: dict[str, Callable[[Facts], str]] = {
    "risk": _why_risk,
    "affected": _why_affected,
    "age": _why_age,
    "recurrence": _why_recurrence,
}


def choice_label(choice: Choice) -> str:
    return {
        Choice.APPROVE: _("Approve"),
        Choice.OBJECT: _("Object"),
        Choice.ABSTAIN: _("Abstain"),
    }[choice]


def tell_proposal(vote: CommitteeVote) -> str:
    """Return what is voted on, and how that stands; of a vote that is over, how it stood when it began."""
    if vote.is_screening:
        return _("Take the idea up and open it for support?")
    if vote.proposed is None:
        return _("Let the formula say the priority again?")
    if vote.closed_at:
        return _("Set the priority to %(proposed)s? It was %(was)s.", proposed=vote.proposed, was=vote.was)
    return _(
        "Set the priority to %(proposed)s? It is %(now)s.", proposed=vote.proposed, now=vote.thread.priority
    )


def tell_result(vote: CommitteeVote) -> str:
    """Return what a closed vote came to."""
    return tell_committee(
        {
            "outcome": vote.outcome,
            "approve": vote.approved,
            "object": vote.objected,
            "abstain": vote.abstained,
            "proposed": vote.proposed,
            "was": vote.was,
            "screening": vote.is_screening,
        }
    )


def tell_state(vote: CommitteeVote, count: Count) -> str:
    """Return how far an open vote is."""
    so_far = _(
        "%(voted)s of %(eligible)s have voted: %(counts)s.",
        voted=count.voted,
        eligible=count.eligible,
        counts=tell_counts(vars(count)),
    )
    if vote.quorum is None:
        return so_far
    rule = ngettext("At least %(num)s must take part.", "At least %(num)s must take part.", vote.quorum)
    return f"{so_far} {rule}"


def is_decision(vote: CommitteeVote) -> bool:
    """Tell whether the vote set a priority."""
    return vote.outcome == Outcome.ACCEPTED and not vote.is_screening
