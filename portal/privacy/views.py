"""My data: to take away, and to delete."""

from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import PasswordField

from portal.accounts.identity import me, signed_in_only
from portal.accounts.sessions import end_session, prove_password
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.forms import Form
from portal.core.guards import reads_first
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.storage import get_store
from portal.intake import cookie
from portal.intake.actions import discard_draft
from portal.intake.queries import find_draft
from portal.privacy.erasure import erase_person
from portal.privacy.export import write_export

blueprint = Blueprint("privacy", __name__, url_prefix="/account")


class DeleteForm(Form):
    password = PasswordField(lazy_gettext("Your password"))


@blueprint.get("/data")
@signed_in_only
def data() -> ResponseReturnValue:
    directory = get_directory(db.session())
    return show(DeleteForm(formdata=None), directory.preferences.keep_months)


def show(form: DeleteForm, months: int, status: int = 200) -> ResponseReturnValue:
    page = render_template("privacy/data.html", form=form, person=me(), months=months)
    return page, status


@blueprint.get("/data/file")
@signed_in_only
def take_away() -> ResponseReturnValue:
    """Send all that is kept about the person as one file."""
    session = db.session()
    packed = write_export(session, me(), get_directory(session), get_store())
    name = f"linli-{clock.now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(packed, mimetype="application/zip", headers=headers)


@blueprint.post("/data/delete")
@signed_in_only
@reads_first
def delete() -> ResponseReturnValue:
    """Delete the account, if the password is right."""
    session, person, form, now = db.session(), me(), DeleteForm(), clock.now()
    months = get_directory(session).preferences.keep_months
    try:
        found = prove_password(session, person.email or "", person, form.password.data or "", now=now)
        if found is None:
            form.password.errors = [_("This is not your present password.")]
            return show(form, months, 422)
        erase_person(session, found, now=now)
    except DomainError as refused:
        session.rollback()
        form.form_errors.append(refused.message)
        return show(form, months, refused.status)
    _discard_drafts(session, now)
    end_session(session)
    session.commit()
    flash(_("Your account is deleted. What you sent stays, without your name."), "success")
    answer = redirect(url_for("intake.start"), 303)
    answer.delete_cookie(cookie.COOKIE)  # its keys also open what this browser sent last
    return answer


def _discard_drafts(session: Session, now: datetime) -> None:
    """Throw away what was typed in this browser and not sent."""
    for path, key in cookie.read_keys().writing.items():
        draft = find_draft(session, key, path, now)
        if draft is not None:
            discard_draft(session, draft, now=now)
