"""The short form by which anybody tells what a pilot did, and the photos that came with it."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.access import is_coordinator_at
from portal.accounts.identity import current_person, ensure_person
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import Conflict, NotFound, TooMany
from portal.core.guards import public, reads_first
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts, network
from portal.core.pictures import MAX_BYTES
from portal.core.tokens import new_token, sign, unsign
from portal.core.uploads import takes_files
from portal.pilots.concerned import get_shown
from portal.pilots.effects import Effect
from portal.pilots.effects_actions import tell_effect
from portal.pilots.effects_forms import EffectForm
from portal.pilots.models import Pilot
from portal.pilots.outcome_telling import SEVERITY_HINTS
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.photo_views import send_picture
from portal.threads.receiving import count_upload, files_chosen, receive_files

blueprint = Blueprint("effects", __name__, url_prefix="/pilots")

KEPT, KEPT_SECONDS = "effect.photo", 12 * 3600  # less than the night waits until it sweeps files away
MOST_BODY = MAX_BYTES + 1_000_000
HOUR = timedelta(hours=1)
EFFECTS_OF_A_PERSON = 10  # an hour
EFFECTS_FROM_AN_ADDRESS = 60  # an hour; a whole house may share it


@blueprint.route("/<code>/effect", methods=["GET", "POST"])
@public
@reads_first
@takes_files(MOST_BODY)
def tell(code: str) -> ResponseReturnValue:
    """Show the form, or take what was told; in error, show it again with what was typed and sent."""
    session = db.session()
    pilot, _thread = get_shown(session, code)
    form = EffectForm(data={"key": new_token()})
    if request.method != "POST":
        return show_form(pilot, form)
    if not form.key.data or len(form.key.data) > 64:
        form.key.data = new_token()
    photo, problems = receive(session, form)
    valid = form.validate()
    form.form_errors.extend(problems)
    if not valid or problems:
        return show_form(get_shown(session, code)[0], form, 422, has_photo=photo is not None)
    try:
        effect = keep(session, code, form, photo)
    except (Conflict, TooMany) as error:
        session.rollback()
        form.form_errors.append(error.message)
        return show_form(get_shown(session, code)[0], form, error.status, has_photo=photo is not None)
    session.commit()
    if effect.is_shown:
        flash(_("Thank you. What you noticed stands on this page."), "success")
    else:
        flash(_("Thank you. Staff look at your words first; then they stand on this page."), "success")
    return redirect(f"{url_for('pilots.show', code=code)}#effects", 303)


def receive(session: Session, form: EffectForm) -> tuple[str | None, list[str]]:
    """Return the key of the photo that came now or with an earlier try, and what is wrong with it."""
    kept = unsign(KEPT, form.photo.data or "", KEPT_SECONDS)
    known = kept if isinstance(kept, str) else None
    if not files_chosen():
        return known, []
    begin_write(session)
    try:
        count_upload(session, f"effect:{network(request.remote_addr)}", clock.now())
    except TooMany as refused:
        session.rollback()
        return known, [refused.message]
    session.commit()
    received = receive_files(1, [])
    if received.kept:
        known = received.kept[0].key
        form.photo.data = sign(KEPT, known)
    return known, received.problems


def keep(session: Session, code: str, form: EffectForm, photo: str | None) -> Effect:
    begin_write(session)
    now = clock.now()
    pilot, thread = get_shown(session, code)
    person = ensure_person(session, now)
    _count(session, person)
    thread = lock_thread(session, thread.id)
    session.refresh(pilot)
    return tell_effect(
        session,
        thread,
        pilot,
        form.noticed(photo),
        person=person,
        key=form.key.data or "",
        follow=bool(form.follow.data),
        directory=get_directory(session),
        now=now,
    )


def _count(session: Session, person: Person) -> None:
    address = f"address:{network(request.remote_addr)}"
    most = {address: EFFECTS_FROM_AN_ADDRESS, f"person:{person.id}": EFFECTS_OF_A_PERSON}
    count_attempts(session, "effect", most, within=HOUR, now=clock.now())


def show_form(
    pilot: Pilot, form: EffectForm, status: int = 200, *, has_photo: bool = False
) -> ResponseReturnValue:
    session = db.session()
    person = current_person(session)
    page = render_template(
        "pilots/effect_form.html",
        pilot=pilot,
        place=get_directory(session).full_name(pilot.place_id),
        form=form,
        hints=SEVERITY_HINTS,
        has_photo=has_photo,
        may_follow=person is not None and person.has_confirmed_email,
        waits=person is None or not person.is_verified,
    )
    return page, status


@blueprint.get("/effects/<int:number>/photo/<any(large, small):size>")
@public
def photo(number: int, size: str) -> ResponseReturnValue:
    """Give the photo of an effect that everybody may see; of others to coordinators and who sent it."""
    session = db.session()
    effect = session.get(Effect, number)
    if effect is None or effect.photo_key is None:
        raise NotFound()
    pilot = session.get_one(Pilot, effect.pilot_id)
    is_public = effect.is_shown and session.get_one(Thread, pilot.thread_id).is_listed
    if not is_public and not _may_see(session, effect, pilot, current_person(session)):
        raise NotFound()
    return send_picture(effect.photo_key, size, is_public=is_public)


def _may_see(session: Session, effect: Effect, pilot: Pilot, person: Person | None) -> bool:
    if person is None:
        return False
    sender = session.get(Person, effect.person_id) if effect.person_id else None
    path = get_directory(session).places[pilot.place_id].path
    return (sender is not None and sender.root_id == person.root_id) or is_coordinator_at(person, path)
