"""Where a person is signed in, and signing out elsewhere."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.identity import signed_in_only
from portal.accounts.pages import blueprint
from portal.accounts.sessions import end_session
from portal.accounts.sign_ins import end_sign_in, end_sign_ins, list_sign_ins
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _


@blueprint.get("/account/sessions")
@signed_in_only
def sessions() -> ResponseReturnValue:
    found = list_sign_ins(db.session(), current_user.person, now=clock.now())
    return render_template("accounts/sessions.html", sign_ins=found, present=current_user.number)


@blueprint.post("/account/sessions/<int:number>/end")
@signed_in_only
def end_one_session(number: int) -> ResponseReturnValue:
    session = db.session()
    if number == current_user.number:
        end_session(session)
        session.commit()
        flash(_("You are signed out."))
        return redirect(url_for("accounts.sign_in"), 303)
    if not end_sign_in(session, current_user.person, number):
        raise NotFound(_("That browser is signed out already."))
    session.commit()
    flash(_("That browser is signed out."))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/account/sessions/end-others")
@signed_in_only
def end_other_sessions() -> ResponseReturnValue:
    session = db.session()
    end_sign_ins(session, current_user.person, but=current_user.number)
    session.commit()
    flash(_("All other browsers are signed out."))
    return redirect(url_for("accounts.sessions"), 303)
