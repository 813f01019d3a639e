"""Signing in with a second factor; switching it on and off."""

from datetime import datetime
from typing import Any

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as cookies
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.accounts import second_factor as factor
from portal.accounts.actions import send_account_mail
from portal.accounts.forms import FactorForm, SecondStepForm
from portal.accounts.identity import me, signed_in_only, signed_in_person
from portal.accounts.models import Person
from portal.accounts.pages import blueprint, go_home, show, show_refused
from portal.accounts.rules import local_path
from portal.accounts.sessions import count_second_factor, halfway_person, prove_password, start_session
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import DomainError
from portal.core.guards import public, reads_first
from portal.core.i18n import gettext as _
from portal.core.links import SECRET_PAGE

SEED = "second_factor_seed"  # in the session's cookie while it is being set up; no secret by itself
OPEN_TO_ALL = ("accounts", "health")  # blueprints


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
@reads_first
def second_step() -> ResponseReturnValue:
    session, now, form = db.session(), clock.now(), SecondStepForm()
    person = halfway_person(session)
    if person is None:
        return _begin_anew()
    if not form.validate_on_submit():
        return show("second_step", form)
    try:
        begin_write(session)
        count_second_factor(session, person, now)
        session.commit()
    except DomainError as refused:
        return show_refused("second_step", form, refused)
    begin_write(session)
    person = halfway_person(session)
    if person is None:
        return _begin_anew()
    if not factor.use_second_factor(session, person, form.code.data or "", now=now):
        return _show_wrong_code("second_step", form)
    start_session(session, person, now=now)
    session.commit()
    return go_home(person)


def _begin_anew() -> ResponseReturnValue:
    flash(_("Please type your password again: that took too long."), "warning")
    return redirect(url_for("accounts.sign_in", next=local_path(request.args.get("next")) or None), 303)


def _show_wrong_code(page: str, form: FactorForm | SecondStepForm, **values: Any) -> ResponseReturnValue:
    db.session.rollback()
    form.code.errors = [_("This code is not right, or it was used before. Please type the one shown now.")]
    return show(page, form, **values)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@signed_in_only
@reads_first
def second_factor() -> ResponseReturnValue:
    """Show how it stands; where it is off, set it up."""
    person, form = me(), FactorForm()
    if person.has_second_factor:
        return redirect(request.path, 303) if form.is_submitted() else show("second_factor", form, **_state())
    seed = cookies.setdefault(SEED, factor.new_seed())
    if not form.validate_on_submit():
        return show("second_factor_setup", form, **_set_up_values(person, seed))
    return _switch_on(person, form, seed)


def _switch_on(person: Person, form: FactorForm, seed: str) -> ResponseReturnValue:
    session, now, values = db.session(), clock.now(), _set_up_values(person, seed)
    step = factor.find_step(seed, form.code.data or "", now=now)
    if step is None:
        return _show_wrong_code("second_factor_setup", form, **values)
    try:
        found = prove_password(session, person.email or "", person, form.password.data or "", now=now)
    except DomainError as refused:
        return show_refused("second_factor_setup", form, refused, **values)
    if found is None:
        return _show_wrong_password("second_factor_setup", form, **values)
    codes = factor.switch_on(session, found, seed, step, now=now)
    send_account_mail(session, found, "second_factor_on", now)
    start_session(session, found, now=now)
    session.commit()
    del cookies[SEED]
    return _show_codes(codes)


@blueprint.post("/account/second-factor/change")
@signed_in_only
@reads_first
def change_second_factor() -> ResponseReturnValue:
    """Make new recovery codes, or switch it off: either needs both factors."""
    person, form = me(), FactorForm()
    if not person.has_second_factor:
        return redirect(url_for("accounts.second_factor"), 303)
    if not form.validate():
        return show("second_factor", form, **_state())
    session, now = db.session(), clock.now()
    try:
        begin_write(session)
        count_second_factor(session, person, now)
        session.commit()
        found = prove_password(session, person.email or "", person, form.password.data or "", now=now)
    except DomainError as refused:
        return show_refused("second_factor", form, refused, **_state())
    if found is None:
        return _show_wrong_password("second_factor", form, **_state())
    if not factor.use_second_factor(session, found, form.code.data or "", now=now):
        return _show_wrong_code("second_factor", form, **_state())
    return _switch_off(found, now) if request.form.get("wish") == "off" else _renew_codes(found)


def _switch_off(person: Person, now: datetime) -> ResponseReturnValue:
    session = db.session()
    factor.switch_off(session, person)
    send_account_mail(session, person, "second_factor_off", now)
    session.commit()
    flash(_("The second factor is switched off."))
    return redirect(url_for("accounts.second_factor"), 303)


def _renew_codes(person: Person) -> ResponseReturnValue:
    session = db.session()
    codes = factor.make_recovery_codes(session, person)
    session.commit()
    return _show_codes(codes)


def _show_codes(codes: list[str]) -> ResponseReturnValue:
    """Show recovery codes, which nobody can show again: so not by a redirect."""
    return render_template("accounts/recovery_codes.html", codes=codes), 200, SECRET_PAGE


def _show_wrong_password(page: str, form: FactorForm, **values: Any) -> ResponseReturnValue:
    db.session.rollback()
    form.password.errors = [_("This is not your present password.")]
    return show(page, form, **values)


def _state() -> dict[str, Any]:
    person = me()
    return {
        "since": person.totp_confirmed_at,
        "codes_left": factor.count_recovery_codes(db.session(), person),
        "required": is_required_of(person),
    }


def _set_up_values(person: Person, seed: str) -> dict[str, Any]:
    picture = segno.make(factor.address_of(seed, person.email or ""), micro=False)
    key = factor.key_of(seed)
    return {
        "picture": Markup(picture.svg_inline(scale=5, light="#fff")),  # noqa: S704  # drawn by segno
        "key": " ".join(key[i : i + 4] for i in range(0, len(key), 4)),
        "required": is_required_of(person),
    }


def is_required_of(person: Person) -> bool:
    """Tell whether this person must have a second factor: staff, where administrators ask for it."""
    return person.is_staff and get_directory(db.session()).preferences.totp_required


@blueprint.before_app_request
def lead_to_set_up() -> ResponseReturnValue | None:
    """Let staff who lack a second factor that is required do nothing but set it up."""
    if request.endpoint in {None, "static"} or request.blueprint in OPEN_TO_ALL:
        return None
    person = signed_in_person()
    if person is None or person.has_second_factor or not is_required_of(person):
        return None
    if request.method != "GET":
        abort(403)
    return redirect(url_for("accounts.second_factor"))
