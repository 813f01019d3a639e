"""Ideas of the demo that their senders have changed: one in its words, one in what it proposes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.ideas.changing import change_idea, keep_support, read_wording
from portal.setup.cast import Cast
from portal.threads.actions import lock_thread
from portal.threads.events import resident
from portal.threads.models import Kind, Thread, Vote

KEEP = 2  # supporters who have answered already


@dataclass(frozen=True)
class Rewritten:
    title: str  # of the idea
    old: str
    new: str
    why: str
    is_substance: bool


AGO = timedelta(days=4)  # before the panel gets one of them
CHANGES = (
    Rewritten(
        "樓下設一個共用充電櫃",
        "能不能在每個門口設一個防火充電櫃",
        "能不能在東邊車棚設一排防火充電櫃，離住戶至少十公尺",
        "鄰居說門口離窗戶太近，所以改放車棚。",
        True,
    ),
    Rewritten(
        "办事窗口每周开一个晚上",
        "哪怕只开一个窗口。",
        "哪怕只开一个窗口，能盖章、能开证明就行。",
        "说清楚最常办的是哪两件事。",
        False,
    ),
)


def rewrite_ideas(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let senders change their ideas; of those asked anew some have answered, the others not yet."""
    for thread in threads:
        for change in CHANGES:
            if thread.kind == Kind.IDEA and thread.title == change.title and not thread.is_closed:
                _rewrite(cast, thread, change, max(now - AGO, thread.changed_at))


def _rewrite(cast: Cast, thread: Thread, change: Rewritten, now: datetime) -> None:
    session = cast.session
    lock_thread(session, thread.id)
    before = read_wording(session, thread)
    after = replace(before, text=before.text.replace(change.old, change.new))
    by, what = resident(thread.author), change.is_substance
    change_idea(session, thread, after, is_substance=what, why=change.why, seen=0, by=by, now=now)
    given = select(Vote).where(Vote.thread_id == thread.id).order_by(Vote.id)
    voters = [vote.person_id for vote in session.scalars(given)]
    for person in cast.residents:
        if change.is_substance and person.id in voters[:KEEP]:
            keep_support(session, thread, person, seen=thread.version, now=now)
