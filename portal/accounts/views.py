"""Registering, signing in and out, setting a password anew."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask import session as cookies
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts import actions, contact_pages, factor_pages, links, profile, session_pages
from portal.accounts import residency as residency_pages
from portal.accounts.forms import (
    CodeForm,
    ConfirmAccountForm,
    ConfirmForm,
    ForgotForm,
    RegisterForm,
    ResetForm,
    SignInForm,
)
from portal.accounts.identity import find_confirmed, signed_in_person
from portal.accounts.models import Person
from portal.accounts.pages import blueprint, enter, go_home, show, show_refused
from portal.accounts.passwords import hash_password
from portal.accounts.sessions import count_code, count_mail, end_session, prove_password
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import DomainError
from portal.core.forms import Form
from portal.core.guards import by_link, public, reads_first
from portal.core.i18n import current_language
from portal.core.i18n import gettext as _

# These pages are this blueprint's too.
__all__ = ["blueprint", "contact_pages", "factor_pages", "profile", "residency_pages", "session_pages"]

MAILED_TO = "mailed_to"  # in the session's cookie: the address just typed, to show it once more


@blueprint.route("/register", methods=["GET", "POST"])
@public
@reads_first
def register() -> ResponseReturnValue:
    form = RegisterForm()
    if not form.validate_on_submit():
        return show("register", form)
    password_hash = hash_password(form.new_password.data or "")
    return _ask_for_mail(
        "register",
        form,
        form.email.data or "",
        lambda: actions.register(
            db.session(),
            email=form.email.data or "",
            name=form.name.data or "",
            password_hash=password_hash,
            language=current_language(),
            now=clock.now(),
        ),
    )


@blueprint.route("/forgot", methods=["GET", "POST"])
@public
@reads_first
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.validate_on_submit():
        return show("forgot", form)
    email = form.email.data or ""
    return _ask_for_mail(
        "forgot", form, email, lambda: actions.ask_for_reset(db.session(), email, now=clock.now())
    )


def _ask_for_mail(page: str, form: Form, email: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Do what makes a mail, and answer the same whoever has the address."""
    session = db.session()
    begin_write(session)
    try:
        count_mail(session, page, email, clock.now())
    except DomainError as refused:
        return show_refused(page, form, refused)
    act()
    session.commit()
    cookies[MAILED_TO] = email
    return redirect(url_for("accounts.mailed", about=page), 303)


@blueprint.get("/mail-sent/<any(register, forgot):about>")
@public
def mailed(about: str) -> ResponseReturnValue:
    return render_template("accounts/mailed.html", about=about, email=cookies.get(MAILED_TO))


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@by_link
@reads_first
def confirm(token: str) -> ResponseReturnValue:
    """Nothing happens on GET: mail scanners follow links. A registration asks for its password,
    so that nobody's click makes an account with a password that somebody else has chosen."""
    person = links.find_to_confirm(db.session(), token)
    if person is None:
        return show("link_ended", ConfirmForm(), 404, about="confirm")
    form = ConfirmAccountForm() if person.password_hash else ConfirmForm()
    values: dict[str, Any] = {"email": person.email, "done": person.has_confirmed_email}
    if person.has_confirmed_email or not form.validate_on_submit():
        return show("confirm", form, **values)
    if isinstance(form, ConfirmAccountForm):
        return _confirm_account(person, form, values)
    session = db.session()
    begin_write(session)
    actions.confirm_email(session, person, now=clock.now())
    session.commit()
    return redirect(url_for("accounts.confirm", token=token), 303)


def _confirm_account(person: Person, form: ConfirmAccountForm, values: dict[str, Any]) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    try:
        found = prove_password(session, person.email or "", person, form.password.data or "", now=now)
    except DomainError as refused:
        return show_refused("confirm", form, refused, **values)
    if found is None:
        form.password.errors = [_("This is not the password you chose.")]
        return show("confirm", form, **values)
    root = actions.confirm_email(session, found, now=now)
    return enter(session, root, now=now, welcome=_("Your address is confirmed, and you are signed in."))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@reads_first
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        person = signed_in_person()
        return go_home(person) if person and not form.is_submitted() else show("sign_in", form)
    session, now, email = db.session(), clock.now(), form.email.data or ""
    try:
        person = prove_password(
            session, email, find_confirmed(session, email), form.password.data or "", now=now
        )
    except DomainError as refused:
        return show_refused("sign_in", form, refused)
    if person is None:
        return show("sign_in", form, 422, problem=_("The e-mail address or the password is not right."))
    return enter(session, person, now=now)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    session = db.session()
    end_session(session)
    session.commit()
    flash(_("You are signed out."))
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@by_link
@reads_first
def reset(token: str) -> ResponseReturnValue:
    return _choose_password(
        "reset", links.find_to_reset, token, _("Your new password is set, and you are signed in.")
    )


@blueprint.route("/invited/<token>", methods=["GET", "POST"])
@by_link
@reads_first
def invited(token: str) -> ResponseReturnValue:
    return _choose_password("invited", links.find_invited, token, _("Welcome. You are signed in."))


def _choose_password(
    page: str, find: Callable[[Session, str], Person | None], token: str, welcome: str
) -> ResponseReturnValue:
    """Set a password by a mailed link, which ends with it."""
    session, now, form = db.session(), clock.now(), ResetForm()
    person = find(session, token)
    if person is None:
        return show("link_ended", form, 404, about=page)
    form.owner_email = person.email or ""
    if not form.validate_on_submit():
        return show(page, form, email=person.email)
    password_hash = hash_password(form.new_password.data or "")
    begin_write(session)
    person = find(session, token)  # used twice at once: the second comes too late
    if person is None:
        return show("link_ended", form, 404, about=page)
    return enter(
        session, actions.reset_password(session, person, password_hash, now=now), now=now, welcome=welcome
    )


@blueprint.route("/first-sign-in", methods=["GET", "POST"])
@public
@reads_first
def use_code() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return show("first_sign_in", form)
    password_hash = hash_password(form.new_password.data or "")
    session, now = db.session(), clock.now()
    try:
        begin_write(session)
        count_code(session, now)
        session.commit()
        begin_write(session)
        person = actions.use_code(session, form.code.data or "", password_hash, now=now)
    except DomainError as refused:
        return show_refused("first_sign_in", form, refused)
    welcome = _("Welcome. Your password is set; from now on sign in with your e-mail address.")
    return enter(session, person, now=now, welcome=welcome)
