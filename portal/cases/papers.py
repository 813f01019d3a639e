"""What is kept of working together: minutes, decisions, and files. The thread is locked by the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.cases.models import CaseDecision, CaseFile, Minutes
from portal.cases.queries import settle_guests
from portal.core.errors import Invalid
from portal.core.i18n import gettext as _
from portal.threads.actions import refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Level, Thread
from portal.threads.words import say

STAFF = EventVisibility.STAFF


@dataclass(frozen=True)
class Stored:
    """A file whose content lies in the storage."""

    key: str
    name: str
    kind: str  # pdf, jpg
    size: int


def keep_minutes(
    session: Session,
    thread: Thread,
    held_on: date,
    departments: Sequence[int],
    text: str,
    *,
    by: Actor,
    now: datetime,
) -> Minutes:
    """Keep what was said at a joint meeting and which departments took part."""
    if not text or not departments:
        raise Invalid(_("Please say who took part and what was said."))
    words = say(session, thread, Level.MINUTES, text, author=by.person, now=now)
    minutes = Minutes(
        thread_id=thread.id, held_on=held_on, departments=list(departments), statement_id=words.id
    )
    session.add(minutes)
    data = {"departments": list(departments)}
    record_event(session, thread, "case.met", by=by, now=now, visibility=STAFF, statement=words, data=data)
    session.flush()
    return minutes


def keep_decision(
    session: Session,
    thread: Thread,
    text: str,
    owner: int | Person,
    due_on: date,
    *,
    by: Actor,
    now: datetime,
) -> CaseDecision:
    """Keep what was decided together. The owner is a department, by number, or a person."""
    words = say(session, thread, Level.NOTE, text, author=by.person, now=now)
    is_person = isinstance(owner, Person)
    decision = CaseDecision(
        thread_id=thread.id,
        statement_id=words.id,
        department_id=None if is_person else owner,
        person_id=owner.id if isinstance(owner, Person) else None,
        due_on=due_on,
    )
    session.add(decision)
    session.flush()
    data = {"decision": decision.id}
    record_event(
        session, thread, "case.decided", by=by, now=now, visibility=STAFF, statement=words, data=data
    )
    settle_guests(session, thread)
    return decision


def finish_decision(
    session: Session, thread: Thread, decision: CaseDecision, *, by: Actor, now: datetime
) -> None:
    """Note that what was decided is done."""
    refuse_unless(decision.done_at is None)
    decision.done_at = now
    data = {"decision": decision.id}
    record_event(session, thread, "case.carried_out", by=by, now=now, visibility=STAFF, data=data)
    settle_guests(session, thread)


def keep_file(session: Session, thread: Thread, stored: Stored, *, by: Actor, now: datetime) -> CaseFile:
    """Name a stored file as one of the report's, for staff who read it."""
    file = CaseFile(thread_id=thread.id, person_id=by.id, at=now, **vars(stored))
    session.add(file)
    session.flush()
    record_event(session, thread, "case.filed", by=by, now=now, visibility=STAFF, data={"file": file.id})
    return file
