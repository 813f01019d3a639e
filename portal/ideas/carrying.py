"""What the supporters of an idea that was combined into another say: carry it over, or leave it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.ideas.choosing import support
from portal.ideas.combinations import SupportAnswer
from portal.threads.lineage import find_onward, lock_counted
from portal.threads.models import Status, Thread
from portal.threads.votes import has_voted, may_vote, votes_are_open


@dataclass(frozen=True)
class Carrying:
    """Where an idea goes on, and where one of its supporters stands."""

    target: Thread
    is_carried: bool  # they support the combined one, by whichever way
    stays: bool  # they said that they leave it at the old one
    is_open: bool  # the combined one still takes support, and theirs


def find_carrying(session: Session, idea: Thread, person: Person | None, now: datetime) -> Carrying | None:
    """Return where a supporter of an idea that was combined stands; None for everybody else."""
    if person is None or idea.status != Status.COMBINED or not has_voted(session, idea.id, person):
        return None
    target = find_onward(session, idea)
    if target is None:
        return None
    said = _find_answer(session, idea, person)
    return Carrying(
        target,
        is_carried=has_voted(session, target.id, person),
        stays=said is not None and not said.carries,
        is_open=votes_are_open(target, now) and may_vote(session, person),
    )


def carry_support(session: Session, idea: Thread, person: Person, *, carries: bool, now: datetime) -> Thread:
    """Keep what a supporter says; carried over, they are counted at the combined idea and there only.

    Said again, the last word counts. Return the combined idea, which is locked here.
    Raises Conflict for who did not support the old one or is blocked, or where support has closed.
    """
    found = find_onward(session, idea)
    if found is None or not has_voted(session, idea.id, person):
        raise Conflict(_("This can't be done any more: the matter has moved on."))
    [target] = lock_counted(session, [found.id])
    if carries:
        support(session, target, person, now=now)
    said = _find_answer(session, idea, person)
    if said is None:
        said = SupportAnswer(thread_id=idea.id, person_id=person.root_id)
        session.add(said)
    said.carries, said.at = carries, now
    session.flush()
    return target


def _find_answer(session: Session, idea: Thread, person: Person) -> SupportAnswer | None:
    own = SupportAnswer.person_id.in_(records_of(person))
    answers = select(SupportAnswer).where(SupportAnswer.thread_id == idea.id, own)
    return session.scalars(answers.order_by(SupportAnswer.at.desc()).limit(1)).first()
