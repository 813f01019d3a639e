"""Ideas that change, in tests."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.ideas.changing import change_idea, read_wording
from portal.ideas.versions import IdeaVersion, find_newest
from portal.threads.events import resident
from portal.threads.models import Thread
from tests.factories import NOW


def change(
    session: Session,
    thread: Thread,
    text: str,
    *,
    is_substance: bool = False,
    why: str = "",
    now: datetime = NOW,
    **parts: Any,
) -> IdeaVersion:
    """Let the sender of an idea write it anew."""
    newest = find_newest(session, thread.id)
    return change_idea(
        session,
        thread,
        replace(read_wording(session, thread), text=text, **parts),
        is_substance=is_substance,
        why=why,
        seen=newest.id if newest else 0,
        by=resident(thread.author),
        now=now,
    )
