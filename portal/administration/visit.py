"""The blueprint of the administrators' pages, and who is at the other end."""

from flask import Blueprint, request

from portal.accounts import visits
from portal.accounts.access import administers_all
from portal.administration.changes import lock_set_up
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.threads.events import Actor

blueprint = Blueprint("administration", __name__, url_prefix="/staff/admin")


class Visit(visits.Visit):
    """An administrator at a page."""

    @property
    def actor(self) -> Actor:
        return Actor(self.person, "administrator")

    @property
    def is_everywhere(self) -> bool:
        return administers_all(self.person, self.directory)


def begin_visit() -> Visit:
    """Return who is at the other end; the route's guard has let only administrators in.

    Whoever comes to change something waits until nobody else does.
    """
    if request.method == "POST":
        lock_set_up(db.session())
    return Visit.begin()


def begin_visit_everywhere() -> Visit:
    """Do the same for pages of what counts everywhere. NotAllowed for an administrator of a part."""
    visit = begin_visit()
    if not visit.is_everywhere:
        raise NotAllowed()
    return visit
