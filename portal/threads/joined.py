"""What was joined with a submission, as its page shows it: each with its own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.threads.models import Level, Statement, Thread, Visibility
from portal.threads.trees import below
from portal.threads.words import SENDERS_WORDS, shown_original


@dataclass(frozen=True)
class Joined:
    """One that was joined, with its words as they were sent and as the public may read them."""

    thread: Thread
    words: str
    public_words: str  # empty where they are not public


def list_joined(session: Session, number: int) -> list[Joined]:
    """Return all that was joined with a thread, the oldest first, in one query."""
    joined = select(below(number).c.id)
    rows = session.execute(
        select(Thread, Statement)
        .join(Statement, Statement.thread_id == Thread.id)
        .where(Thread.id.in_(joined), Thread.id != number)
        .where(Statement.level.in_(SENDERS_WORDS))
        .order_by(Thread.id)
    )
    said: dict[Thread, list[Statement]] = {}
    for thread, statement in rows:
        said.setdefault(thread, []).append(statement)
    return [_tell(thread, statements) for thread, statements in said.items()]


def _tell(thread: Thread, said: Sequence[Statement]) -> Joined:
    is_public = thread.is_listed and thread.visibility == Visibility.PUBLIC
    original = next(s.text for s in said if s.level == Level.ORIGINAL)
    return Joined(thread, original, shown_original(said) if is_public else "")
