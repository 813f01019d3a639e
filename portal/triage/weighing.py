"""Staff say how bad, how likely and how far-reaching a matter is, and so correct its priority."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Level, Thread
from portal.threads.scoring import rescore
from portal.threads.words import say
from portal.triage.rules import can_weigh


def weigh(
    session: Session,
    thread: Thread,
    *,
    severity: int | None,
    likelihood: int,
    exposure: int,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Set what the risk is made of; no severity means that of the category. The reason is for staff."""
    refuse_unless(can_weigh(thread))
    need_reason(reason)
    was = thread.priority
    thread.severity, thread.likelihood, thread.exposure = severity, likelihood, exposure
    rescore(session, thread, now)
    record_event(
        session,
        thread,
        "thread.weighed",
        by=by,
        now=now,
        visibility=EventVisibility.STAFF,
        statement=say(session, thread, Level.NOTE, reason, author=by.person, now=now),
        data={
            "severity": severity,
            "likelihood": likelihood,
            "exposure": exposure,
            "was": was,
            "is": thread.priority,
        },
    )
