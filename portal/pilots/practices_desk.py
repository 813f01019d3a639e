"""Practices for coordinators: written from a pilot's facts, published, and taken up at another place."""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.access import is_coordinator_at, places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.dates import date_day, today
from portal.core.errors import Invalid, NotFound
from portal.core.guards import View
from portal.core.i18n import gettext as _
from portal.core.saving import take
from portal.pilots.allowances import INSIDE
from portal.pilots.models import Pilot
from portal.pilots.practices import Practice
from portal.pilots.practices_actions import change_practice, publish_practice, take_up
from portal.pilots.practices_forms import PracticeForm, TakeUpForm
from portal.pilots.practices_queries import get_practice
from portal.threads.actions import lock_thread
from portal.threads.events import Actor

blueprint = Blueprint("practices_desk", __name__, url_prefix="/staff/practices")
LEAD = timedelta(days=28)  # time to measure the baseline
coordinators: View = staff_only(RoleName.COORDINATOR)


@blueprint.get("")
@coordinators
def index() -> ResponseReturnValue:
    """Show the practices of this coordinator's places, those being written first."""
    v = Visit.begin()
    places = places_reached(v.person, v.directory, RoleName.COORDINATOR)
    found = v.session.scalars(
        select(Practice)
        .where(Practice.place_id.in_(places))
        .order_by(Practice.published_at.is_not(None), Practice.id.desc())
    ).all()
    rows = [(practice, v.directory.full_name(practice.place_id)) for practice in found]
    return render_template("pilots/practices_desk.html", rows=rows)


@blueprint.route("/<code>/edit", methods=["GET", "POST"])
@coordinators
def edit(code: str) -> ResponseReturnValue:
    """Show what a practice says as a form, or keep it; one button also puts it into the library."""
    v = Visit.begin()
    practice = get_practice(v.session, code, published=False)
    if not is_coordinator_at(v.person, v.directory.places[practice.place_id].path):
        raise NotFound()
    form = PracticeForm(data=PracticeForm.data_of(practice)).offer(v.directory)

    def save() -> str:
        change_practice(v.session, practice, form.values(), seen=form.revision, now=v.now)
        if "publish" in request.form:
            pilot = v.session.get_one(Pilot, practice.pilot_id)
            thread = lock_thread(v.session, pilot.thread_id)
            by = Actor(v.person, "coordinator")
            publish_practice(v.session, thread, pilot, practice, by=by, now=v.now)
        is_public = practice.published_at is not None
        return url_for("practices.show", code=code) if is_public else url_for(".edit", code=code)

    back = url_for("practices.show", code=code) if practice.published_at else url_for(".index")
    is_public = practice.published_at is not None
    shown = {"title": practice.title, "back": back, "is_public": is_public}
    return take(form, save, "pilots/practice_form.html", of=practice, **shown)


@blueprint.route("/<code>/take-up", methods=["GET", "POST"])
@coordinators
def take_up_here(code: str) -> ResponseReturnValue:
    """Ask where and when, and plan a pilot there with the first one's plan."""
    v = Visit.begin()
    practice = get_practice(v.session, code)
    first = v.session.get_one(Pilot, practice.pilot_id)
    length, start = first.ends_on - first.starts_on, today() + LEAD
    given = {"seen": practice.revision, "starts_on": start, "ends_on": start + length}
    form = TakeUpForm(data=given)
    reached = set(places_reached(v.person, v.directory, RoleName.COORDINATOR))
    form.place.choices = [
        (p.id, v.directory.full_name(p.id))
        for p in v.directory.places_in_use()
        if p.id in reached and p.kind not in INSIDE and p.id != practice.place_id
    ]

    def save() -> str:
        starts_on, ends_on = form.starts_on.data, form.ends_on.data
        if not starts_on or not ends_on or starts_on <= today():
            raise Invalid(_("The first day must lie ahead: what is measured before it is the baseline."))
        thread = lock_thread(v.session, first.thread_id)
        pilot = take_up(
            v.session,
            thread,
            practice,
            v.directory.places[form.place.data],
            starts_on=starts_on,
            ends_on=ends_on,
            by=Actor(v.person, "coordinator"),
            now=v.now,
        )
        return url_for("pilots_desk.show", code=pilot.code)

    back = url_for("practices.show", code=code)
    days = {"first": date_day(first.starts_on), "last": date_day(first.ends_on)}
    lasted = _("The first one took from %(first)s to %(last)s.", **days)
    return take(form, save, "pilots/take_up.html", practice=practice, back=back, lasted=lasted)
