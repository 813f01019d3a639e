"""Photos of a thread: kept before any row names them, added once, shown after a first look."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.core.pictures import Picture
from portal.core.storage import Store
from portal.threads.additions import Photo, PhotoState
from portal.threads.events import SYSTEM, Actor, record_event
from portal.threads.models import EventVisibility, Kind, Thread, Visibility
from portal.threads.words import index_words

SIZES = ("large", "small")
MOST_OF_A_PERSON = 10  # in one thread
MOST_IN_A_THREAD = 60
REMOVE_TOPIC = "photos.remove_files"


@dataclass(frozen=True)
class Kept:
    """A picture whose files are in the store, and no row names them yet."""

    key: str
    source: str  # digest of the file that was sent
    width: int
    height: int
    alt: str = ""


def keep_picture(store: Store, picture: Picture, source: str) -> Kept:
    """Write a picture's files under a new key. Raises StoreFailed.

    If nothing comes of it, no row will name the files, and the night sweeps them away.
    """
    key = secrets.token_hex(16)
    store.put(file_name(key, "large"), picture.large)
    store.put(file_name(key, "small"), picture.small)
    return Kept(key, source, picture.width, picture.height)


def file_name(key: str, size: str) -> str:
    return f"{key}-{size}.jpg"


def key_of_file(name: str) -> str:
    return name.partition("-")[0]


def add_photos(
    session: Session,
    thread: Thread,
    pictures: Sequence[Kept],
    *,
    person: Person,
    by: Actor,
    now: datetime,
    round_: int | None = None,
) -> list[Photo]:
    """Add kept pictures of this person to a locked thread; what it has already is left out.

    They are as public as the words if the person is verified, else wait for a first look; so are those
    by which staff show that it was fixed, in this `round_`.
    Raises Conflict where it would be too many.
    """
    if not pictures:
        return []
    there = set(session.scalars(select(Photo.source).where(Photo.thread_id == thread.id)))
    photos = [_new_photo(thread, kept, person, now, round_) for kept in pictures if kept.source not in there]
    if not photos:
        return []
    if len(photos) > count_room(session, thread, person):
        raise Conflict(_("There is no room for so many photos. Please choose fewer."))
    session.add_all(photos)
    session.flush()
    count_photos(session, thread)
    _record(session, thread, "thread.photos_added", photos, EventVisibility.SENDER, by=by, now=now)
    index_words(session, thread)
    return photos


def _new_photo(thread: Thread, kept: Kept, person: Person, now: datetime, round_: int | None) -> Photo:
    return Photo(
        thread_id=thread.id,
        person_id=person.id,
        key=kept.key,
        source=kept.source,
        alt=kept.alt,
        width=kept.width,
        height=kept.height,
        state=PhotoState.SHOWN if person.is_verified or round_ else PhotoState.FIRST_LOOK,
        round=round_,
        created_at=now,
    )


def count_room(session: Session, thread: Thread, person: Person) -> int:
    """Return how many photos this person may still add to the thread."""
    own = func.count().filter(Photo.person_id.in_(records_of(person)))
    counts = select(func.count(), own).select_from(Photo).where(Photo.thread_id == thread.id)
    all_, of_person = session.execute(counts).one()
    return max(0, min(MOST_IN_A_THREAD - all_, MOST_OF_A_PERSON - of_person))


def count_photos(session: Session, thread: Thread) -> None:
    """Write how many photos of the thread are shown."""
    shown = select(func.count()).where(Photo.thread_id == thread.id, Photo.state == PhotoState.SHOWN)
    thread.photos_total = session.scalar(shown) or 0


def show_waiting_photos(session: Session, thread: Thread, *, by: Actor, now: datetime) -> None:
    """Show what waits for a first look: all of it, or if nobody looked, only what its author added."""
    waiting = select(Photo).where(Photo.thread_id == thread.id, Photo.state == PhotoState.FIRST_LOOK)
    if by.person is None:
        waiting = waiting.where(Photo.person_id.in_(records_of(thread.author)))
    _show(session, thread, session.scalars(waiting).all(), by=by, now=now)


def show_photos_of(session: Session, person: Person, now: datetime) -> None:
    """Show the waiting photos of a person who has been verified, wherever they added them."""
    waiting = select(Photo).where(
        Photo.state == PhotoState.FIRST_LOOK, Photo.person_id.in_(records_of(person))
    )
    by_thread: dict[int, list[Photo]] = {}
    for photo in session.scalars(waiting):
        by_thread.setdefault(photo.thread_id, []).append(photo)
    threads = select(Thread).where(Thread.id.in_(by_thread)).order_by(Thread.id).with_for_update()
    for thread in session.scalars(threads):
        _show(session, thread, by_thread[thread.id], by=SYSTEM, now=now)


def _show(session: Session, thread: Thread, photos: Sequence[Photo], *, by: Actor, now: datetime) -> None:
    if not photos:
        return
    for photo in photos:
        photo.state = PhotoState.SHOWN
    session.flush()
    count_photos(session, thread)
    _record(session, thread, "thread.photos_shown", photos, EventVisibility.STAFF, by=by, now=now)


def _record(
    session: Session,
    thread: Thread,
    kind: str,
    photos: Sequence[Photo],
    visibility: EventVisibility,
    *,
    by: Actor,
    now: datetime,
) -> None:
    data = {"photos": [photo.id for photo in photos]}
    record_event(session, thread, kind, by=by, now=now, visibility=visibility, data=data)


def remove_files_later(session: Session, key: str, now: datetime) -> None:
    """Let the worker remove a picture's files, once its row is gone or names others."""
    enqueue(session, REMOVE_TOPIC, {"key": key}, now=now)


