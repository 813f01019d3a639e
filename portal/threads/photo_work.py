"""What becomes of a photo: staff show it, hide it or black out parts of it, its sender takes it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.threads.actions import need_reason, speak
from portal.threads.additions import Photo, PhotoState
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Level, Thread
from portal.threads.photos import Kept, count_photos, remove_files_later
from portal.threads.words import index_words


def show_photo(session: Session, thread: Thread, photo: Photo, *, by: Actor, now: datetime) -> None:
    """Make a photo as public as the words of its locked thread; shown already, nothing happens."""
    if photo.state != PhotoState.SHOWN:
        _set_state(session, thread, photo, PhotoState.SHOWN)
        data = {"photos": [photo.id]}
        told = EventVisibility.STAFF
        record_event(session, thread, "thread.photos_shown", by=by, now=now, visibility=told, data=data)


def hide_photo(
    session: Session, thread: Thread, photo: Photo, reason: str, *, by: Actor, now: datetime
) -> None:
    """Take a photo from the public; the sender is told why. Hidden already, nothing happens."""
    need_reason(reason)
    if photo.state != PhotoState.HIDDEN:
        _set_state(session, thread, photo, PhotoState.HIDDEN)
        told = EventVisibility.SENDER
        speak(session, thread, Level.TOLD, "thread.photo_hidden", reason, by=by, now=now, visibility=told)


def _set_state(session: Session, thread: Thread, photo: Photo, state: PhotoState) -> None:
    photo.state = state
    session.flush()
    count_photos(session, thread)


def black_out_photo(
    session: Session, thread: Thread, photo: Photo, before: str, after: Kept, *, by: Actor, now: datetime
) -> None:
    """Put the blackened picture in the place of the one with key `before`, which is removed for good.

    Raises Conflict if somebody else has altered the photo meanwhile.
    """
    if photo.key != before:
        raise Conflict(_("Someone else changed this while you were reading it."))
    photo.key, photo.width, photo.height = after.key, after.width, after.height
    remove_files_later(session, before, now)
    data = {"photos": [photo.id]}
    told = EventVisibility.STAFF
    record_event(session, thread, "thread.photo_blacked_out", by=by, now=now, visibility=told, data=data)


def take_back_photo(session: Session, thread: Thread, photo: Photo, *, by: Actor, now: datetime) -> None:
    """Remove a photo and its files for good, as its sender wishes; the thread must be locked.

    That there was one stays on the timeline.
    """
    remove_files_later(session, photo.key, now)
    session.delete(photo)
    session.flush()
    count_photos(session, thread)
    data = {"photos": [photo.id]}
    told = EventVisibility.SENDER
    record_event(session, thread, "thread.photo_taken_back", by=by, now=now, visibility=told, data=data)
    index_words(session, thread)
