"""The demo's votes of the committee: one that raised a priority, and one that is open."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.priority.access import can_vote
from portal.priority.actions import close_vote, give_voice, open_vote
from portal.priority.models import Choice, CommitteeVote
from portal.setup.cast import Cast
from portal.threads.models import Kind, Thread

DAY = timedelta(days=1)
LASTS = 2 * DAY  # the vote that is over
RAISED, ASKED = 80, 65
WHY = "等的人多，又拖了这么久，公式给的分太低，建议往前排。"
WHY_TOO = "这件牵涉的住户最多，要不要排到前面？"
FOR = "同意，居民已经问了好几次。"
AGAINST = "人手有限，先办有危险的。"


def ask_committee(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let the committee vote on the two reports without danger that most are affected by."""
    quiet = [
        t
        for t in threads
        if t.kind == Kind.REPORT and not t.is_closed and not t.is_urgent and t.changed_at < now - 2 * LASTS
    ]
    chosen = sorted(quiet, key=lambda t: -t.votes_total)[:2]
    if len(chosen) < 2:
        return
    begun = now - 2 * LASTS
    over = _ask(cast, chosen[0], WHY, RAISED, now=begun, until=begun + LASTS)
    _vote(cast, over, begun + DAY, (Choice.APPROVE, FOR), (Choice.APPROVE, ""), (Choice.OBJECT, AGAINST))
    close_vote(cast.session, over, chosen[0], directory=cast.directory, now=over.ends_at)
    open_one = _ask(cast, chosen[1], WHY_TOO, ASKED, now=now - DAY, until=now + 5 * DAY)
    _vote(cast, open_one, now, (Choice.APPROVE, ""), (Choice.OBJECT, AGAINST))


def _ask(
    cast: Cast, thread: Thread, question: str, proposed: int, *, now: datetime, until: datetime
) -> CommitteeVote:
    return open_vote(
        cast.session,
        thread,
        question=question,
        proposed=proposed,
        ends_at=until,
        quorum=None,
        is_public=True,
        directory=cast.directory,
        by=cast.coordinator(thread),
        now=now,
    )


def _vote(cast: Cast, vote: CommitteeVote, now: datetime, *voices: tuple[Choice, str]) -> None:
    voters = [person for person in cast.staff if can_vote(person, vote.thread, cast.directory)]
    for person, (choice, reason) in zip(voters, voices, strict=False):
        give_voice(cast.session, vote, choice, reason, person=person, directory=cast.directory, now=now)
