"""The public page of an idea's versions, and what a supporter says there to the newest."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.ideas.changing import keep_support
from portal.ideas.version_telling import tell_shown
from portal.threads.actions import refuse_unless
from portal.threads.models import Kind
from portal.threads.pages import find_voter, page_address
from portal.threads.queries import find_published

blueprint = Blueprint("versions", __name__)


@blueprint.get("/ideas/<reference>/versions")
@public
def index(reference: str) -> ResponseReturnValue:
    """Show what each version says that the one before did not."""
    session, written = db.session(), parse_reference(reference)
    found = find_published(session, written) if written else None
    if found is None or not found.is_readable or found.thread.kind != Kind.IDEA:
        raise NotFound()
    if reference != written:
        return redirect(url_for(".index", reference=written), 301)
    return render_template(
        "ideas/versions.html",
        thread=found.thread,
        versions=tell_shown(session, found.thread),
        page_address=page_address(found.thread),
    )


@blueprint.post("/ideas/<reference>/keep")
@public
def keep(reference: str) -> ResponseReturnValue:
    """Let the support of whoever is at this browser stand for the version that they saw."""
    session, now = db.session(), clock.now()
    thread, person = find_voter(session, reference, now)
    refuse_unless(thread.kind == Kind.IDEA)
    try:
        keep_support(session, thread, person, seen=seen_version(), now=now)
    except Conflict as refused:
        session.rollback()
        flash(refused.message, "warning")
    else:
        session.commit()
        flash(_("Thank you. Your support counts for this version now."), "success")
    return redirect(page_address(thread), 303)


def seen_version() -> int:
    """Return which version the form was about."""
    return request.form.get("seen", 0, type=int)
