"""Who is at the other end of a page for people with a role, with what every such page needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy.orm import Session

from portal.accounts.identity import me
from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db


@dataclass(frozen=True)
class Visit:
    """Somebody who has signed in, asking for a page."""

    session: Session
    person: Person
    directory: Directory
    now: datetime

    @classmethod
    def begin(cls) -> Self:
        """Return who is at the other end; the route's guard has let in only who may come."""
        person, session = me(), db.session()
        return cls(session, person, get_directory(session), clock.now())
