"""`flask model`: list, train, promote and roll back the models of the classifier."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from classifier.labels import load_labels
from classifier.store import save_model
from portal.config import Settings
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import DomainError
from portal.core.i18n import in_language
from portal.routing.comparison import share_right
from portal.routing.jobs import learn
from portal.routing.learning import Verdict, corpus_material, manifest_notes, train_challenger
from portal.routing.models import ModelTraining
from portal.routing.versions import list_kept, promote, roll_back

VERDICTS = {
    Verdict.FIRST: "in use from now on: there was no model that could be used",
    Verdict.NOT_WORSE: "in use from now on: worse than the one before in nothing",
    Verdict.WORSE: "not put to use: worse than the one in use at {worse}",
    Verdict.HELD: "not put to use: somebody went back to an earlier model, which stays until you promote one",
    Verdict.OVERTAKEN: "not put to use: another model was put to use meanwhile",
}


@click.group("model")
def model() -> None:
    """List, train, promote and roll back the classifier's models."""


@model.command("list")
@with_appcontext
def list_models() -> None:
    """List the models that are kept, newest first; * marks the one in use."""
    kept = list_kept(_settings().model_dir)
    for version in kept:
        mark = "*" if version.is_in_use else " "
        click.echo(f"{mark} {version.name}  made {version.created}  corrections {version.corrections}")
    if not kept:
        click.echo("There is no model yet: flask model train")


@model.command("train")
@with_appcontext
def train_model() -> None:
    """Train from corpus and corrections; put the model to use if it is worse in nothing."""
    if not inspect(db.engine).has_table(ModelTraining.__tablename__):
        click.echo(_train_without_database())
        return
    training = learn(db.session(), clock.now(), only_if_new=False)
    assert training is not None  # noqa: S101  # only_if_new is what makes it None
    db.session.commit()
    click.echo(describe(training))


def _train_without_database() -> str:
    """Train from the corpus alone, before there is a neighbourhood."""
    settings = _settings()
    material = corpus_material(load_labels().department_of())
    challenger = train_challenger(material, None, promise=settings.routing_precision)
    notes = manifest_notes(material, settings.routing_precision)
    version = save_model(challenger.model, settings.model_dir, notes=notes)
    return f"{version}: trained from the corpus alone, in use from now on"


def describe(training: ModelTraining) -> str:
    """Return what came of a training, as lines for the console."""
    tallies = training.figures["tallies"]
    worse = ", ".join(f"{t['messages_of']} {t['measure']}" for t in tallies if t["worse"])
    lines = [f"{training.version}: {training.corrections} corrections learnt"]
    for name, label in (("frozen", "frozen messages"), ("latest", "latest corrections")):
        before, after = (share_right(tallies, name, when) for when in ("before", "after"))
        if before is not None and after is not None:
            lines.append(f"right department, {label}: {before:.1%} before, {after:.1%} now")
    return "\n".join([*lines, VERDICTS[Verdict(training.reason)].format(worse=worse)])


@model.command("promote")
@click.argument("version")
@with_appcontext
def promote_model(version: str) -> None:
    """Put VERSION to use."""
    session = db.session()
    begin_write(session)
    try:
        with in_language("en"):
            promote(session, _settings().model_dir, version, now=clock.now())
    except DomainError as error:
        raise click.ClickException(error.message) from None
    session.commit()
    click.echo(f"{version} is in use from now on.")


@model.command("rollback")
@with_appcontext
def roll_back_model() -> None:
    """Go back to the model that was in use before."""
    session = db.session()
    begin_write(session)
    try:
        with in_language("en"):
            version = roll_back(session, _settings().model_dir, now=clock.now())
    except DomainError as error:
        raise click.ClickException(error.message) from None
    session.commit()
    click.echo(f"{version} is in use again. Nights train, but promote nothing until you promote a model.")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["linli_settings"]
    return settings


commands = (model,)
