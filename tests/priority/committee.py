"""Short ways to ask the committee of the tests."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person, RoleName
from portal.communities.models import Place
from portal.priority.actions import give_voice, open_vote
from portal.priority.models import Choice, CommitteeVote
from portal.threads.events import Actor
from portal.threads.models import Thread
from tests.factories import NOW, add_person, add_role, directory, person

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


def ask(session: Session, thread: Thread, **given: Any) -> CommitteeVote:
    """Let the coordinator ask whether the priority should be 90, within a week."""
    values = {
        "question": "A school opens next door.",
        "proposed": 90,
        "ends_at": NOW + 7 * DAY,
        "quorum": None,
        "is_public": False,
        "directory": directory(session),
        "by": Actor(person(session, "coordinator"), "coordinator"),
        "now": NOW,
    }
    return open_vote(session, thread, **(values | given))


def add_voters(session: Session, number: int) -> list[Person]:
    """Add coordinators of the community to the officer and the coordinator who vote there already."""
    place = session.get_one(Place, directory(session).place_codes["liu-1"].id)
    voters = [add_person(session, f"voter {n}") for n in range(number)]
    for voter in voters:
        add_role(session, voter, RoleName.COORDINATOR, place, None)
    return voters


def say(
    session: Session,
    vote: CommitteeVote,
    who: Person | str,
    choice: Choice,
    reason: str = "",
    *,
    now: datetime = LATER,
) -> None:
    found = person(session, who) if isinstance(who, str) else who
    give_voice(session, vote, choice, reason, person=found, directory=directory(session), now=now)
