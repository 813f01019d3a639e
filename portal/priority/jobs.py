"""What happens to votes by the clock. Each handler is safe to run twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actions import MAIL_TOPIC
from portal.communities.directory import get_directory
from portal.core.outbox import enqueue, handles
from portal.priority.access import voter_ids
from portal.priority.actions import END_TOPIC, REMIND_TOPIC, close_vote
from portal.priority.models import CommitteeVoice, CommitteeVote
from portal.threads.actions import lock_thread

REMINDER = "vote_reminder"  # what the mail is about


@handles(END_TOPIC)
def end_vote(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Close a vote whose time is over, unless its quorum has ended it."""
    vote = session.get_one(CommitteeVote, payload["vote"])
    thread = lock_thread(session, vote.thread_id)
    session.refresh(vote)
    if vote.closed_at is None:
        close_vote(session, vote, thread, directory=get_directory(session), now=now)


@handles(REMIND_TOPIC)
def remind(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Have those who have not voted reminded, once."""
    vote = session.get_one(CommitteeVote, payload["vote"])
    if vote.closed_at or vote.reminded_at:
        return
    vote.reminded_at = now
    voted = set(session.scalars(select(CommitteeVoice.person_id).where(CommitteeVoice.vote_id == vote.id)))
    for person_id in sorted(voter_ids(session, vote.thread, get_directory(session)) - voted):
        mail = {"person_id": person_id, "about": REMINDER, "key": f"vote-{vote.id}.{person_id}"}
        enqueue(session, MAIL_TOPIC, mail, now=now)
