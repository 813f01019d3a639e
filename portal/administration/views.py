"""The page that leads to all that administrators set up; their other pages are beside this module."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.administration import (  # noqa: F401  # importing them adds their routes
    audit,
    calendars,
    categories,
    departments,
    order,
    people,
    people_moves,
    places,
    priorities,
    routes,
    settings,
)
from portal.administration.visit import begin_visit, blueprint
from portal.core.i18n import lazy_gettext as _

__all__ = ["blueprint"]

# Endpoint, icon, title, what it is for; those of EVERYWHERE are for administrators of the whole.
PLACED = (
    (
        "reply_templates.index",
        "chat",
        _("Reply templates"),
        _("Texts that staff begin a reply, a question or a reason with."),
    ),
    (
        "administration.places",
        "pin",
        _("Places"),
        _("Streets, communities and named places: names, welcome, emergency numbers, working days."),
    ),
    (
        "administration.routes",
        "next",
        _("Routes"),
        _("Which department a category goes to, and where it is another one."),
    ),
    (
        "administration.people",
        "people",
        _("People and roles"),
        _("Who works here as what: invitations, roles, closed accounts."),
    ),
    (
        "reviews.people",
        "idea",
        _("What panellists know about"),
        _("Who is proposed first for ideas on which matter."),
    ),
    (
        "pilot_reviews.room",
        "spark",
        _("Room for trials"),
        _("How many pilots a community may have at once and in a year."),
    ),
)
EVERYWHERE = (
    (
        "administration.departments",
        "door",
        _("Departments"),
        _("Who works on reports: names and order."),
    ),
    (
        "administration.categories",
        "filter",
        _("Categories"),
        _("What a submission can be about: names, departments, days until an answer."),
    ),
    (
        "administration.texts",
        "text",
        _("Texts"),
        _("Who runs this, and whom to ask about one's data."),
    ),
    (
        "administration.settings",
        "lock",
        _("Settings"),
        _("How sure the sorting program must be, comments, how long things are kept."),
    ),
    (
        "administration.priority",
        "flag",
        _("Priority"),
        _("What makes a report press: risk, those affected, waiting, coming again."),
    ),
    (
        "notifications.mail",
        "mail",
        _("Outgoing messages"),
        _("What was sent to whom, and what could not be sent."),
    ),
    (
        "administration.audit",
        "eye",
        _("Record of changes"),
        _("Who changed what, with what stood there before."),
    ),
)


@blueprint.get("")
@staff_only(RoleName.ADMINISTRATOR)
def home() -> ResponseReturnValue:
    visit = begin_visit()
    cards = (*PLACED, *EVERYWHERE) if visit.is_everywhere else PLACED
    return render_template("administration/home.html", cards=cards)
