"""Photos that the sender adds later or takes back, from the page of the tracking link."""

from collections.abc import Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import Conflict, TooMany
from portal.core.forms import Form
from portal.core.guards import by_link, reads_first
from portal.core.i18n import gettext as _
from portal.core.uploads import takes_files
from portal.intake.actions import add_photos_later, describe_photos, take_photo_back
from portal.intake.photos import MOST_BODY, alt_name, given_alts, photos_form, tell_room
from portal.intake.queries import find_tracked
from portal.intake.rules import MOST_SENT
from portal.intake.tracking import unknown_link
from portal.threads.actions import lock_thread
from portal.threads.additions import Photo, PhotoState
from portal.threads.gallery import tell_photo_to_sender
from portal.threads.models import Thread
from portal.threads.photos import count_room, list_photos_for_sender
from portal.threads.receiving import Received, count_upload, files_chosen, receive_files
from portal.threads.rules import can_add_words

blueprint = Blueprint("track_photos", __name__, url_prefix="/track")


@blueprint.route("/<token>/photos", methods=["GET", "POST"])
@by_link
@reads_first
@takes_files(MOST_BODY)
def photos(token: str) -> ResponseReturnValue:
    """Show the sender's photos, or take what was sent: more of them, words for them, or one to remove."""
    session = db.session()
    thread = find_tracked(session, token)
    if thread is None:
        return unknown_link()
    if not can_add_words(thread.status):
        return redirect(url_for("tracking.track", token=token), 303)
    if request.method != "POST":
        return show_photos(session, token, thread)
    try:
        received = receive(session, thread)
        return take_photos(session, token, thread.id, received)
    except (Conflict, TooMany) as error:
        session.rollback()
        thread = session.get_one(Thread, thread.id)
        return show_photos(session, token, thread, [error.message], error.status)


def receive(session: Session, thread: Thread) -> Received:
    """Keep the files chosen, which is slow, before anything but the attempt is written."""
    if not files_chosen():
        return Received()
    thread_id = thread.id
    begin_write(session)
    count_upload(session, f"thread:{thread_id}", clock.now())
    session.commit()
    thread = session.get_one(Thread, thread_id)
    known = [photo.source for photo in list_photos_for_sender(session, thread)]
    room = min(MOST_SENT, count_room(session, thread, thread.author))
    session.rollback()
    return receive_files(room, known)


def take_photos(session: Session, token: str, thread_id: int, received: Received) -> ResponseReturnValue:
    begin_write(session)
    thread = lock_thread(session, thread_id)
    removed = take_one_back(session, thread)
    mine = own_photos(session, thread)
    form = photos_form(may_describe(thread, mine), Form)
    valid = form.validate() and not received.problems
    describe_photos(mine, given_alts(form))
    add_photos_later(session, thread, received.kept, now=clock.now())
    session.commit()
    if not valid:
        return show_photos(session, token, thread, received.problems, 422)
    if received.kept or removed:
        return redirect(url_for(".photos", token=token), 303)
    flash(_("Your photos are added."), "success")
    return redirect(url_for("tracking.track", token=token), 303)


def take_one_back(session: Session, thread: Thread) -> bool:
    """Remove the photo whose button was pressed; one that is gone already is no fault."""
    wanted = request.form.get("remove")
    for photo in own_photos(session, thread):
        if photo.key == wanted:
            take_photo_back(session, thread, photo, now=clock.now())
            flash(_("The photo is taken back. It is removed for good."), "success")
    return bool(wanted)


def own_photos(session: Session, thread: Thread) -> list[Photo]:
    return [p for p in list_photos_for_sender(session, thread) if p.person_id == thread.author_id]


def may_describe(thread: Thread, photos: Sequence[Photo]) -> list[tuple[int, Photo]]:
    """Return the photos, numbered, whose words the sender may still change.

    Those of somebody unverified that others see were looked at together with their words.
    """
    numbered = enumerate(photos, 1)
    return [(n, p) for n, p in numbered if thread.author.is_verified or p.state != PhotoState.SHOWN]


def show_photos(
    session: Session, token: str, thread: Thread, problems: Sequence[str] = (), status: int = 200
) -> ResponseReturnValue:
    mine = own_photos(session, thread)
    form = photos_form(may_describe(thread, mine), Form)
    if request.method == "POST":
        form.validate()
    form.form_errors = list(problems)
    page = render_template(
        "intake/track_photos.html",
        token=token,
        thread=thread,
        form=form,
        photos=[(tell_photo_to_sender(p), form._fields.get(alt_name(p)), p.key) for p in mine],
        room=tell_room(min(MOST_SENT, count_room(session, thread, thread.author))),
    )
    return make_response(page, status)
