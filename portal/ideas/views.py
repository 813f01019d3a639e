"""The public pages of ideas: the list, one idea, and what a reader says to it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.db import db
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.ideas.choosing import pass_by, support, take_back_choice
from portal.ideas.glances import remember_glance
from portal.threads.models import Kind
from portal.threads.pages import find_voter, page_address, show_list, show_one
from portal.threads.public_files import show_file, show_sheet

blueprint = Blueprint("ideas", __name__, url_prefix="/ideas")


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    return show_list(Kind.IDEA)


@blueprint.get("/table.csv")
@public
def table() -> ResponseReturnValue:
    return show_file(Kind.IDEA)


@blueprint.get("/print")
@public
def sheet() -> ResponseReturnValue:
    return show_sheet(Kind.IDEA)


@blueprint.get("/map")
@public
def on_map() -> ResponseReturnValue:
    return show_list(Kind.IDEA, on_map=True)


@blueprint.get("/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    return remember_glance(show_one(Kind.IDEA, reference), reference)


@blueprint.post("/<reference>/vote")
@public
def vote(reference: str) -> ResponseReturnValue:
    return choose(reference, support, _("Thank you. Your support is counted."))


@blueprint.post("/<reference>/pass")
@public
def pass_over(reference: str) -> ResponseReturnValue:
    return choose(reference, pass_by, _("Thank you. It is noted that this one is not for you."))


@blueprint.post("/<reference>/vote/take-back")
@public
def take_back_vote(reference: str) -> ResponseReturnValue:
    return choose(reference, take_back_choice, _("What you said to it is taken back."))


def choose(reference: str, say: Callable[..., None], thanks: str) -> ResponseReturnValue:
    """Keep what whoever is at this browser says (one of `choosing`) to an idea; show its page again."""
    session, now = db.session(), clock.now()
    thread, person = find_voter(session, reference, now)
    say(session, thread, person, now=now)
    session.commit()
    flash(thanks, "success")
    return redirect(page_address(thread), 303)
