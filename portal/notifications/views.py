"""Stopping mails by the link in each, and what was sent, for administrators of the whole."""

from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.contacts import resume_mails, stop_mails
from portal.accounts.identity import administrators_of_the_whole, signed_in_person
from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.core.tokens import unsign
from portal.core.web import address_with, row_asked_for
from portal.notifications.actions import try_again, try_all_again
from portal.notifications.jobs import offered_channels
from portal.notifications.letters import STOP
from portal.notifications.queries import (
    PAGE_ROWS,
    Wish,
    count_given_up,
    list_deliveries,
    list_files,
    read_file,
)
from portal.notifications.rows import CHANNELS, channel_options, list_lines, state_options
from portal.notifications.sending import settings
from portal.threads.events import Actor

blueprint = Blueprint("notifications", __name__)


@blueprint.route("/stop-mail/<token>", methods=["GET", "POST"])
@by_link
def stop_mail(token: str) -> ResponseReturnValue:
    """Nothing happens on GET: mail scanners follow links. A mail program's one click is a POST, RFC 8058."""
    session = db.session()
    number = unsign(STOP, token)
    person = session.get(Person, number) if isinstance(number, int) else None
    if person is None:
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    if request.method != "POST":
        return render_template("notifications/stop_mail.html", stopped=person.mail_stopped_at is not None)
    if request.form.get("wish") == "resume":
        resume_mails(session, person)
    else:
        stop_mails(session, person, now=clock.now())
    session.commit()
    if "List-Unsubscribe" in request.form:
        return ""
    return redirect(url_for("notifications.stop_mail", token=token), 303)


@blueprint.get("/staff/mail")
@administrators_of_the_whole
def mail() -> ResponseReturnValue:
    session, before = db.session(), row_asked_for("before")
    wish = read_wish()
    found = list_deliveries(session, wish, before, PAGE_ROWS + 1)
    lines = list_lines(session, found[:PAGE_ROWS])
    return render_template(
        "notifications/mail.html",
        rows=lines,
        wish=wish,
        state_options=state_options(),
        channel_options=channel_options(offered_channels()),
        given_up=count_given_up(session),
        has_server=bool(settings().smtp_host),
        files=[] if settings().smtp_host else list_files(mail_folder()),
        newest=address_with(before=None) if before else None,
        older=address_with(before=str(lines[-1].number)) if len(found) > PAGE_ROWS else None,
    )


def read_wish() -> Wish:
    """Return which messages the address asks for; a way that there is not asks for all."""
    channel = request.args.get("channel", "")
    return Wish(request.args.get("state", ""), channel if channel in list(CHANNELS) else "")


@blueprint.get("/staff/mail/<name>")
@administrators_of_the_whole
def mail_file(name: str) -> ResponseReturnValue:
    """Show a mail kept as a file; there are none where a mail server is set."""
    found = None if settings().smtp_host else read_file(mail_folder(), name)
    if found is None:
        abort(404)
    return render_template("notifications/mail_file.html", mail=found)


@blueprint.post("/staff/mail/<int:number>/again")
@administrators_of_the_whole
def mail_again(number: int) -> ResponseReturnValue:
    session = db.session()
    actor = Actor(signed_in_person(), "administrator")
    if try_again(session, number, by=actor, now=clock.now()):
        flash(_("It is tried again now."))
    else:
        flash(_("There is nothing to try again: it has been sent or is still being tried."), "warning")
    session.commit()
    return redirect(url_for("notifications.mail"), 303)


@blueprint.post("/staff/mail/again")
@administrators_of_the_whole
def all_mail_again() -> ResponseReturnValue:
    session = db.session()
    tried = try_all_again(session, by=Actor(signed_in_person(), "administrator"), now=clock.now())
    session.commit()
    flash(ngettext("%(num)s message is tried again now.", "%(num)s messages are tried again now.", tried))
    return redirect(url_for("notifications.mail"), 303)


def mail_folder() -> Path:
    return settings().var_dir / "mail"
