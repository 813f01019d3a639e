"""Which ideas may be combined, and where the combined one belongs. No database."""

from collections.abc import Sequence
from datetime import datetime

from portal.communities.directory import Directory
from portal.core.i18n import gettext as _
from portal.core.i18n import listed
from portal.threads.models import Kind, Thread, Visibility
from portal.threads.votes import votes_are_open

MOST = 10  # ideas of one proposal


def can_be_combined(idea: Thread, now: datetime) -> bool:
    """Tell whether an idea is public and takes support now."""
    is_public = idea.kind == Kind.IDEA and idea.visibility == Visibility.PUBLIC
    return is_public and votes_are_open(idea, now)


def refusal(ideas: Sequence[Thread], calls: Sequence[int | None], now: datetime, *, fewest: int = 2) -> str:
    """Return why these can't be combined, in a sentence; empty where they can. `calls` is theirs."""
    unfit = [idea.reference for idea in ideas if not can_be_combined(idea, now)]
    if unfit:
        return _(
            "Only public ideas that are open for support can be combined, and that is not so of %(others)s.",
            others=listed(unfit),
        )
    if len({idea.id for idea in ideas}) < fewest:
        return _("Please name at least one other idea.")
    if len(ideas) > MOST:
        return _("Please combine at most %(most)s ideas at once.", most=MOST)
    if len(set(calls)) > 1:
        return _("They stand in different calls for ideas, and can’t be combined before those have ended.")
    return ""


def common_place(ideas: Sequence[Thread], directory: Directory) -> int:
    """Return the lowest place that holds all these ideas; the place of the first if none does."""
    above = [[place.id for place in directory.ancestors(idea.place_id)] for idea in ideas]
    shared = (number for number in above[0] if all(number in others for others in above[1:]))
    return next(shared, ideas[0].place_id)
