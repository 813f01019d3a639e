"""`flask import-messages`: past messages become submissions, a batch at a time."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.communities.models import PlaceKind
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import Conflict
from portal.intake.importing import Import, asked, find_new, import_messages
from portal.intake.message_file import FIELDS, BadRow, Message, MessageFile, UnreadableFile, open_message_file
from portal.routing.advice import advisor
from portal.threads.events import SYSTEM, record_administration
from portal.threads.models import Kind
from portal.threads.word_shares import count_words

BATCH = 200
TRIES = 3
Row = Message | BadRow
KINDS = {"report": Kind.REPORT, "idea": Kind.IDEA, "auto": Kind.UNDECIDED}


@dataclass
class Tally:
    """What has become of the rows so far."""

    added: int = 0
    there: int = 0
    refused: list[BadRow] = field(default_factory=list)

    @property
    def last_line(self) -> str:
        return f"{self.added} added, {self.there} already there, {len(self.refused)} refused"


@click.command("import-messages")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "mapping", required=True, help="Columns, as in text=body,title=subject,place=area.")
@click.option("--kind", type=click.Choice(list(KINDS)), default="auto", help="What the messages are.")
@click.option("--place", "place_code", help="Code of the place of messages that name none.")
@with_appcontext
def import_file(file: Path, mapping: str, kind: str, place_code: str | None) -> None:
    """Take in past messages from a CSV file; the same file again adds nothing.

    A row is known by the file's content and its number. Rows that can't be used are listed at the
    end with their line; the rest goes in. If it is interrupted, run it again.
    """
    session = db.session()
    directory = get_directory(session)
    columns = read_mapping(mapping)
    try:
        messages = open_message_file(file)
        rows = list(messages.rows(columns))
    except UnreadableFile as error:
        raise click.ClickException(f"{file}: {error}") from None
    source = Import(messages.digest, KINDS[kind], choose_place(directory, place_code))
    tally = Tally()
    for batch in batches_with_progress(rows):
        take_batch(session, source, batch, directory, tally)
    finish(session, messages, tally)


commands: tuple[click.Command, ...] = (import_file,)


def read_mapping(text: str) -> dict[str, str]:
    """Return the column of each field of "text=body,title=subject"."""
    mapping = dict(part.strip().partition("=")[::2] for part in text.split(","))
    if unknown := sorted(set(mapping) - set(FIELDS)):
        raise click.BadParameter(
            f"there is no field {unknown[0]!r}, only {', '.join(FIELDS)}", param_hint="--map"
        )
    if "text" not in mapping or not all(mapping.values()):
        raise click.BadParameter(
            "say at least which column holds the text, as in text=body", param_hint="--map"
        )
    return mapping


def choose_place(directory: Directory, code: str | None) -> PlaceEntry:
    """Return the place of this code, or the whole district."""
    roots = directory.children(None)
    if not roots:
        raise click.ClickException("there are no places yet: load a setup file first.")
    if code is None:
        return roots[0]
    place = directory.place_codes.get(code)
    if place is None or place.is_retired or place.kind == PlaceKind.SPOT:
        raise click.BadParameter(f"there is no community or larger place {code!r}", param_hint="--place")
    return place


def batches_with_progress(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Return the rows in batches, showing how far they are: a bar on a terminal, else a line each."""
    if not sys.stdout.isatty():
        for start in range(0, len(rows), BATCH):
            yield rows[start : start + BATCH]
            click.echo(f"{min(start + BATCH, len(rows))} of {len(rows)} rows")
        return
    with click.progressbar(length=len(rows), label="Messages") as bar:
        for start in range(0, len(rows), BATCH):
            yield rows[start : start + BATCH]
            bar.update(min(BATCH, len(rows) - start))


def take_batch(
    session: Session, source: Import, batch: Sequence[Row], directory: Directory, tally: Tally
) -> None:
    """Make submissions of a batch in one transaction, asking the classifier before it."""
    messages = [row for row in batch if isinstance(row, Message)]
    tally.refused += [row for row in batch if isinstance(row, BadRow)]
    for attempt in range(1, TRIES + 1):
        new = find_new(session, source, messages)
        session.rollback()
        advices = advisor().advise_many([asked(message) for message in new])
        try:
            begin_write(session)
            advised = list(zip(new, advices, strict=True))
            import_messages(session, source, advised, directory=directory, now=clock.now())
            session.commit()
        except Conflict:  # the same file is being taken in elsewhere
            session.rollback()
            if attempt == TRIES:
                raise
            continue
        break
    tally.added += len(new)
    tally.there += len(messages) - len(new)


def finish(session: Session, messages: MessageFile, tally: Tally) -> None:
    """List the refused rows, keep the import on record, say the numbers."""
    for row in tally.refused:
        click.echo(f"line {row.line}: {row.reason}")
    if tally.added:
        begin_write(session)
        numbers = {"added": tally.added, "there": tally.there, "refused": len(tally.refused)}
        record_administration(
            session,
            "messages.imported",
            by=SYSTEM,
            data={"file": messages.digest, **numbers},
            now=clock.now(),
        )
        count_words(session)
        session.commit()
    click.echo(tally.last_line)
