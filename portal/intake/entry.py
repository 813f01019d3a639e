"""The pages on which staff take something down for somebody, and print what that person takes home."""

from collections.abc import Sequence
from dataclasses import astuple, replace

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.identity import me, staff_only
from portal.accounts.models import Person
from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import Invalid, NotAllowed
from portal.core.guards import reads_first
from portal.core.i18n import LANGUAGES, current_language, in_language
from portal.core.links import whole_link
from portal.core.paper import qr_code
from portal.core.tokens import sign, unsign
from portal.core.uploads import takes_files
from portal.intake.access import TAKERS, taking_role
from portal.intake.entry_form import EntryForm
from portal.intake.photos import MOST_BODY, tell_room
from portal.intake.queries import TRACKING
from portal.intake.rules import MOST_SENT
from portal.intake.taking import get_taken, note_slip, take_down
from portal.intake.telling import tell_sent
from portal.routing.advice import advisor
from portal.routing.rules import choose_route
from portal.threads.actions import lock_thread
from portal.threads.additions import Photo
from portal.threads.channels import channel_label
from portal.threads.events import Actor
from portal.threads.models import Channel, Kind, Thread
from portal.threads.photos import Kept
from portal.threads.receiving import receive_files
from portal.triage.access import desk_for

blueprint = Blueprint("entry", __name__, url_prefix="/staff")
KEPT_PHOTOS = "entry-photos"  # the purpose of the signed field that carries them through an error
KEPT_SECONDS = 12 * 3600  # less than the night waits until it sweeps their files away


@blueprint.route("/enter", methods=["GET", "POST"])
@staff_only(*TAKERS)
@reads_first
@takes_files(MOST_BODY)
def enter() -> ResponseReturnValue:
    """Show the form, or take down what was written in it."""
    person, directory = me(), get_directory(db.session())
    form = EntryForm(directory, places_to_take(person, directory), data=defaults(directory))
    if request.method != "POST":
        return show_form(form, [])
    kept = carried_photos(db.session())
    received = receive_files(MOST_SENT - len(kept), [photo.source for photo in kept])
    kept += received.kept
    if not form.validate() or received.problems:
        form.form_errors = [*form.form_errors, *received.problems]
        return show_form(form, kept), 422
    return redirect(url_for(".taken", reference=save(form, kept, person, directory)), 303)


def places_to_take(person: Person, directory: Directory) -> list[PlaceEntry]:
    """Return the places for which this person may take things down."""
    return [place for place in directory.places_in_use() if taking_role(person, place)]


def defaults(directory: Directory) -> dict[str, str]:
    """Return what the form begins with: as for the one before, if it leads here."""
    place, channel = request.args.get("place", ""), request.args.get("channel", "")
    return {
        "kind": Kind.REPORT,
        "channel": channel if channel in list(Channel) else Channel.PHONE,
        "place": place if place in directory.place_codes else "",
        "language": current_language(),
    }


def carried_photos(session: Session) -> list[Kept]:
    """Return the photos that came with the form when it was last in error.

    Who goes back to it after sending carries them again: those that a submission has are left out.
    """
    carried = unsign(KEPT_PHOTOS, request.form.get("kept", ""), KEPT_SECONDS)
    photos = [Kept(*photo) for photo in carried or []]
    taken = set(session.scalars(select(Photo.key).where(Photo.key.in_([photo.key for photo in photos]))))
    return [photo for photo in photos if photo.key not in taken]


def show_form(form: EntryForm, kept: Sequence[Kept]) -> str:
    return render_template(
        "intake/enter.html",
        form=form,
        kept=sign(KEPT_PHOTOS, [astuple(photo) for photo in kept]) if kept else "",
        kept_number=len(kept),
        room=tell_room(MOST_SENT - len(kept)),
    )


def save(form: EntryForm, kept: Sequence[Kept], person: Person, directory: Directory) -> str:
    """Take it down and return its reference. The classifier is asked before the write begins."""
    session, told = db.session(), form.told()
    advice = advisor().advise(f"{told.title}\n{told.text}".strip())
    route = choose_route(advice, Kind(form.kind.data), told.place_id, directory)
    begin_write(session)
    role = taking_role(person, directory.places[told.place_id])
    if role is None:
        raise NotAllowed()
    pictures = [replace(photo, alt=form.alt.data or "") for photo in kept]
    by, key, now = Actor(person, role), form.submission_key(), clock.now()
    thread = take_down(session, told, pictures, key=key, advice=advice, route=route, by=by, now=now)
    session.commit()
    return thread.reference


@blueprint.get("/<reference>/taken")
@staff_only(*TAKERS)
def taken(reference: str) -> ResponseReturnValue:
    """Show what became of it, and offer the print-out and the next one."""
    session, person = db.session(), me()
    directory = get_directory(session)
    thread = get_taken(session, person, reference, directory)
    return render_template(
        "intake/taken.html",
        thread=thread,
        may_read=desk_for(person, thread, directory).reads,
        place_code=directory.places[thread.place_id].code,
        channel=channel_label(thread.channel),
        languages_of_slip=sorted(LANGUAGES.items(), key=lambda pair: pair[0] != thread.language),
        **tell_sent(session, thread, directory),
    )


@blueprint.route("/<reference>/slip", methods=["GET", "POST"])
@staff_only(*TAKERS)
def slip(reference: str) -> ResponseReturnValue:
    """Make the print-out that the person takes home. It has no address that could be opened again."""
    session, person, language = db.session(), me(), request.form.get("language", "")
    directory = get_directory(session)
    thread = get_taken(session, person, reference, directory)
    if request.method != "POST":
        return redirect(url_for(".taken", reference=reference), 303)
    if language not in LANGUAGES:
        raise Invalid()
    role = taking_role(person, directory.places[thread.place_id])
    if role is None:
        raise NotAllowed()
    note_slip(session, lock_thread(session, thread.id), by=Actor(person, role), now=clock.now())
    session.commit()
    return print_slip(thread, language, directory)


def print_slip(thread: Thread, language: str, directory: Directory) -> Response:
    link = whole_link("tracking.track", token=sign(TRACKING, thread.id))
    with in_language(language):
        page = render_template(
            "intake/slip.html",
            thread=thread,
            link=link,
            code=qr_code(link),
            place=directory.full_name(thread.place_id),
            **tell_sent(db.session(), thread, directory),
        )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
