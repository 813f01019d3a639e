"""What the signed-in person sent, with the way to follow each."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import me, signed_in_only
from portal.communities.directory import get_directory
from portal.core.db import db
from portal.core.i18n import gettext as _
from portal.core.tokens import sign
from portal.core.web import row_asked_for
from portal.intake.queries import TRACKING
from portal.threads.models import Kind, Thread
from portal.threads.queries import list_sent_by
from portal.threads.timeline import status_label

PAGE_ROWS = 25
blueprint = Blueprint("mine", __name__)


@blueprint.get("/my-submissions")
@signed_in_only
def index() -> ResponseReturnValue:
    person = me()
    session, before = db.session(), row_asked_for("before")
    found = list_sent_by(session, person, before=before, limit=PAGE_ROWS)
    threads = found[:PAGE_ROWS]
    return render_template(
        "intake/mine.html",
        threads=threads,
        tokens={t.id: sign(TRACKING, t.id) for t in threads},
        directory=get_directory(session),
        is_first_page=before is None,
        older=threads[-1].id if len(found) > PAGE_ROWS else None,
        kind_label=kind_label,
        status_label=status_label,
        is_private=lambda thread: thread.visibility == "private",
    )


def kind_label(thread: Thread) -> str:
    return {Kind.REPORT: _("Report"), Kind.IDEA: _("Idea")}.get(thread.kind, _("Not sorted yet"))
