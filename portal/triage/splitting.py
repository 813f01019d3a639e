"""Splitting a message that says several things, so that each goes to those who can do it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import CategoryEntry, Directory
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.ideas.actions import submit_idea
from portal.reports.actions import submit_report
from portal.routing.advice import advice_of_a_person
from portal.routing.rules import Route
from portal.threads.actions import Submission, refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.links import LinkKind, ThreadLink
from portal.threads.merging import join_quietly
from portal.threads.models import EventVisibility, Kind, Thread
from portal.threads.queries import original_words
from portal.threads.trees import lock_trees

MOST_PARTS = 4  # beside what stays
AT_BIRTH = 2  # events of a part that nothing has happened to: split off, and sent where it belongs


@dataclass(frozen=True)
class Part:
    """One of the things said: which, and where it belongs; without a category it is an idea."""

    about: str
    category: CategoryEntry | None


def split_thread(
    session: Session, thread: Thread, parts: Sequence[Part], directory: Directory, *, by: Actor, now: datetime
) -> list[Thread]:
    """Let each part go on by itself, with the sender's words in full. The thread, locked, keeps the rest.

    What neighbours gave it, votes and photos, stays with it.
    """
    refuse_unless(not thread.is_closed)
    words = original_words(session, thread.id)
    made = [
        _split_off(session, _submission_of(thread, words, part.about, number, by), part, directory, now)
        for number, part in enumerate(parts, 1)
    ]
    for part in made:
        tie = ThreadLink(kind=LinkKind.SPLIT, from_id=part.id, to_id=thread.id, actor_id=by.id, at=now)
        session.add(tie)
    data = {"others": [part.reference for part in made]}
    record_event(session, thread, "thread.split", by=by, now=now, data=data)
    session.flush()
    return made


def _split_off(
    session: Session, submission: Submission, part: Part, directory: Directory, now: datetime
) -> Thread:
    """Send a part where it belongs; whether it tells of danger is asked of the part alone."""
    advice = advice_of_a_person(part.about)
    if part.category is None:
        return submit_idea(session, submission, advice, Route(Kind.IDEA, None, None, to_desk=False), now=now)
    department = directory.department_for(part.category.id, submission.place_id)
    route = Route(Kind.REPORT, part.category, department.id, to_desk=False)
    return submit_report(session, submission, advice, route, now=now)


def _submission_of(thread: Thread, words: str, about: str, number: int, by: Actor) -> Submission:
    pin = None
    if thread.latitude is not None and thread.longitude is not None:
        pin = (thread.latitude, thread.longitude)
    return Submission(
        key=f"split:{thread.reference}:{thread.last_sequence}:{number}",
        token=secrets.token_urlsafe(32),
        text=words,
        author=thread.author,
        place_id=thread.place_id,
        language=thread.language,
        title=about,
        spot_id=thread.spot_id,
        address=thread.address,
        point=pin,
        name_shown=thread.author_name_shown,
        channel=thread.channel,
        taken_by=by,
        part_of=thread,
    )


def list_parts(session: Session, thread_id: int) -> Sequence[Thread]:
    """Return what was split off from a thread and goes on by itself, the oldest first."""
    return session.scalars(
        select(Thread)
        .join(ThreadLink, ThreadLink.from_id == Thread.id)
        .where(ThreadLink.kind == LinkKind.SPLIT, ThreadLink.ended_at.is_(None))
        .where(ThreadLink.to_id == thread_id)
        .order_by(Thread.id)
    ).all()


def is_untouched(part: Thread) -> bool:
    """Tell whether nothing has happened to a part since it was split off."""
    return part.last_sequence == AT_BIRTH and not part.votes_total and not part.photos_total


def lock_with_parts(session: Session, thread: Thread) -> None:
    """Lock the thread and what was split off from it, in one order for all."""
    lock_trees(session, thread.id, *(part.id for part in list_parts(session, thread.id)))


def undo_split(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Put a locked thread and its parts together again, while nothing has happened to any of them."""
    parts = list_parts(session, thread.id)
    refuse_unless(bool(parts) and not thread.is_closed)
    if not all(is_untouched(part) for part in parts):
        raise Conflict(_("Something has happened to a part since. Join the parts one by one instead."))
    for part in parts:
        join_quietly(session, part, thread, by=by, now=now)
        data, inside = {"others": [thread.reference]}, EventVisibility.STAFF
        record_event(session, part, "thread.split_undone", by=by, now=now, visibility=inside, data=data)
    ties = select(ThreadLink).where(
        ThreadLink.kind == LinkKind.SPLIT, ThreadLink.to_id == thread.id, ThreadLink.ended_at.is_(None)
    )
    for tie in session.scalars(ties):
        tie.ended_at = now
    others = {"others": [part.reference for part in parts]}
    record_event(session, thread, "thread.split_undone", by=by, now=now, data=others)
