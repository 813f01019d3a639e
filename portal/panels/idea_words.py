"""An idea as the panel reads it: the proposal, and nothing of who made it or how many support it."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import Directory
from portal.core.text import mask_personal
from portal.ideas.about import tell_parts
from portal.ideas.calls import Call
from portal.ideas.models import Idea
from portal.threads.gallery import Shown, tell_public_photo
from portal.threads.models import Level, Statement, Thread
from portal.threads.photos import list_public_photos
from portal.threads.words import shown_original


@dataclass(frozen=True)
class Proposal:
    """What is scored. Numbers and addresses of persons in it are masked."""

    reference: str
    language: str
    title: str
    words: str
    parts: list[tuple[str, str]]
    place: str
    call: tuple[str, str] | None  # name and address
    photos: list[Shown]  # those that everybody may see


def read_proposal(session: Session, thread: Thread, directory: Directory) -> Proposal:
    """Return the idea as it may be read blind; two queries."""
    idea, call = session.execute(
        select(Idea, Call).outerjoin(Call, Call.id == Idea.call_id).where(Idea.thread_id == thread.id)
    ).one()
    said = (Level.ORIGINAL, Level.MASKED)
    words = select(Statement).where(Statement.thread_id == thread.id, Statement.level.in_(said))
    return Proposal(
        thread.reference,
        thread.language,
        mask_personal(thread.given_title or thread.title),
        shown_original(session.scalars(words)),
        [(heading, mask_personal(text)) for heading, text in tell_parts(idea)],
        directory.full_name(thread.place_id),
        (call.name, url_for("calls.show", code=call.code)) if call else None,
        [tell_public_photo(photo) for photo in list_public_photos(session, thread)],
    )
