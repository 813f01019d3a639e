"""The public pages of ideas: the list, one idea, and support for it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.threads.models import Kind
from portal.threads.pages import give_vote, show_list, show_one, withdraw_vote

blueprint = Blueprint("ideas", __name__, url_prefix="/ideas")


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    return show_list(Kind.IDEA)


@blueprint.get("/map")
@public
def on_map() -> ResponseReturnValue:
    return show_list(Kind.IDEA, on_map=True)


@blueprint.get("/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    return show_one(Kind.IDEA, reference)


@blueprint.post("/<reference>/vote")
@public
def vote(reference: str) -> ResponseReturnValue:
    return give_vote(reference, _("Thank you. Your support is counted."))


@blueprint.post("/<reference>/vote/take-back")
@public
def take_back_vote(reference: str) -> ResponseReturnValue:
    return withdraw_vote(reference, _("Your support is taken back."))
