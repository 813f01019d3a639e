"""Background work about threads."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.db import begin_write
from portal.core.outbox import handles
from portal.core.storage import get_store
from portal.threads.photos import REMOVE_TOPIC, SIZES, file_name


@handles(REMOVE_TOPIC)
def remove_files(session: Session, payload: dict[str, Any], _now: datetime) -> None:
    """Remove a picture's files, outside of any transaction: the storage may be slow."""
    session.rollback()
    for size in SIZES:
        get_store().remove(file_name(payload["key"], size))
    begin_write(session)
