"""A database without a neighbourhood."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.models import Place
from portal.core.db import Base


@pytest.fixture
def empty(session: Session) -> Session:
    """A session on a database that nobody has set up."""
    session.execute(update(Place).values(parent_id=None))
    session.execute(update(Person).values(same_as_id=None))
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.commit()
    return session
