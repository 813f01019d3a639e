"""Stopping mails by the link in each, and what was sent, for administrators."""

from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import signed_in_person, staff_only
from portal.accounts.models import Person, RoleName
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.tokens import unsign
from portal.core.web import row_asked_for
from portal.notifications.actions import resume_mails, stop_mails, try_again
from portal.notifications.jobs import settings
from portal.notifications.letters import STOP
from portal.notifications.queries import (
    PAGE_ROWS,
    count_given_up,
    find_sending_jobs,
    list_deliveries,
    list_files,
    read_file,
)
from portal.notifications.rows import tell_row
from portal.threads.events import Actor

blueprint = Blueprint("notifications", __name__)
SECRET_PAGE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


@blueprint.route("/stop-mail/<token>", methods=["GET", "POST"])
@by_link
def stop_mail(token: str) -> ResponseReturnValue:
    """Nothing happens on GET: mail scanners follow links."""
    session = db.session()
    number = unsign(STOP, token)
    person = session.get(Person, number) if isinstance(number, int) else None
    if person is None:
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    if request.method == "GET":
        page = render_template("notifications/stop_mail.html", stopped=person.mail_stopped_at is not None)
        return page, 200, SECRET_PAGE
    if request.form.get("wish") == "resume":
        resume_mails(session, person)
    else:
        stop_mails(session, person, now=clock.now())
    session.commit()
    return redirect(url_for("notifications.stop_mail", token=token), 303)


@blueprint.get("/staff/mail")
@staff_only(RoleName.ADMINISTRATOR)
def mail() -> ResponseReturnValue:
    session, before = db.session(), row_asked_for("before")
    found = list_deliveries(session, before)
    shown = found[:PAGE_ROWS]
    jobs = find_sending_jobs(session, [delivery for delivery, _email, _reference in shown])
    return render_template(
        "notifications/mail.html",
        rows=[tell_row(*row, jobs.get(row[0].id)) for row in shown],
        given_up=count_given_up(session),
        has_server=bool(settings().smtp_host),
        files=[] if settings().smtp_host else list_files(mail_folder()),
        is_first_page=before is None,
        older=shown[-1][0].id if len(found) > PAGE_ROWS else None,
    )


@blueprint.get("/staff/mail/<name>")
@staff_only(RoleName.ADMINISTRATOR)
def mail_file(name: str) -> ResponseReturnValue:
    """Show a mail kept as a file; there are none where a mail server is set."""
    found = None if settings().smtp_host else read_file(mail_folder(), name)
    if found is None:
        abort(404)
    return render_template("notifications/mail_file.html", mail=found)


@blueprint.post("/staff/mail/<int:number>/again")
@staff_only(RoleName.ADMINISTRATOR)
def mail_again(number: int) -> ResponseReturnValue:
    session = db.session()
    actor = Actor(signed_in_person(), "administrator")
    if try_again(session, number, by=actor, now=clock.now()):
        flash(_("It is tried again now."))
    else:
        flash(_("There is nothing to try again: it has been sent or is still being tried."), "warning")
    session.commit()
    return redirect(url_for("notifications.mail"), 303)


def mail_folder() -> Path:
    return settings().var_dir / "mail"
