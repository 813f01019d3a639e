"""Normal and emergency mode: a place is switched by who coordinates or sets it up, for all below it too."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal.accounts.access import roles_at
from portal.accounts.identity import me, staff_only
from portal.accounts.models import Person, RoleName
from portal.communities.directory import Directory, PlaceEntry, get_directory, raise_version
from portal.communities.models import Emergency, Place, PlaceKind
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.threads.actions import need_reason
from portal.threads.events import Actor, record_administration

SWITCHED_BY = (RoleName.COORDINATOR, RoleName.ADMINISTRATOR)
MAX_REASON = 500

blueprint = Blueprint("mode", __name__, url_prefix="/staff/mode")


class BeginForm(Form):
    place = SelectField(
        lazy_gettext("Place"),
        [InputRequired(lazy_gettext("Please choose a place."))],
        description=lazy_gettext("It counts there and in all below."),
    )
    reason = LongText(
        lazy_gettext("What has happened"),
        [Needed(), no_longer_than(MAX_REASON)],
        description=lazy_gettext("Everybody can read this on the start page."),
    )


class EndForm(Form):
    reason = LongText(
        lazy_gettext("Why it is over"),
        [Needed(), no_longer_than(MAX_REASON)],
        description=lazy_gettext("Kept on record, for staff."),
    )

    def __init__(self, code: str, **given: Any) -> None:
        """The page may hold one of these for each of several places."""
        super().__init__(**given)
        self.reason.id = f"reason-{code}"


def begin_emergency(session: Session, place_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Switch a place, and all below it, to emergency mode: what comes from now on has its times."""
    place = _lock(session, place_id)
    if place.emergency_since is not None:
        raise Conflict(_("Emergency mode is on there already."))
    need_reason(reason)
    place.emergency_since, place.emergency_reason = now, reason
    emergency = Emergency(place_id=place.id, began_at=now, reason=reason)
    session.add(emergency)
    session.flush()
    _record(session, place, "emergency.began", emergency, by=by, now=now)


def end_emergency(session: Session, place_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Switch a place back to normal. What came meanwhile keeps the times it was promised."""
    place = _lock(session, place_id)
    if place.emergency_since is None:
        raise Conflict(_("Emergency mode is off there already."))
    need_reason(reason)
    emergency = _running(session, place, now)
    emergency.ended_at, emergency.end_reason = now, reason
    place.emergency_since, place.emergency_reason = None, ""
    session.flush()
    _record(session, place, "emergency.ended", emergency, by=by, now=now)


def _running(session: Session, place: Place, now: datetime) -> Emergency:
    """Return the row of the place's present time; of one begun before there were such rows, a new one."""
    running = (Emergency.place_id == place.id) & Emergency.ended_at.is_(None)
    found = session.scalar(select(Emergency).where(running).order_by(Emergency.id.desc()).limit(1))
    if found is None:
        since = place.emergency_since or now
        found = Emergency(place_id=place.id, began_at=since, reason=place.emergency_reason)
        session.add(found)
    return found


def _lock(session: Session, place_id: int) -> Place:
    wanted = select(Place).where(Place.id == place_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _record(
    session: Session, place: Place, kind: str, emergency: Emergency, *, by: Actor, now: datetime
) -> None:
    data = {"what": ["place", place.id], "before": {}, "after": {}, "emergency": emergency.id}
    record_administration(session, kind, by=by, data=data, now=now)
    raise_version(session)


def switched_by(person: Person, directory: Directory) -> list[PlaceEntry]:
    """Return the places that this person may switch, each after the one above it."""
    found = [
        place
        for place in directory.places_in_use()
        if place.kind != PlaceKind.SPOT and roles_at(person, place.path, *SWITCHED_BY)
    ]
    return sorted(found, key=lambda place: place.path)


def emergencies_for(person: Person, directory: Directory) -> list[PlaceEntry]:
    """Return the places in emergency mode in which this person has something to do."""
    held = [role.place.path for role in person.roles]
    return [
        place
        for place in directory.places.values()
        if place.emergency_since and any(_meet(place.path, path) for path in held)
    ]


def _meet(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


@blueprint.get("")
@staff_only(*SWITCHED_BY)
def index() -> ResponseReturnValue:
    return show(BeginForm(formdata=None), {})


@blueprint.post("")
@staff_only(*SWITCHED_BY)
def begin() -> ResponseReturnValue:
    session, person, form = db.session(), me(), BeginForm()
    offer(form, person)
    if not form.validate_on_submit():
        return show(form, {}), 422
    place = get_place(person, str(form.place.data))
    try:
        begin_emergency(session, place.id, str(form.reason.data), by=actor_at(person, place), now=clock.now())
    except (Conflict, Invalid) as error:
        session.rollback()
        form.form_errors.append(error.message)
        return show(form, {}), error.status
    session.commit()
    flash(_("Emergency mode is on: %(place)s.", place=place.name), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<code>/end")
@staff_only(*SWITCHED_BY)
def end(code: str) -> ResponseReturnValue:
    session, person, form = db.session(), me(), EndForm(code)
    place = get_place(person, code)
    if not form.validate_on_submit():
        return show(BeginForm(formdata=None), {code: form}), 422
    try:
        end_emergency(session, place.id, str(form.reason.data), by=actor_at(person, place), now=clock.now())
    except (Conflict, Invalid) as error:
        session.rollback()
        flash(error.message, "warning")
        return redirect(url_for(".index"), 303)
    session.commit()
    flash(_("Back to normal: %(place)s.", place=place.name), "success")
    return redirect(url_for(".index"), 303)


def show(begins: BeginForm, ends: dict[str, EndForm]) -> str:
    """Return the page, with the form that was sent as it was filled."""
    person, directory = me(), get_directory(db.session())
    mine = switched_by(person, directory)
    offer(begins, person)
    running = [place for place in mine if place.emergency_since]
    return render_template(
        "triage/mode.html",
        begins=begins if len(running) < len(mine) else None,
        running=[(place, ends.get(place.code) or EndForm(place.code, formdata=None)) for place in running],
        tried=next(iter(ends.values()), begins),
        full_name=directory.full_name,
    )


def offer(form: BeginForm, person: Person) -> None:
    directory = get_directory(db.session())
    mine = [place for place in switched_by(person, directory) if not place.emergency_since]
    names = [(place.code, directory.full_name(place.id)) for place in mine]
    form.place.choices = [("", _("Choose a place")), *names]


def get_place(person: Person, code: str) -> PlaceEntry:
    """Return the place. NotFound if it isn't this person's to switch."""
    directory = get_directory(db.session())
    place = directory.place_codes.get(code)
    if place is None or place not in switched_by(person, directory):
        raise NotFound()
    return place


def actor_at(person: Person, place: PlaceEntry) -> Actor:
    """Return the person in the role in which they switch this place."""
    return Actor(person, str(roles_at(person, place.path, *SWITCHED_BY)[0].name))
