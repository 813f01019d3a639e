"""`flask setup`, `flask demo` and `flask prepare`."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.config import Settings
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.storage import get_store
from portal.routing.advice import advisor
from portal.routing.promise import promised_precision
from portal.setup.actions import load_setup
from portal.setup.changes import KINDS, Changes
from portal.setup.demo import SIGN_INS, SignIn, is_empty, load_demo, write_sign_ins
from portal.setup.file import SetupError, read_setup_file
from portal.setup.gaps import find_gaps
from portal.setup.people import Code
from portal.setup.starter import needs_starter, train_starter

MOST_LABELS = 6
NO = ("0", "no", "off")  # how DEMO says it
SetupPath = click.Path(dir_okay=False, path_type=Path)


@click.command("setup")
@click.argument("file", type=SetupPath)
@click.option("--new-codes", is_flag=True, help="Make a new one-time code for everyone without a password.")
@click.option("--overwrite", is_flag=True, help="Also what administrators have changed on their pages.")
@with_appcontext
def setup(file: Path, new_codes: bool, overwrite: bool) -> None:
    """Load places, departments and people from FILE; again and again without harm."""
    load_file(db.session(), file, new_codes=new_codes, overwrite=overwrite)


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty database with an invented district and eight weeks of its life."""
    session = db.session()
    if not is_empty(session):
        raise click.ClickException("the database isn't empty; nothing was loaded.")
    make_demo(session)


@click.command("prepare")
@click.option("--demo", "with_demo", is_flag=True, help="Load the demo if the database is empty.")
@click.option("--setup", "setup_file", type=SetupPath, help="Load this setup file.")
@with_appcontext
def prepare(with_demo: bool, setup_file: Path | None) -> None:
    """Make ready to serve: tables, the classifier's model, and what the database begins with."""
    session = db.session()
    upgrade()
    promise = promised_precision(session)
    session.rollback()  # training takes minutes
    prepare_model(settings(), promise)
    if setup_file is not None:
        load_file(session, setup_file)
    elif with_demo and is_empty(session):
        make_demo(session)
    elif is_empty(session):
        click.echo("The database is empty: load a setup file, as in  make run DEMO=0 SETUP=my.toml")
    elif (settings().var_dir / SIGN_INS).exists():
        click.echo(f"The demo's sign-ins are in {settings().var_dir / SIGN_INS}")


def prepare_to_serve(app: Flask, environment: Mapping[str, str]) -> None:
    """Do the same in a server that is just starting, as SETUP and DEMO say; end it if that fails."""
    options = []
    if setup_file := environment.get("SETUP"):
        options = ["--setup", setup_file]
    elif environment.get("DEMO", "1") not in NO:
        options = ["--demo"]
    with app.app_context():
        try:
            prepare.main(options, standalone_mode=False)
        except click.ClickException as error:
            error.show()
            sys.exit(1)
        db.engine.dispose()  # no connection may pass into a process that is forked later


commands: tuple[click.Command, ...] = (setup, demo, prepare)


def settings() -> Settings:
    found: Settings = current_app.extensions["linli_settings"]
    return found


def prepare_model(settings: Settings, promise: float) -> None:
    """Train the starter model where it is needed. Without a model people sort everything."""
    if not needs_starter(settings.model_dir):
        return
    click.echo("Training the classifier from its corpus ...")
    if not train_starter(settings.model_dir, promise):
        click.echo("The classifier could not be trained, so people will sort everything.", err=True)


def load_file(session: Session, path: Path, *, new_codes: bool = False, overwrite: bool = False) -> None:
    """Load a setup file whole or not at all, and say what it did."""
    try:
        content = read_setup_file(path)
        begin_write(session)
        loaded = load_setup(session, content, now=clock.now(), new_codes=new_codes, overwrite=overwrite)
    except SetupError as error:
        session.rollback()
        raise click.ClickException(f"nothing was loaded.\n{error.tell(path)}") from None
    session.commit()
    click.echo("\n".join(tell_changes(loaded.changes)))
    if loaded.kept:
        click.echo(f"Left as set on the pages (--overwrite changes it): {', '.join(loaded.kept)}")
    for gap in find_gaps(session, get_directory(session)):
        click.echo(f"Note: {gap}")
    if loaded.codes:
        click.echo("\n".join(tell_codes(loaded.codes)))


def tell_changes(changes: Changes) -> list[str]:
    """Return a line for each kind of thing that was added, changed or removed."""
    lines = []
    for verb, rows in vars(changes).items():
        for kind in KINDS.values():
            labels = [row.label for row in rows if row.kind == kind]
            if labels:
                lines.append(
                    f"{verb:8} {len(labels):3} {kind:11} {', '.join(filter(None, labels[:MOST_LABELS]))}"
                )
                lines[-1] += ", ..." if len(labels) > MOST_LABELS else ""
    return lines or ["Nothing to change."]


def tell_codes(codes: list[Code]) -> list[str]:
    """Return the one-time codes as a table to hand out."""
    wide = max(len(code.email) for code in codes)
    rows = [f"  {code.email:{wide}}  {code.code}  {code.name}" for code in codes]
    note = "One-time codes for the first sign-in at /first-sign-in, shown only now, good for 14 days:"
    return ["", note, *rows, ""]


def make_demo(session: Session) -> None:
    """Load the demo, keep its sign-ins in a file that only its owner reads, and show them."""
    click.echo("Loading the demo ...")
    begin_write(session)
    sign_ins = load_demo(session, advise=advisor().advise_many, store=get_store(), now=clock.now())
    session.commit()
    path = settings().var_dir / SIGN_INS
    write_sign_ins(path, sign_ins)
    click.echo("\n".join(tell_sign_ins(sign_ins, path)))


def tell_sign_ins(sign_ins: list[SignIn], path: Path) -> list[str]:
    wide = max(len(s.email) for s in sign_ins)
    rows = [f"  {s.email:{wide}}  {s.password}  {s.role}" for s in sign_ins]
    return ["", f"Demo sign-ins (kept in {path}):", *rows, ""]
