"""The page of what stands between departments and levels about one report, and the list of what waits."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.cases.board import Board, read_board
from portal.cases.deeds import DEEDS, find_row, form_of, open_deeds
from portal.cases.doing import Doing
from portal.cases.queries import list_waiting
from portal.cases.telling import tell_board, tell_waiting
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.references import parse_reference
from portal.threads.actions import lock_thread, refuse_unless
from portal.threads.models import Kind
from portal.triage.access import get_thread_for
from portal.triage.forms import MoveForm
from portal.triage.lists import READERS, list_of
from portal.triage.views import show_gone

blueprint = Blueprint("cases", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Tried:
    """A deed that was not done: its form as it was filled, and what stood against it."""

    name: str
    number: str
    form: MoveForm
    conflict: str = ""


@blueprint.get("/between")
@staff_only(*READERS)
def index() -> ResponseReturnValue:
    v = Visit.begin()
    return render_template(
        "cases/index.html", groups=tell_waiting(list_waiting(v.session, v.person, v.directory), v)
    )


@blueprint.get("/<reference>/case")
@staff_only(*READERS)
def show(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    return lay_open(v, open_board(v, reference))


@blueprint.post("/<reference>/case/<name>")
@staff_only(*READERS)
def do(reference: str, name: str) -> ResponseReturnValue:
    """Do one of deeds.DEEDS, or show the page again with what was typed and what stands against it."""
    v = Visit.begin()
    if name not in DEEDS:
        raise NotFound()
    number, deed = request.form.get("number", ""), DEEDS[name]
    try:
        board = open_board(v, reference)
    except NotFound:
        return show_gone(deed.make(verb=name))
    if not deed.may(board, find_row(deed, board, number)):
        raise NotAllowed()
    tried = Tried(name, number, form_of(name, board, number))
    if not tried.form.validate():
        return lay_open(v, board, tried, 422)
    try:
        carry_out(v, board, tried)
    except (Conflict, Invalid) as error:
        v.session.rollback()
        return show_again(v, reference, tried, error)
    flash(str(deed.done), "success")
    return redirect(_onward(v, reference), 303)


def _onward(v: Visit, reference: str) -> str:
    """Return where to go on: who let go of a report may no longer read it."""
    try:
        board = open_board(v, reference)
    except NotFound:
        return url_for("triage.home")
    listing = list_of(v, board.thread, board.desk, request.args)
    return url_for(".show", reference=reference, **listing.arguments)


def open_board(v: Visit, reference: str) -> Board:
    thread, desk = get_thread_for(v.session, v.person, parse_reference(reference) or "", v.directory)
    if thread.kind != Kind.REPORT:
        raise NotFound()
    return read_board(v, thread, desk)


def carry_out(v: Visit, board: Board, tried: Tried) -> None:
    """Do it, unless somebody else did something first."""
    lock_thread(v.session, board.thread.id, tried.form.seen.data)
    deed, board = DEEDS[tried.name], open_board(v, board.thread.reference)
    row = find_row(deed, board, tried.number)
    refuse_unless(deed.may(board, row) and deed.fits(board, row))
    deed.do(Doing(board, row, tried.form))
    v.session.commit()


def show_again(v: Visit, reference: str, tried: Tried, error: Conflict | Invalid) -> ResponseReturnValue:
    """Show the page as it is now, the form as it was filled, and why it wasn't done."""
    try:
        board = open_board(v, reference)
    except NotFound:
        return show_gone(tried.form)
    if isinstance(error, Invalid):
        tried.form.form_errors = [error.message]
        return lay_open(v, board, tried, 422)
    return lay_open(v, board, Tried(tried.name, tried.number, tried.form, error.message), 409)


def lay_open(v: Visit, board: Board, tried: Tried | None = None, status: int = 200) -> ResponseReturnValue:
    listing = list_of(v, board.thread, board.desk, request.args)
    shown = {**tell_board(board), **lay_forms(board, tried), "listing": listing}
    return render_template("cases/show.html", **shown), status


def lay_forms(board: Board, tried: Tried | None) -> dict[str, Any]:
    """Return a form for each deed that is open, the tried one as it was filled; else what was typed."""
    fresh = {"seen": board.thread.last_sequence}
    found = {
        (name, number): form_of(name, board, number, formdata=None, data=fresh)
        for name, number, _row in open_deeds(board)
    }
    if tried is None:
        return {"forms": found, "deeds": DEEDS, "tried": None, "kept": [], "conflict": ""}
    tried.form.seen.data, tried.form.seen.raw_data = board.thread.last_sequence, None
    key = (tried.name, tried.number)
    kept = [] if key in found else tried.form.typed()
    if key in found:
        found[key] = tried.form
    return {"forms": found, "deeds": DEEDS, "tried": tried, "kept": kept, "conflict": tried.conflict}
