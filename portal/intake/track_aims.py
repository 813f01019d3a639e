"""What an idea would prevent, said by its sender from the page of the tracking link."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import TooMany
from portal.core.guards import by_link
from portal.ideas.aim_page import show_aims, take_aim
from portal.ideas.aims import GONE
from portal.intake.queries import find_tracked
from portal.intake.tracking import count_move, unknown_link
from portal.threads.events import resident
from portal.threads.models import Kind, Thread

blueprint = Blueprint("track_aims", __name__, url_prefix="/track")


@blueprint.route("/<token>/aims", methods=["GET", "POST"])
@by_link
def aims(token: str) -> ResponseReturnValue:
    """Show what the idea would prevent and what may be said, or keep what was said."""
    session, now = db.session(), clock.now()
    thread, directory = find_tracked(session, token), get_directory(session)
    if thread is None:
        return unknown_link()
    back, number = url_for("tracking.track", token=token), thread.id
    if thread.kind != Kind.IDEA or thread.status in GONE:
        return redirect(back, 303)
    if request.method != "POST":
        return show_aims(session, thread, directory, now=now, back=back)
    try:
        count_move(session, thread, now)
    except TooMany as error:
        session.rollback()
        thread = session.get_one(Thread, number)
        return show_aims(session, thread, directory, now=now, back=back, error=error.message, status=429)
    here = url_for(".aims", token=token)
    by = resident(thread.author)
    return take_aim(session, number, request.form, directory, by=by, now=now, address=here, back=back)
