"""Undoing what was done to many at once, for ten minutes, where nothing has happened since."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at, is_officer_for, is_panellist_at
from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.core.db import UtcDateTime
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.routing.actions import take_back_decision
from portal.threads.actions import lock_thread
from portal.threads.additions import Photo, PhotoState
from portal.threads.events import TAKEN_BACK, Actor, keep_untold, record_event, told_later
from portal.threads.merging import undo_merge
from portal.threads.models import Event, EventVisibility, Level, Statement, Thread
from portal.threads.scoring import rescore
from portal.threads.trees import lock_trees
from portal.threads.words import index_words
from portal.triage.bulk import SETTLES, UNDO
from portal.triage.joining import settle_again
from portal.triage.models import BulkAction
from portal.triage.work import after_move

MERGE = "merge"


def find_latest(session: Session, person: Person, now: datetime) -> BulkAction | None:
    """Return what this person did to many at once last, while it can be undone."""
    mine = select(BulkAction).where(BulkAction.person_id == person.id, BulkAction.at > now - UNDO)
    latest = session.scalar(mine.order_by(BulkAction.at.desc(), BulkAction.id.desc()).limit(1))
    return latest if latest is not None and latest.undone_at is None else None


def get_bulk(session: Session, person: Person, number: int) -> BulkAction:
    """Return what this person did to many at once, locked; NotFound if it is not theirs."""
    found = select(BulkAction).where(BulkAction.id == number, BulkAction.person_id == person.id)
    action = session.scalar(found.with_for_update(of=BulkAction))
    if action is None:
        raise NotFound()
    return action


def can_undo(action: BulkAction, now: datetime) -> bool:
    return action.undone_at is None and now < action.at + UNDO


def undo_bulk(
    session: Session, action: BulkAction, person: Person, *, directory: Directory, now: datetime
) -> None:
    """Put back what stood before in each thread in which nothing has happened since; name the others.

    Left too is what the person no longer has the role for.

    What was said is kept, for staff alone, and who would have been told of it is not.
    """
    if not can_undo(action, now):
        raise Conflict(_("This can’t be undone any more."))
    put_back: dict[int, int] = {}
    left: list[int] = []
    for kept in sorted(action.done, key=lambda kept: kept["thread"]):
        if action.verb in (MERGE, *SETTLES):
            lock_trees(session, kept["thread"])
        thread = lock_thread(session, kept["thread"])
        is_same = thread.last_sequence == kept["until"]
        if is_same and _may_still(person, thread, kept, directory):
            by = Actor(person, kept["role"])
            if action.verb == MERGE:
                with told_later(session, now + UNDO):  # and forgotten with the rest, below
                    undo_merge(session, thread, by=by, now=now)
            else:
                _put_back(session, thread, kept, action, by=by, now=now)
            for follow in after_move:
                follow(session, thread)
            put_back[thread.id] = kept["from"]
        else:
            left.append(thread.id)
    keep_untold(session, put_back, now)
    action.undone_at, action.left = now, left
    session.flush()


def _may_still(person: Person, thread: Thread, kept: dict[str, Any], directory: Directory) -> bool:
    """Tell whether the person holds the role in which they did it, where the thread stood then."""
    path = directory.places[thread.place_id].path
    if kept["role"] == "coordinator":
        return is_coordinator_at(person, path)
    if kept["role"] == "panellist":
        return is_panellist_at(person, path)
    return is_officer_for(person, path, kept["before"].get("department_id", thread.department_id))


def _put_back(
    session: Session, thread: Thread, kept: dict[str, Any], action: BulkAction, *, by: Actor, now: datetime
) -> None:
    for name, value in kept["before"].items():
        setattr(thread, name, _read(name, value))
    shown = Photo.id.in_(kept["photos"]) & (Photo.state == PhotoState.SHOWN)
    session.execute(update(Photo).where(shown).values(state=PhotoState.FIRST_LOOK))
    take_back_decision(session, thread, action.at)
    events = session.scalars(
        select(Event).where(Event.thread_id == thread.id, Event.sequence > kept["from"])
    ).all()
    said = {event.statement_id for event in events if event.statement_id}
    session.execute(update(Statement).where(Statement.id.in_(said)).values(level=Level.TAKEN_BACK))
    rescore(session, thread, now)
    if action.verb in SETTLES:
        settle_again(session, thread, now=now)
    data = {"verb": action.verb, "after": kept["from"]}
    seen_by = _seen_by({event.visibility for event in events})
    record_event(session, thread, TAKEN_BACK, by=by, now=now, visibility=seen_by, data=data)
    index_words(session, thread)


MOMENTS = {c.key for c in Thread.__table__.columns if isinstance(c.type, UtcDateTime)}


def _read(name: str, value: Any) -> Any:
    """Return a kept value as its column takes it."""
    is_moment = isinstance(value, str) and name in MOMENTS
    return datetime.fromisoformat(value) if is_moment else value


def _seen_by(visibilities: set[EventVisibility]) -> EventVisibility:
    """Return the widest of these: whoever could see the step sees that it was taken back."""
    order = (EventVisibility.PUBLIC, EventVisibility.SENDER)
    return next((v for v in order if v in visibilities), EventVisibility.STAFF)
