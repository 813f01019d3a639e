"""The idea in which combined ones go on; a text that was written for all becomes an idea of its own."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.ideas.actions import open_for_support, submit_idea
from portal.ideas.call_actions import enter_call
from portal.ideas.calls import Call
from portal.ideas.combinations import Combination
from portal.ideas.combining_rules import common_place
from portal.ideas.models import Idea
from portal.routing.advice import advice_of_a_person
from portal.routing.rules import Route
from portal.threads.actions import Submission
from portal.threads.events import SYSTEM, Actor
from portal.threads.models import Kind, Status, Thread


def find_target(
    session: Session,
    made: Combination,
    ideas: Sequence[Thread],
    directory: Directory,
    *,
    now: datetime,
) -> Thread:
    """Return the idea in which they go on; the text that was written for all becomes one of its own."""
    if not made.is_joint:
        return next(idea for idea in ideas if idea.id == made.target_id)
    first = _first_of(made, ideas)
    category = directory.categories.get(first.category_id or 0)
    route = Route(Kind.IDEA, category, None, to_desk=False)
    sent = _submission(session, made, first, common_place(ideas, directory))
    joint = submit_idea(session, sent, advice_of_a_person(made.joint_text), route, now=now)
    call_id = session.get_one(Idea, first.id).call_id
    if call_id is not None:
        enter_call(session, joint, session.get_one(Call, call_id), now=now)
    elif any(idea.status == Status.OPEN for idea in ideas):
        open_for_support(session, joint, by=SYSTEM, now=now)
    return joint


def _first_of(made: Combination, ideas: Sequence[Thread]) -> Thread:
    """Return the idea whose author stands for all: who proposed it, else who came first."""
    own = [idea for idea in ideas if made.proposed_by_id in (idea.author.id, idea.author.root_id)]
    return (own or sorted(ideas, key=lambda idea: idea.id))[0]


def _submission(session: Session, made: Combination, first: Thread, place_id: int) -> Submission:
    writer = session.get(Person, made.proposed_by_id) if made.proposed_by_id else None
    by_staff = made.by_role != "resident"
    return Submission(
        key=f"combination:{made.id}",
        token=secrets.token_urlsafe(32),
        text=made.joint_text,
        title=made.joint_title,
        author=first.author,
        place_id=place_id,
        language=first.language,
        name_shown=first.author_name_shown,
        channel=first.channel,
        taken_by=Actor(writer, made.by_role) if by_staff else None,
    )
