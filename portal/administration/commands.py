"""`flask audit check` and `flask reset-second-factor`."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.accounts.identity import find_confirmed
from portal.administration.staffing import reset_second_factor
from portal.core import clock
from portal.core.db import begin_write, db
from portal.threads.events import SYSTEM, find_broken_event
from portal.threads.models import Event


@click.group("audit")
def audit() -> None:
    """Look after the record of what happened."""


@audit.command("check")
@with_appcontext
def check() -> None:
    """Check every record: that no entry was changed, and none removed before another."""
    session = db.session()
    streams = session.scalars(select(Event.stream).distinct().order_by(Event.stream)).all()
    broken = [event for stream in streams if (event := find_broken_event(session, stream))]
    for event in broken:
        click.echo(f"{event.stream}: entry {event.sequence} does not fit those before it")
    if broken:
        raise click.ClickException(f"{len(broken)} of {len(streams)} records were tampered with.")
    click.echo(f"{len(streams)} records checked: nothing was changed or removed.")


@click.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset(email: str) -> None:
    """Switch the second factor of EMAIL off, where no administrator can sign in to do it."""
    session = db.session()
    begin_write(session)
    person = find_confirmed(session, email)
    if person is None or not person.has_second_factor:
        raise click.ClickException("nobody with this address has a second factor.")
    reset_second_factor(session, person, by=SYSTEM, now=clock.now())
    session.commit()
    click.echo("It is switched off; the password alone signs in.")


commands: tuple[click.Command, ...] = (audit, reset)
