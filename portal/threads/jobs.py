"""Background work about threads."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.db import begin_write
from portal.core.outbox import enqueue, handles
from portal.core.storage import get_store
from portal.core.worker import nightly
from portal.threads.photos import REMOVE_TOPIC, SIZES, file_name
from portal.threads.scoring import renew_usual_voices, rescore_chunk

SCORE_TOPIC, NIGHT_TOPIC = "threads.score", "threads.priorities"
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
