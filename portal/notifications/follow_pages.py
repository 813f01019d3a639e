"""What somebody follows, on one page: after signing in, or by the signed link of a mail."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.actions import confirm_email
from portal.accounts.identity import me, root_person, signed_in_only
from portal.accounts.models import Person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.tokens import sign, unsign
from portal.core.web import LONGEST_NUMBER, row_asked_for
from portal.notifications.follow_forms import frequency_choices
from portal.notifications.follow_letters import (
    ALL,
    CONFIRM,
    CONFIRM_SECONDS,
    MANAGE,
    STOP,
    tell_asked,
    tell_thread,
)
from portal.notifications.following import blueprint
from portal.notifications.news import tell_wish
from portal.notifications.subscriptions import (
    THREAD,
    WISH,
    change_frequency,
    list_followed,
    list_subscriptions,
    stop_all,
    stop_one,
)
from portal.threads.additions import Frequency
from portal.threads.models import Thread
from portal.threads.pages import page_address

__all__ = ["blueprint"]  # these pages are this blueprint's too

PAGE_ROWS = 25


@blueprint.route("/account/following", methods=["GET", "POST"])
@signed_in_only
def mine() -> ResponseReturnValue:
    return _followed(me())


@blueprint.route("/following/<token>", methods=["GET", "POST"])
@by_link
def manage(token: str) -> ResponseReturnValue:
    """The same by a link in each mail, for whoever has no account."""
    number = unsign(MANAGE, token)
    return _followed(_get_person(number))


def _followed(person: Person) -> ResponseReturnValue:
    if request.method == "POST":
        return _change(person)
    session, before = db.session(), row_asked_for("before")
    directory = get_directory(session)
    rows = list_followed(session, person, before=before, limit=PAGE_ROWS)
    shown = rows[:PAGE_ROWS]
    return render_template(
        "notifications/followed.html",
        threads=[_tell_followed(follower.frequency, found) for follower, found in shown],
        wishes=[(w.id, tell_wish(w, directory), w.frequency) for w in list_subscriptions(session, person)],
        frequencies=frequency_choices(with_inbox=person.password_hash is not None),
        is_first_page=before is None,
        older=shown[-1][0].id if len(rows) > PAGE_ROWS else None,
    )


def _tell_followed(frequency: Frequency, found: Thread) -> tuple[int, str, str, str]:
    """Return number, name, address of the public page if there is one, and how often."""
    page = page_address(found) if found.is_listed else ""
    return found.id, tell_thread(found), page, frequency


def _change(person: Person) -> ResponseReturnValue:
    """Do what one of the buttons says, and show the page again."""
    session, what, number = db.session(), request.form.get("what", ""), _number()
    verb = request.form.get("verb", "")
    if verb == "stop_all":
        stop_all(session, person)
        flash(_("You follow nothing any more."), "success")
    elif verb == "stop":
        stop_one(session, person, what, number)
        flash(_("You don’t follow this any more."), "success")
    else:
        frequencies = dict(frequency_choices(with_inbox=person.password_hash is not None))
        if request.form.get("frequency") not in frequencies:
            raise Invalid(_("Please choose how often you want to hear of it."))
        change_frequency(session, person, what, number, Frequency(request.form["frequency"]))
        flash(_("Your change is kept."), "success")
    session.commit()
    return redirect(request.path, 303)


def _number() -> int:
    text = request.form.get("number", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


@blueprint.route("/following/confirm/<token>", methods=["GET", "POST"])
@by_link
def confirm(token: str) -> ResponseReturnValue:
    """Begin to follow what was asked with an address. Nothing happens on GET: mail scanners follow links.

    Where it isn't there any more, the link has ended: nothing is confirmed by it.
    """
    session = db.session()
    person = _get_person(unsign(CONFIRM, token, CONFIRM_SECONDS))
    what = tell_asked(session, person, get_directory(session))
    if not person.has_confirmed_email:
        if what is None:
            raise NotFound(_("This link has ended: there is nothing to follow any more."))
        if request.method != "POST":
            return render_template("notifications/follow_confirm.html", what=what, email=person.email)
        root = confirm_email(session, person, now=clock.now())
        session.commit()
        flash(_("You follow this now."), "success")
        person = root
    return redirect(url_for(".manage", token=sign(MANAGE, person.root_id)), 303)


@blueprint.route("/following/stop/<token>", methods=["GET", "POST"])
@by_link
def stop(token: str) -> ResponseReturnValue:
    """Stop one thing, or all. A mail program's one click is a POST without a form of ours, RFC 8058."""
    session, asked = db.session(), unsign(STOP, token)
    number, what, which = asked if isinstance(asked, list) else (None, "", 0)
    person = _get_person(number)
    if request.method != "POST":
        return render_template("notifications/follow_stop.html", what=_tell(session, person, what, which))
    if what == ALL:
        stop_all(session, person)
    else:
        stop_one(session, person, what, which)
    session.commit()
    if "List-Unsubscribe" in request.form:
        return ""
    flash(
        _("You follow nothing any more.") if what == ALL else _("You don’t follow this any more."), "success"
    )
    return redirect(url_for(".manage", token=sign(MANAGE, person.id)), 303)


def _tell(session: Session, person: Person, what: str, number: int) -> str:
    """Return the name of what a link stops; empty for all, or where there is no such thing any more."""
    if what == THREAD:
        found = session.get(Thread, number)
        return tell_thread(found) if found else ""
    wishes = [w for w in list_subscriptions(session, person) if (what, w.id) == (WISH, number)]
    return tell_wish(wishes[0], get_directory(session)) if wishes else ""


def _get_person(number: Any) -> Person:
    """Return who a link is for, as they are known now; raises NotFound if the link is none of ours."""
    session = db.session()
    person = session.get(Person, number) if isinstance(number, int) else None
    if person is None:
        raise NotFound(_("This link is not complete. Please copy the whole of it from the mail."))
    if person.erased_at:
        raise NotFound()
    return root_person(session, person)
