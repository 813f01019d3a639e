"""/healthz says that the process answers; /readyz says what it could do now."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.core import clock
from portal.core.db import db
from portal.core.guards import public
from portal.core.outbox import WorkerBeat

SILENT_AFTER = timedelta(minutes=2)
blueprint = Blueprint("health", __name__)

# Rooms add their own: a name and a function that returns "ok" or what is wrong.
checks: dict[str, Callable[[], str]] = {}


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """503 only when submissions can't be taken; the model or the worker may be missing."""
    database = check_database()
    answer = {"database": database}
    if database == "ok":
        answer |= {"worker": check_worker()}
    # Why exactly, staff can see: it may name files of this machine.
    answer |= {name: "ok" if check() == "ok" else "unavailable" for name, check in checks.items()}
    answer["status"] = "ok" if all(v == "ok" for v in answer.values()) else "degraded"
    if database != "ok":
        answer["status"] = "unavailable"
    return jsonify(answer), 200 if database == "ok" else 503


def check_database() -> str:
    try:
        db.session.execute(text("SELECT 1 FROM threads LIMIT 1"))
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.error("database check failed: %s", type(error).__name__)
        return "unreachable"
    return "ok"


def check_worker() -> str:
    newest = db.session.scalar(select(WorkerBeat.at).order_by(WorkerBeat.at.desc()).limit(1))
    if newest is None:
        return "never seen"
    return "ok" if clock.now() - newest < SILENT_AFTER else "silent"
