"""The signed-in person's own page."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import actions
from portal.accounts.forms import DetailsForm, PasswordForm
from portal.accounts.identity import me, signed_in_only
from portal.accounts.models import Person
from portal.accounts.pages import blueprint, show
from portal.accounts.passwords import hash_password
from portal.accounts.residency import home_of
from portal.accounts.sessions import prove_password, start_session
from portal.accounts.telling import tell_roles
from portal.communities.directory import get_directory
from portal.core import clock, web
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.guards import reads_first
from portal.core.i18n import COOKIE as LANGUAGE_COOKIE
from portal.core.i18n import gettext as _


@blueprint.get("/account")
@signed_in_only
def profile() -> ResponseReturnValue:
    return show_profile(me())


@blueprint.post("/account/details")
@signed_in_only
def change_details() -> ResponseReturnValue:
    person, form = me(), DetailsForm()
    if not form.validate():
        return show_profile(person, details=form)
    session = db.session()
    actions.change_details(
        session,
        person,
        name=form.name.data or "",
        language=form.language.data,
        mails=form.mails.data,
        now=clock.now(),
    )
    session.commit()
    flash(_("Your changes are kept."))
    response = redirect(url_for("accounts.profile"), 303)
    web.set_choice(response, LANGUAGE_COOKIE, form.language.data)
    return response


@blueprint.post("/account/password")
@signed_in_only
@reads_first
def change_password() -> ResponseReturnValue:
    person, form = me(), PasswordForm()
    form.owner_email = person.email or ""
    if not form.validate():
        return show_profile(person, password=form)
    session, now = db.session(), clock.now()
    password_hash = hash_password(form.new_password.data or "")
    try:
        found = prove_password(session, person.email or "", person, form.password.data or "", now=now)
    except DomainError as refused:
        session.rollback()
        form.form_errors.append(refused.message)
        return show_profile(me(), refused.status, password=form)
    if found is None:
        form.password.errors = [_("This is not your present password.")]
        return show_profile(me(), password=form)
    actions.change_password(session, found, password_hash, now=now)
    start_session(session, found, now=now)
    session.commit()
    flash(_("Your new password is set. Other devices are signed out."))
    return redirect(url_for("accounts.profile"), 303)


def show_profile(
    person: Person,
    status: int = 200,
    *,
    details: DetailsForm | None = None,
    password: PasswordForm | None = None,
) -> ResponseReturnValue:
    """Return the person's page; with the form that needs correcting, if one does."""
    needs_correcting = password or details or DetailsForm(formdata=None)
    return show(
        "profile",
        needs_correcting,
        status,
        person=person,
        details=details
        or DetailsForm(
            formdata=None, name=person.name, language=person.language, mails=not person.mail_stopped_at
        ),
        password=password or PasswordForm(formdata=None),
        home=home_of(db.session(), person),
        roles=tell_roles(person, get_directory(db.session())),
    )
