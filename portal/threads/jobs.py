"""Background work about threads."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import begin_write
from portal.core.outbox import enqueue, handles
from portal.core.storage import get_store
from portal.core.worker import nightly
from portal.threads.actions import WITHDRAWN_TOPIC, lock_thread
from portal.threads.events import SYSTEM
from portal.threads.merging import undo_merge
from portal.threads.models import Thread
from portal.threads.photos import REMOVE_TOPIC, SIZES, file_name
from portal.threads.scoring import renew_usual_voices, rescore_chunk
from portal.threads.trees import list_links_below
from portal.threads.words import index_words

INDEX_TOPIC = "words.index"  # begun by the release that finds more words than the one before
SCORE_TOPIC, NIGHT_TOPIC = "threads.score", "threads.priorities"
CHUNK = 200
nightly.append(NIGHT_TOPIC)


@handles(NIGHT_TOPIC)
def score_anew(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Begin to write all priorities anew: what waited a day longer presses a little more."""
    renew_usual_voices(session, now)
    enqueue(session, SCORE_TOPIC, {"after": 0}, now=now)


@handles(SCORE_TOPIC)
def score_some(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Score a chunk of the open threads, and leave the rest to the next job."""
    onward = rescore_chunk(session, payload["after"], now=now)
    if onward is not None:
        enqueue(session, SCORE_TOPIC, {"after": onward}, now=now)


@handles(REMOVE_TOPIC)
def remove_files(session: Session, payload: dict[str, Any], _now: datetime) -> None:
    """Remove a picture's files, outside of any transaction: the storage may be slow."""
    session.rollback()
    for size in SIZES:
        get_store().remove(file_name(payload["key"], size))
    begin_write(session)


@handles(INDEX_TOPIC)
def index_anew(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Write the search words of the next threads anew, and leave those after them to a job of their own."""
    wanted = select(Thread.id).where(Thread.id > payload["after"]).order_by(Thread.id).limit(CHUNK)
    numbers = session.scalars(wanted).all()
    for number in numbers:
        index_words(session, lock_thread(session, number))
    if len(numbers) == CHUNK:
        enqueue(session, INDEX_TOPIC, {"after": numbers[-1]}, now=now)


@handles(WITHDRAWN_TOPIC)
def on_withdrawn(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Let what was joined with something withdrawn go on by itself: its senders took nothing back."""
    number = payload["thread_id"]
    for link in list_links_below(session, number):
        if link.to_id == number:
            undo_merge(session, session.get_one(Thread, link.from_id), by=SYSTEM, now=now)
