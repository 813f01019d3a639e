"""Marking a report as fixed, with photos that show it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.core.db import begin_write
from portal.core.errors import NotAllowed, NotFound, TooMany
from portal.core.guards import reads_first
from portal.core.pictures import MAX_BYTES
from portal.core.uploads import takes_files
from portal.threads.models import Thread
from portal.threads.photos import count_room, list_photos
from portal.threads.receiving import Received, count_upload, files_chosen, receive_files
from portal.triage.access import get_thread_for
from portal.triage.forms import FixForm
from portal.triage.lists import READERS
from portal.triage.pane import Tried
from portal.triage.views import begin_with_template, do_move, lay_open, show_gone

blueprint = Blueprint("fixing", __name__, url_prefix="/staff/<reference>/fix")
MOST_PHOTOS = 5  # of one fixing
MOST_BODY = MOST_PHOTOS * MAX_BYTES + 1_000_000


@blueprint.get("")
@staff_only(*READERS)
def to_form(reference: str) -> ResponseReturnValue:
    """Lead to the form: here a browser comes whose files were too large together."""
    v = Visit.begin()
    get_thread_for(v.session, v.person, reference, v.directory)
    return redirect(url_for("triage.show", reference=reference, _anchor="fix"), 303)


@blueprint.post("")
@staff_only(*READERS)
@reads_first
@takes_files(MOST_BODY)
def fix(reference: str) -> ResponseReturnValue:
    """Keep the files chosen, which is slow, and then make the move; what was sent is kept if it fails."""
    v, form = Visit.begin(), FixForm(verb="fix")
    try:
        thread, desk_ = get_thread_for(v.session, v.person, reference, v.directory)
        if not desk_.may("fix"):
            raise NotAllowed()
        received = receive(v, thread)
        begin_write(v.session)
        thread, desk_ = get_thread_for(v.session, v.person, reference, v.directory)
    except NotFound:
        return show_gone(form)
    form.take(received.kept)
    if "use" in request.form:
        begin_with_template(v, thread, "fix", form)
        return lay_open(v, thread, desk_, Tried("fix", form))
    if not form.validate() or received.problems:
        form.form_errors = received.problems
        return lay_open(v, thread, desk_, Tried("fix", form), 422)
    return do_move(v, thread, desk_, "fix", form, pictures=form.pictures)


def receive(v: Visit, thread: Thread) -> Received:
    """Make pictures of the files chosen; what can't be taken is told as a problem."""
    if not files_chosen():
        return Received()
    known = [photo.source for photo in list_photos(v.session, thread.id)]
    room = min(MOST_PHOTOS, count_room(v.session, thread, v.person))
    begin_write(v.session)
    try:
        count_upload(v.session, f"person:{v.person.id}", v.now)
    except TooMany as refused:
        return Received(problems=[refused.message])
    v.session.commit()
    return receive_files(room, known)
