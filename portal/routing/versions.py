"""The models kept on disk, which of them is in use, and the record of each change."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from classifier.store import (
    ModelError,
    current_version,
    list_versions,
    load_model,
    make_current,
    save_model,
)
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.routing.learning import Challenger, InUse, Material, Verdict, manifest_notes
from portal.routing.models import ModelTraining
from portal.threads.events import ADMINISTRATION, SYSTEM, record_administration
from portal.threads.models import Event

PROMOTED, ROLLED_BACK = "model.promoted", "model.rolled_back"


@dataclass(frozen=True)
class Version:
    """A model on disk. `created` is a moment in ISO 8601, `corrections` how many it learnt from."""

    name: str
    created: str
    corrections: int
    newest_decision_id: int
    is_in_use: bool


def list_kept(folder: Path) -> list[Version]:
    """Return the models on disk, newest first."""
    in_use = version_in_use(folder)
    found = []
    for manifest in list_versions(folder) if folder.is_dir() else []:
        learnt = manifest.get("corrections", {})
        name = str(manifest["version"])
        found.append(
            Version(
                name,
                str(manifest["created"]),
                int(learnt.get("count", 0)),
                int(learnt.get("newest_decision", 0)),
                name == in_use,
            )
        )
    return found


def version_in_use(folder: Path) -> str:
    """Return the name of the version in use, or an empty string."""
    try:
        return current_version(folder)
    except ModelError:
        return ""


def read_in_use(folder: Path) -> InUse | None:
    """Return the model in use, or None where none can be used."""
    try:
        model = load_model(folder)
    except ModelError:
        return None
    learnt = next((kept.newest_decision_id for kept in list_kept(folder) if kept.is_in_use), 0)
    return InUse(model, learnt)


def keep_challenger(
    session: Session,
    folder: Path,
    material: Material,
    challenger: Challenger,
    *,
    promise: float,
    now: datetime,
) -> ModelTraining:
    """Store the challenger, put it to use if it may be, and record both.

    A model that was refused is kept until the next training, so that a person may promote it all the same.
    """
    verdict = _final_verdict(session, folder, challenger)
    forget_refused(session, folder)
    version = save_model(challenger.model, folder, notes=manifest_notes(material, promise), current=False)
    training = ModelTraining(
        at=now,
        version=version,
        replaced=challenger.replaced,
        corrections=challenger.corrections,
        newest_decision_id=challenger.newest_decision_id,
        figures=challenger.figures,
        promoted=verdict in (Verdict.FIRST, Verdict.NOT_WORSE),
        reason=verdict,
    )
    session.add(training)
    session.flush()
    if training.promoted:
        _put_to_use(session, folder, version, PROMOTED, now)
    return training


def _final_verdict(session: Session, folder: Path, challenger: Challenger) -> Verdict:
    verdict = challenger.verdict
    if verdict == Verdict.NOT_WORSE and version_in_use(folder) != challenger.replaced:
        return Verdict.OVERTAKEN
    return Verdict.HELD if verdict == Verdict.NOT_WORSE and is_held(session) else verdict


def forget_refused(session: Session, folder: Path) -> None:
    """Remove the models that were never in use, lest they push out those that were."""
    refused = select(ModelTraining.version).where(ModelTraining.promoted.is_(False))
    in_use = version_in_use(folder)
    for version in session.scalars(refused):
        if version != in_use:
            shutil.rmtree(folder / version, ignore_errors=True)


def promote(session: Session, folder: Path, version: str, *, now: datetime) -> None:
    """Put a kept version to use. NotFound if it isn't kept, Invalid if it can't be read."""
    if version not in [kept.name for kept in list_kept(folder)]:
        raise NotFound(_("There is no such model."))
    _put_to_use(session, folder, version, PROMOTED, now)


def roll_back(session: Session, folder: Path, *, now: datetime) -> str:
    """Put the version to use that was in use before, and return it. Conflict if it isn't kept.

    It stays in use until a person promotes another: nights train, but promote nothing.
    """
    earlier = _version_before(session, folder)
    if not earlier:
        raise Conflict(_("There is no earlier model to go back to."))
    _put_to_use(session, folder, earlier, ROLLED_BACK, now)
    return earlier


def is_held(session: Session) -> bool:
    """Tell whether a person went back to an earlier model and nobody has promoted one since."""
    newest = _newest_change(session)
    return newest is not None and newest.kind == ROLLED_BACK


def _put_to_use(session: Session, folder: Path, version: str, event: str, now: datetime) -> None:
    replaced = version_in_use(folder)
    if replaced == version:
        raise Conflict(_("This model is in use already."))
    try:
        if replaced:
            load_model(folder, version)
        session.execute(update(ModelTraining).where(ModelTraining.version == version).values(promoted=True))
        data = {"version": version, "replaced": replaced}
        record_administration(session, event, by=SYSTEM, data=data, now=now)
        make_current(folder, version)
    except ModelError as error:
        raise Invalid(str(error)) from error


def _version_before(session: Session, folder: Path) -> str:
    """Return what the version in use replaced, else the newest kept one that is older; "" if none."""
    in_use = version_in_use(folder)
    kept = {version.name for version in list_kept(folder)} - {in_use}
    for change in session.scalars(_changes().where(Event.kind == PROMOTED)):
        if change.data["version"] == in_use and change.data["replaced"] in kept:
            return str(change.data["replaced"])
    return max((name for name in kept if name < in_use), default="")


def _newest_change(session: Session) -> Event | None:
    return session.scalars(_changes().limit(1)).first()


def _changes() -> Select[Event]:
    return (
        select(Event)
        .where(Event.stream == ADMINISTRATION, Event.kind.in_((PROMOTED, ROLLED_BACK)))
        .order_by(Event.sequence.desc())
    )
