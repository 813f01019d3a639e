"""Joining what a neighbour has sent already, and adding words and photos to it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.intake.models import Draft
from portal.intake.queries import list_draft_photos
from portal.routing.advice import has_danger_words
from portal.threads.actions import refuse_unless, speak
from portal.threads.events import resident
from portal.threads.followers import find_follower, follow_thread
from portal.threads.models import EventVisibility, Level, Statement, Thread
from portal.threads.photos import Kept, add_photos
from portal.threads.votes import cast_vote


def join(session: Session, thread: Thread, person: Person, *, now: datetime) -> None:
    """Count the person as affected or as a supporter, and let them hear of it; once."""
    cast_vote(session, thread, person, now=now)
    if find_follower(session, thread, person) is None:
        follow_thread(session, thread, person, now=now)


def keep_joined_words(draft: Draft, words: str, *, now: datetime) -> None:
    """Keep with the draft what its person wants to add to the one they joined."""
    draft.answers = {**draft.answers, "joined": {"words": words}}
    draft.changed_at = now


def add_to_joined(
    session: Session, thread: Thread, person: Person, draft: Draft, text: str, *, now: datetime
) -> None:
    """Give staff the words, and the submission the photos, of a draft that is not sent; it ends.

    The thread must be locked. Words of danger put the matter on top. Raises Conflict where it is closed.
    """
    refuse_unless(not thread.is_closed)
    photos = [Kept(p.key, p.source, p.width, p.height, p.alt) for p in list_draft_photos(session, draft)]
    by = resident(person)
    if text and text not in _said_by(session, thread, person):
        told = EventVisibility.STAFF
        speak(session, thread, Level.JOINED, "thread.joined", text, by=by, now=now, visibility=told)
        thread.is_urgent = thread.is_urgent or has_danger_words(text)
    add_photos(session, thread, photos, person=person, by=by, now=now)
    session.delete(draft)
    session.flush()


def _said_by(session: Session, thread: Thread, person: Person) -> list[str]:
    said = select(Statement.text).where(
        Statement.thread_id == thread.id,
        Statement.level == Level.JOINED,
        Statement.author_id.in_(records_of(person)),
    )
    return list(session.scalars(said))
