"""Following a submission or a wish, by sign-in or by an address that is asked first."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookies
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import me, signed_in_only, signed_in_person
from portal.accounts.models import Person
from portal.accounts.sessions import count_mail
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import DomainError, NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.references import parse_reference
from portal.notifications.follow_forms import BOTH, RADII, FollowForm, WishForm, read_point
from portal.notifications.subscriptions import ask_address, subscribe
from portal.threads.actions import lock_thread
from portal.threads.additions import Frequency
from portal.threads.choices import read_choice
from portal.threads.followers import follow_thread, stop_following
from portal.threads.models import Kind, Thread
from portal.threads.pages import page_address
from portal.threads.queries import find_listed
from portal.threads.trees import find_survivor

blueprint = Blueprint("following", __name__)
MAILED_TO = "follow_mailed_to"  # in the session's cookie: the address just typed, to show it once more
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOLLOWED_AN_HOUR = 120  # by one person
ASKED_A_DAY = 10  # one address

Keep = Callable[[Person], object]


@blueprint.route("/follow/<reference>", methods=["GET", "POST"])
@public
def thread(reference: str) -> ResponseReturnValue:
    """Follow one submission: at a press for whoever has signed in, else by an address."""
    session, now = db.session(), clock.now()
    found = _get_listed(session, reference)
    survivor = find_survivor(session, found.id)
    if survivor is not None and survivor.is_listed:
        return redirect(url_for(".thread", reference=survivor.reference), 303)
    form, number, page = FollowForm(signed_in=signed_in_person() is not None), found.id, page_address(found)

    def keep(person: Person) -> None:
        frequency = Frequency(form.frequency.data)
        follow_thread(session, lock_thread(session, number), person, frequency, now=now)

    def show(status: int) -> ResponseReturnValue:
        known = session.get_one(Thread, number)
        return render_template("notifications/follow_thread.html", form=form, thread=known, back=page), status

    if not form.validate_on_submit():
        return show(422 if form.errors else 200)
    return _follow(session, form, keep, show, done=page)


@blueprint.post("/follow/<reference>/stop")
@signed_in_only
def stop_thread(reference: str) -> ResponseReturnValue:
    session = db.session()
    found = lock_thread(session, _get_listed(session, reference).id)
    stop_following(session, found, me(), now=clock.now())
    session.commit()
    flash(_("You don’t follow this any more."), "success")
    return redirect(page_address(found), 303)


@blueprint.route("/follow", methods=["GET", "POST"])
@public
def wish() -> ResponseReturnValue:
    """Follow what a list shows: its kind, place, category and words, as they may be changed here."""
    session, directory = db.session(), get_directory(db.session())
    signed_in = signed_in_person() is not None
    form = WishForm(signed_in=signed_in, directory=directory, data=_asked_for(directory))

    def keep(person: Person) -> None:
        frequency = Frequency(form.frequency.data)
        subscribe(session, person, form.wish(), frequency, directory=directory, now=clock.now())

    def show(status: int) -> ResponseReturnValue:
        return render_template("notifications/follow_list.html", form=form), status

    if not form.validate_on_submit():
        return show(422 if form.errors else 200)
    return _follow(session, form, keep, show, done=url_for("following.mine"))


def _asked_for(directory: Directory) -> dict[str, str]:
    """Return what the address of the page asks for, leaving out what there is not."""
    arguments = request.args
    kind = arguments.get("kind", "")
    choice = read_choice(Kind.IDEA if kind == Kind.IDEA else Kind.REPORT, arguments, directory)
    point = read_point(arguments.get("point"))
    radius = arguments.get("radius", "")
    return {
        "kind": kind if kind in (Kind.REPORT, Kind.IDEA) else BOTH,
        "place": choice.place,
        "category": choice.category,
        "query": choice.query,
        "radius": radius if radius in map(str, RADII) else "",
        "point": arguments["point"] if point else "",
        "frequency": Frequency.AT_ONCE,
    }


@blueprint.get("/follow/mailed")
@public
def mailed() -> ResponseReturnValue:
    return render_template("notifications/follow_mailed.html", email=cookies.get(MAILED_TO))


def _follow(
    session: Session,
    form: FollowForm,
    keep: Keep,
    show: Callable[[int], ResponseReturnValue],
    *,
    done: str,
) -> ResponseReturnValue:
    """Keep what is followed, or ask the address first; show the page again if it is refused."""
    person = signed_in_person()
    try:
        if person is None:
            _ask(session, form.email.data or "", keep)
        else:
            who = f"person:{person.id}"
            count_attempt(session, "follow", who, most=FOLLOWED_AN_HOUR, within=HOUR, now=clock.now())
            keep(person)
    except DomainError as refused:
        session.rollback()
        form.form_errors.append(refused.message)
        return show(refused.status)
    session.commit()
    if person is None:
        return redirect(url_for("following.mailed"), 303)
    flash(_("You follow this now."), "success")
    return redirect(done, 303)


def _ask(session: Session, email: str, keep: Keep) -> None:
    now = clock.now()
    count_mail(session, "follow", email, now)
    count_attempt(session, "follow.asked", email, most=ASKED_A_DAY, within=DAY, now=now)
    ask_address(session, email, keep, now=now)
    cookies[MAILED_TO] = email


def _get_listed(session: Session, reference: str) -> Thread:
    found = find_listed(session, parse_reference(reference) or "")
    if found is None:
        raise NotFound()
    return found
