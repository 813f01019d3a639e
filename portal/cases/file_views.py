"""Pictures and PDFs of a joint case: added by those who take part, read by staff who read the report."""

import secrets

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.cases.board import Board
from portal.cases.models import CaseFile
from portal.cases.papers import Stored, keep_file
from portal.cases.views import open_board
from portal.core.db import begin_write
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.guards import reads_first
from portal.core.i18n import gettext as _
from portal.core.pictures import read_picture
from portal.core.storage import StoreFailed, get_store
from portal.core.text import clean_text
from portal.core.uploads import no_room, takes_files
from portal.threads.actions import lock_thread, refuse_unless
from portal.triage.lists import READERS

MOST_BYTES = 10_000_000
MIME = {"pdf": "application/pdf", "jpg": "image/jpeg"}
MOST_FILES = 40  # of one report

blueprint = Blueprint("case_files", __name__, url_prefix="/staff/<reference>/case/files")


@blueprint.get("")
@staff_only(*READERS)
def add(reference: str) -> ResponseReturnValue:
    return show_form(open_for_files(reference))


@blueprint.post("")
@staff_only(*READERS)
@takes_files(MOST_BYTES + 100_000)
@reads_first
def keep(reference: str) -> ResponseReturnValue:
    """Keep a file: its content is looked at and stored before anything is written to the database."""
    board = open_for_files(reference)
    try:
        stored = store_file(request.files.get("file"))
    except Invalid as error:
        return show_form(board, error.message, 422)
    except StoreFailed:
        return show_form(board, no_room(), 503)
    board.session.rollback()
    begin_write(board.session)
    board = open_for_files(reference)
    lock_thread(board.session, board.thread.id)
    refuse_unless(len(board.files) < MOST_FILES)
    keep_file(board.session, board.thread, stored, by=board.desk.actor, now=board.now)
    board.session.commit()
    flash(_("The file is kept, for staff only."), "success")
    return redirect(url_for("cases.show", reference=reference), 303)


@blueprint.get("/<number>")
@staff_only(*READERS)
def read(reference: str, number: str) -> ResponseReturnValue:
    """Give a file to one who may read its report; a PDF is never opened inside our pages."""
    board = open_board(Visit.begin(), reference)
    file = next((f for f in board.files if str(f.id) == number), None)
    if file is None:
        raise NotFound()
    content = get_store().get(file_key(file))
    if content is None:
        raise NotFound()
    response = Response(content, mimetype=MIME[file.kind])
    kept = "attachment" if file.kind == "pdf" else "inline"
    response.headers.set("Content-Disposition", kept, filename=file.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def open_for_files(reference: str) -> Board:
    """Return the board to one who takes part in a joint case."""
    board = open_board(Visit.begin(), reference)
    if board.desk.actor.role not in ("officer", "coordinator"):
        raise NotAllowed()
    if not board.is_joint:
        raise NotFound()
    return board


def show_form(board: Board, error: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("cases/file.html", thread=board.thread, error=error), status


def file_key(file: CaseFile) -> str:
    """Return the name in the storage: begun like a photo's, by which the night knows it is in use."""
    return f"{file.key}-case.{file.kind}"


def store_file(sent: FileStorage | None) -> Stored:
    """Store a picture, as small as photos are and without what its camera added, or a PDF as it is."""
    if sent is None or not sent.filename:
        raise Invalid(_("Please choose a file."))
    content = sent.read()
    name = " ".join(clean_text(sent.filename.replace("/", " ").replace("\\", " ")).split())[-120:]
    kind = "pdf" if content.startswith(b"%PDF-") else "jpg"
    if len(content) > MOST_BYTES:
        raise Invalid(_("“%(name)s” is larger than 10 MB. Please choose a smaller file.", name=name))
    if kind == "jpg":
        content = read_picture(content, name).large
    key = secrets.token_hex(16)
    get_store().put(f"{key}-case.{kind}", content)
    return Stored(key, name, kind, len(content))
