"""The public log of what was decided on ideas: all of it, and that of one call."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.web import row_asked_for
from portal.ideas.call_queries import find_public_call
from portal.ideas.calls import Call
from portal.panels.decisions import MOST, list_log
from portal.panels.telling import tell_decision

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/decisions")
@public
def index() -> ResponseReturnValue:
    return show_log(None)


@blueprint.get("/calls/<code>/decisions")
@public
def of_call(code: str) -> ResponseReturnValue:
    call = find_public_call(db.session(), code)
    if call is None:
        raise NotFound()
    return show_log(call)


def show_log(call: Call | None) -> str:
    """Show what was decided, the newest first, as soon as everybody may know it."""
    before = row_asked_for("before")
    rows = list_log(db.session(), call_id=call.id if call else None, before=before)
    shown = rows[:MOST]
    return render_template(
        "panels/decisions.html",
        call=call,
        rows=[(d.thread, tell_decision(d)) for d in shown],
        older=shown[-1].id if len(rows) > MOST else None,
        is_first_page=before is None,
    )
