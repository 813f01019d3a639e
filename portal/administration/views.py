"""The page that leads to all that administrators set up; their other pages are beside this module."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration.visit import begin_visit, blueprint
from portal.core.i18n import lazy_gettext as _

__all__ = ["blueprint"]

# Endpoint, icon, title, what it is for; those of EVERYWHERE are for administrators of the whole.
PLACED = (
    (
        "notifications.mail",
        "mail",
        _("Outgoing mail"),
        _("What was sent to whom, and what could not be sent."),
    ),
)
EVERYWHERE = ()


@blueprint.get("")
@staff_only(RoleName.ADMINISTRATOR)
def home() -> ResponseReturnValue:
    visit = begin_visit()
    cards = (*PLACED, *EVERYWHERE) if visit.is_everywhere else PLACED
    return render_template("administration/home.html", cards=cards)
