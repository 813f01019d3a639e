"""Background work of the steps."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from portal.cases.models import CaseFile
from portal.core.db import begin_write
from portal.core.outbox import handles
from portal.core.storage import get_store
from portal.core.worker import nightly
from portal.intake import actions
from portal.intake.models import DraftPhoto
from portal.pilots.effects import Effect
from portal.threads.additions import Photo
from portal.threads.photos import key_of_file

CLEAR_DRAFTS = "intake.clear_drafts"
SWEEP_PHOTOS = "intake.sweep_photos"
UNNAMED = timedelta(days=1)  # how long files may wait for the row that names them
BATCH = 500


@handles(CLEAR_DRAFTS)
def clear_drafts(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remove drafts that nobody has touched for a day."""
    actions.clear_drafts(session, now)


@handles(SWEEP_PHOTOS, lease=timedelta(hours=2))
def sweep_photos(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remove files that no row names a day after they were written, outside of any long transaction."""
    session.rollback()
    store = get_store()
    old = store.list_older(now - UNNAMED)
    while names := list(islice(old, BATCH)):
        named = find_named(session, {key_of_file(name) for name in names})
        session.rollback()
        for name in names:
            if key_of_file(name) not in named:
                store.remove(name)
    begin_write(session)


def find_named(session: Session, keys: set[str]) -> set[str]:
    """Return which of the keys a row names: in one look, for a photo may just be moving over."""
    tables = (DraftPhoto, Photo, CaseFile)
    named = [select(table.key).where(table.key.in_(keys)) for table in tables]
    told = select(Effect.photo_key).where(Effect.photo_key.in_(keys))
    return {key for key in session.scalars(union_all(*named, told)) if key}


def register() -> None:
    """Plan both for every night."""
    for topic in (CLEAR_DRAFTS, SWEEP_PHOTOS):
        if topic not in nightly:
            nightly.append(topic)
