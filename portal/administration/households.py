"""Codes for households: staff print them, hand them out, and withdraw them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import Field, RadioField, SelectField
from wtforms.validators import ValidationError

from portal.accounts.access import roles_at
from portal.accounts.households import (
    LONGEST_HOUSEHOLD,
    MOST_AT_ONCE,
    Printed,
    list_household_codes,
    make_household_codes,
    withdraw_household_code,
)
from portal.accounts.identity import me, staff_only
from portal.accounts.models import HouseholdCode, Person, RoleName
from portal.communities.directory import Directory, PlaceEntry, get_directory
from portal.communities.models import PlaceKind
from portal.core import clock
from portal.core.dates import day
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.forms import Form, LongText, Needed
from portal.core.i18n import LANGUAGES, current_language, in_language, lazy_gettext, ngettext
from portal.core.i18n import gettext as _
from portal.core.links import whole_link
from portal.core.paper import qr_code
from portal.core.web import address_with, row_asked_for
from portal.threads.events import Actor, record_administration

blueprint = Blueprint("households", __name__, url_prefix="/staff/households")

MAKERS = (RoleName.ADMINISTRATOR, RoleName.COORDINATOR)
PAGE = 25
USES, DAYS = (1, 2, 3, 4, 6, 8), (30, 90, 180, 365)


class CodesForm(Form):
    place = SelectField(lazy_gettext("Community"))
    households = LongText(lazy_gettext("Households"), [Needed()])
    uses = SelectField(lazy_gettext("People of a household who may use it"), coerce=int, default=4)
    days = SelectField(lazy_gettext("How long it works"), coerce=int, default=90)
    language = RadioField(lazy_gettext("Language of the sheets"), choices=LANGUAGES)

    def __init__(self, places: Sequence[PlaceEntry], **given: Any) -> None:
        super().__init__(**given)
        self.place.choices = {place.code: place.name for place in places}
        self.uses.choices = {str(n): str(n) for n in USES}
        self.days.choices = {str(n): ngettext("%(num)s day", "%(num)s days", n) for n in DAYS}

    def names(self) -> list[str]:
        """Return the households, one from each line."""
        lines = (" ".join(line.split()) for line in (self.households.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate_households(self, _field: Field) -> None:
        if len(self.names()) > MOST_AT_ONCE:
            raise ValidationError(_("Please make at most %(n)s codes at once.", n=MOST_AT_ONCE))
        long = next((name for name in self.names() if len(name) > LONGEST_HOUSEHOLD), None)
        if long:
            raise ValidationError(_("This line is too long: %(line)s", line=long[:LONGEST_HOUSEHOLD]))


@blueprint.route("", methods=["GET", "POST"])
@staff_only(*MAKERS)
def index() -> ResponseReturnValue:
    """Show the codes that are good and the form for more, or make these and show them this once."""
    session, person = db.session(), me()
    directory, now = get_directory(session), clock.now()
    form = CodesForm(places_of(person, directory), data={"language": current_language()})
    if not form.validate_on_submit():
        return show_index(session, form, person, directory, now)
    place = directory.place_codes[form.place.data]
    rows, printed = make_household_codes(
        session, place.id, form.names(), uses=form.uses.data, days=form.days.data, now=now
    )
    data = {"what": ["place", place.id], "codes": [row.id for row in rows]}
    by = actor_at(person, place)
    record_administration(session, "household_codes.made", by=by, data=data, now=now)
    session.commit()
    return print_codes(place, rows[0].expires_at, printed, form)


def places_of(person: Person, directory: Directory) -> list[PlaceEntry]:
    """Return the communities for whose households this person may make codes."""
    return [p for p in directory.of_kind(PlaceKind.COMMUNITY) if roles_at(person, p.path, *MAKERS)]


def actor_at(person: Person, place: PlaceEntry) -> Actor:
    held = {role.name for role in roles_at(person, place.path, *MAKERS)}
    return Actor(person, next(name for name in MAKERS if name in held))


def show_index(
    session: Session, form: CodesForm, person: Person, directory: Directory, now: datetime
) -> ResponseReturnValue:
    before, ids = row_asked_for("before"), [place.id for place in places_of(person, directory)]
    found = list_household_codes(session, ids, before=before, limit=PAGE + 1, now=now)
    codes = found[:PAGE]
    page = render_template(
        "administration/households.html",
        form=form,
        codes=codes,
        places=directory.places,
        start=address_with(before=None) if before else None,
        onward=address_with(before=str(codes[-1].id)) if len(found) > PAGE else None,
    )
    return page, 422 if form.errors else 200


def print_codes(
    place: PlaceEntry, expires_at: datetime, printed: Sequence[Printed], form: CodesForm
) -> Response:
    """Return the sheets. The codes are nowhere else: who reloads the page makes new ones."""
    link = whole_link("accounts.residency")
    with in_language(form.language.data):
        page = render_template(
            "administration/household_codes.html",
            place=place.name,
            printed=printed,
            uses=form.uses.data,
            until=day(expires_at),
            address=link.partition("://")[2],
            code=qr_code(link),
        )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<int:number>/withdraw")
@staff_only(*MAKERS)
def withdraw(number: int) -> ResponseReturnValue:
    session, person, now = db.session(), me(), clock.now()
    code = session.get(HouseholdCode, number)
    directory = get_directory(session)
    place = directory.places.get(code.place_id) if code else None
    if code is None or place is None or not roles_at(person, place.path, *MAKERS):
        raise NotFound()
    withdraw_household_code(session, code, now=now)
    by, data = actor_at(person, place), {"what": ["place", place.id], "codes": [code.id]}
    record_administration(session, "household_codes.withdrawn", by=by, data=data, now=now)
    session.commit()
    flash(_("The code for %(household)s is good for nothing now.", household=code.household), "success")
    return redirect(url_for(".index", before=request.args.get("before")), 303)
