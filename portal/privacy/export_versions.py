"""What a person made of their ideas since, for the file of what is kept about them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.ideas.versions import IdeaVersion
from portal.threads.models import Kind, Thread


def list_wordings(session: Session, thread: Thread) -> list[dict[str, Any]]:
    """Return the versions of an idea as they were written, those too that were not shown."""
    if thread.kind != Kind.IDEA:
        return []
    versions = select(IdeaVersion).where(IdeaVersion.thread_id == thread.id).order_by(IdeaVersion.id)
    return [
        {
            "number": version.number,
            "state": version.state,
            **vars(version.wording),
            "what_is_different": version.why,
            "of_substance": version.is_substance,
            "at": version.made_at.isoformat(),
        }
        for version in session.scalars(versions)
    ]