def list_photos(session: Session, thread_id: int) -> Sequence[Photo]:
    """Return all photos of a thread, whatever their state, in the order they came."""
    return session.scalars(select(Photo).where(Photo.thread_id == thread_id).order_by(Photo.id)).all()


def list_public_photos(session: Session, thread: Thread) -> Sequence[Photo]:
    """Return what anyone may see; nothing is asked where the thread says that there is nothing."""
    if thread.visibility != Visibility.PUBLIC or not thread.photos_total:
        return []
    return [photo for photo in list_photos(session, thread.id) if photo.state == PhotoState.SHOWN]


def list_photos_for_sender(session: Session, thread: Thread) -> Sequence[Photo]:
    """Return what the sender added, and what others may see."""
    own = Photo.person_id.in_(records_of(thread.author)) | (Photo.state == PhotoState.SHOWN)
    return session.scalars(select(Photo).where(Photo.thread_id == thread.id, own).order_by(Photo.id)).all()


def first_photos(session: Session, lines: Iterable[Any]) -> dict[int, Photo]:
    """Return the first shown photo of each thread of these rows of threads.listing, by its id.

    One query, and none where no row has any that may be seen.
    """
    ids = [row.id for row in lines if row.photos_total and row.visibility == Visibility.PUBLIC]
    if not ids:
        return {}
    shown = select(Photo).where(Photo.thread_id.in_(ids), Photo.state == PhotoState.SHOWN)
    return {photo.thread_id: photo for photo in session.scalars(shown.order_by(Photo.id.desc()))}


def first_photos_of_any_state(session: Session, thread_ids: Sequence[int]) -> dict[int, Photo]:
    """Return the first photo of each of these threads, for staff, by its id."""
    of_them = select(Photo).where(Photo.thread_id.in_(thread_ids)).order_by(Photo.id.desc())
    return {photo.thread_id: photo for photo in session.scalars(of_them)}


def is_key(text: str) -> bool:
    """Tell whether this could be a key at all."""
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def is_shown_to_all(session: Session, key: str) -> bool:
    """Tell whether this is a picture that anyone may see now."""
    found = (
        select(Photo.id)
        .join(Thread, Thread.id == Photo.thread_id)
        .where(
            Photo.key == key,
            Photo.state == PhotoState.SHOWN,
            Thread.visibility == Visibility.PUBLIC,
            Thread.kind != Kind.UNDECIDED,
        )
    )
    return session.scalar(found) is not None


def is_photo(session: Session, key: str) -> bool:
    """Tell whether a thread has this picture, whoever may see it."""
    return session.scalar(select(Photo.id).where(Photo.key == key)) is not None
