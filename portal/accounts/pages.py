"""How the pages about accounts are answered, and the blueprint they share."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import local_path
from portal.accounts.sessions import start_session, stop_halfway
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.forms import Form

blueprint = Blueprint("accounts", __name__)


def show(page: str, form: Form, status: int = 200, **values: Any) -> tuple[str, int]:
    """Return the page with its form; as one that needs correcting if the form has errors."""
    if status == 200 and form.errors:
        status = 422
    return render_template(f"accounts/{page}.html", form=form, **values), status


def show_refused(page: str, form: Form, refused: DomainError, **values: Any) -> tuple[str, int]:
    """Return the page with what was typed and the reason why it was refused."""
    db.session.rollback()
    return show(page, form, refused.status, problem=refused.message, **values)


def enter(session: Session, person: Person, *, now: datetime, welcome: str = "") -> ResponseReturnValue:
    """Sign the person in, or have them show their second factor first. Commits, and goes on from there."""
    if person.has_second_factor:
        stop_halfway(person)
        session.commit()
        return redirect(
            url_for("accounts.second_step", next=local_path(request.args.get("next")) or None), 303
        )
    start_session(session, person, now=now)
    session.commit()
    if welcome:
        flash(welcome)
    return go_home(person)


def go_home(person: Person) -> ResponseReturnValue:
    """Go where the person wanted to go before signing in, else to their own first page."""
    home = url_for("triage.home" if person.is_staff else "accounts.profile")
    return redirect(local_path(request.args.get("next")) or home, 303)
