"""What happened and what is asked, as the sender reads it."""

from dataclasses import replace
from typing import Any

from portal.communities.directory import Directory
from portal.threads.models import Status, Thread
from portal.threads.timeline import Entry, tell_timeline


def open_question(thread: Thread, events: Any) -> str:
    """Return the question of staff that waits for an answer, or nothing."""
    if thread.status != Status.WAITING:
        return ""
    asked = [e.statement.text for e in events if e.kind == "thread.asked" and e.statement]
    return asked[-1] if asked else ""


def tell_history(events: Any, directory: Directory) -> list[Entry]:
    """Return the timeline; what the sender added stands above it already."""
    entries = tell_timeline(events, directory)
    return [replace(e, words="") if e.kind == "thread.words_added" else e for e in entries]
