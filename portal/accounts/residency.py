"""The page on which somebody enters the code that the committee gave to their household."""

from datetime import datetime, timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.forms import HouseholdForm
from portal.accounts.households import use_household_code
from portal.accounts.identity import (
    browser_person,
    current_person,
    ensure_person,
    root_person,
    signed_in_person,
)
from portal.accounts.models import Person
from portal.accounts.pages import blueprint, show
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import DomainError
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts, network

QUARTER = timedelta(minutes=15)
TRIES_OF_A_PERSON = 8  # in a quarter of an hour
TRIES_FROM_AN_ADDRESS = 40  # the whole committee may sit behind one


@blueprint.route("/account/residency", methods=["GET", "POST"])
@public
def residency() -> ResponseReturnValue:
    """Show where this person is known to live, or take a code; a browser without an account may too."""
    session, form = db.session(), HouseholdForm()
    if not form.validate_on_submit():
        return show_residency(session, form, 422 if form.errors else 200)
    try:
        enter_code(session, form.code.data or "", clock.now())
    except DomainError as refused:
        session.rollback()
        form.code.errors = [refused.message]
        return show_residency(session, form, refused.status)
    flash(_("Thank you. It is known now that you live here."))
    return redirect(url_for(".residency"), 303)


def enter_code(session: Session, code: str, now: datetime) -> None:
    """Use the code for who is here. The try counts whatever comes of it."""
    person = current_person(session)
    tries = {f"address:{network(request.remote_addr)}": TRIES_FROM_AN_ADDRESS}
    if person is not None:
        tries[f"person:{person.root_id}"] = TRIES_OF_A_PERSON
    count_attempts(session, "household_code", tries, within=QUARTER, now=now)
    session.commit()
    begin_write(session)
    use_household_code(session, ensure_person(session, now), code, now=now)
    session.commit()


def show_residency(session: Session, form: HouseholdForm, status: int) -> ResponseReturnValue:
    person = signed_in_person() or (browser_person(session) if status == 200 else None)
    return show(
        "residency",
        form,
        status,
        home=home_of(session, person),
        has_account=signed_in_person() is not None,
    )


def home_of(session: Session, person: Person | None) -> str:
    """Return the name of the community in which the person is proven to live, or nothing."""
    root = root_person(session, person) if person else None
    place = get_directory(session).places.get(root.residency_place_id or 0) if root else None
    return get_directory(session).full_name(place.id) if place else ""
