"""What of pilots belongs to a call's public file: which ideas are tried where, and how far that is."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.communities.directory import get_directory
from portal.pilots.models import Pilot


def read_pilots(session: Session, ideas: Collection[int]) -> Mapping[int, list[dict[str, Any]]]:
    """Return the pilots of these ideas, the first one first, as their pages name them; one query."""
    places, found = get_directory(session).places, defaultdict(list)
    pilots = select(Pilot).where(Pilot.thread_id.in_(ideas)).order_by(Pilot.id)
    for pilot in session.scalars(pilots):
        found[pilot.thread_id].append(
            {
                "code": pilot.code,
                "title": pilot.title,
                "place": places[pilot.place_id].code,
                "starts_on": pilot.starts_on.isoformat(),
                "ends_on": pilot.ends_on.isoformat(),
                "state": str(pilot.state),
            }
        )
    return found
