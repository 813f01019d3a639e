"""The public pages of reports: the list, one report, and "I am affected too"."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.threads.models import Kind
from portal.threads.pages import give_vote, show_list, show_one, withdraw_vote
from portal.threads.public_files import show_file, show_sheet

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    return show_list(Kind.REPORT)


@blueprint.get("/table.csv")
@public
def table() -> ResponseReturnValue:
    return show_file(Kind.REPORT)


@blueprint.get("/print")
@public
def sheet() -> ResponseReturnValue:
    return show_sheet(Kind.REPORT)


@blueprint.get("/map")
@public
def on_map() -> ResponseReturnValue:
    return show_list(Kind.REPORT, on_map=True)


@blueprint.get("/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    return show_one(Kind.REPORT, reference)


@blueprint.post("/<reference>/vote")
@public
def vote(reference: str) -> ResponseReturnValue:
    return give_vote(reference, _("Thank you. You are counted among those affected."))


@blueprint.post("/<reference>/vote/take-back")
@public
def take_back_vote(reference: str) -> ResponseReturnValue:
    return withdraw_vote(reference, _("You are no longer counted among those affected."))
