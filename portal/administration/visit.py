"""The blueprint of the administrators' pages, and who is at the other end."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request
from sqlalchemy.orm import Session

from portal.accounts.access import administers_all
from portal.accounts.identity import me
from portal.accounts.models import Person
from portal.administration.changes import lock_set_up
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.threads.events import Actor

blueprint = Blueprint("administration", __name__, url_prefix="/staff/admin")


@dataclass(frozen=True)
class Visit:
    """An administrator at a page, with what every page needs."""

    session: Session
    person: Person
    directory: Directory
    now: datetime

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
    person = me()
    session = db.session()
    if request.method == "POST":
        lock_set_up(session)
    return Visit(session, person, get_directory(session), clock.now())


def begin_visit_everywhere() -> Visit:
    """Do the same for pages of what counts everywhere. NotAllowed for an administrator of a part."""
    visit = begin_visit()
    if not visit.is_everywhere:
        raise NotAllowed()
    return visit
