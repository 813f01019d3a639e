"""The night's training."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.config import Settings
from portal.core.db import begin_write
from portal.core.outbox import handles
from portal.core.worker import nightly
from portal.routing.learning import read_material, train_challenger
from portal.routing.models import ModelTraining
from portal.routing.promise import promised_precision
from portal.routing.versions import keep_challenger, read_in_use

TOPIC = "routing.learn"
LEASE = timedelta(hours=1)
nightly.append(TOPIC)
log = structlog.get_logger()


@handles(TOPIC, lease=LEASE)
def learn_at_night(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Train from the corrections of the day; without any, do nothing."""
    training = learn(session, now, only_if_new=True)
    if training is not None:
        log.info("model.trained", version=training.version, reason=training.reason)


def learn(session: Session, now: datetime, *, only_if_new: bool) -> ModelTraining | None:
    """Train, compare, record, and promote what is worse in nothing. Leaves the last step uncommitted.

    Whatever transaction is open ends first, so the database is free for others during the training.
    """
    settings: Settings = current_app.extensions["linli_settings"]
    material, promise = read_material(session, get_directory(session)), promised_precision(session)
    learnt_up_to = newest_learnt(session)
    session.rollback()
    if only_if_new and material.newest_decision_id <= learnt_up_to:
        begin_write(session)
        return None
    folder = settings.model_dir
    challenger = train_challenger(material, read_in_use(folder), promise=promise)
    begin_write(session)
    return keep_challenger(session, folder, material, challenger, promise=promise, now=now)


def newest_learnt(session: Session) -> int:
    """Return the newest decision that any training knew of, or 0."""
    newest = select(ModelTraining.newest_decision_id).order_by(ModelTraining.id.desc()).limit(1)
    return session.scalar(newest) or 0
