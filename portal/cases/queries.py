"""What stands between departments and levels: of one report, and of all that a person works in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from portal.accounts.access import places_reached
from portal.accounts.models import OF_DEPARTMENT, Person, Role, RoleName
from portal.cases.models import (
    UNFINISHED,
    CaseDecision,
    CaseFile,
    CaseState,
    Direction,
    JointCase,
    Minutes,
    Offer,
    OfferState,
    Referral,
    Task,
)
from portal.communities.directory import Directory
from portal.threads.guests import let_in
from portal.threads.models import Event, Thread
from portal.triage.access import readable_by, sorted_by

MOST = 100  # of each kind on the page of what waits


def find_case(session: Session, thread: Thread) -> JointCase | None:
    """Return the joint case that is called for or under way; a declined one is over."""
    standing = (JointCase.thread_id == thread.id) & (JointCase.state != CaseState.DECLINED)
    return session.scalar(select(JointCase).where(standing).options(joinedload(JointCase.reason)))


def list_declined(session: Session, thread_id: int) -> Sequence[JointCase]:
    declined = (JointCase.thread_id == thread_id) & (JointCase.state == CaseState.DECLINED)
    with_words = joinedload(JointCase.reason), joinedload(JointCase.answer)
    return session.scalars(
        select(JointCase).where(declined).options(*with_words).order_by(JointCase.id)
    ).all()


def list_tasks(session: Session, thread_id: int) -> Sequence[Task]:
    """Return the tasks of a report with their words, in the order they were given."""
    words = joinedload(Task.what), joinedload(Task.shown), joinedload(Task.result)
    return session.scalars(
        select(Task).where(Task.thread_id == thread_id).options(*words).order_by(Task.id)
    ).all()


def list_offers(session: Session, thread_id: int) -> Sequence[Offer]:
    words = joinedload(Offer.reason), joinedload(Offer.answer)
    return session.scalars(
        select(Offer).where(Offer.thread_id == thread_id).options(*words).order_by(Offer.id)
    ).all()


def stands(offer: Offer, thread: Thread) -> bool:
    """Tell whether the offer still waits: a coordinator may have sent the report elsewhere meanwhile."""
    is_there = thread.department_id == offer.from_department_id and not thread.needs_sorting
    return offer.state == OfferState.OFFERED and is_there and not thread.is_closed


def list_referrals(session: Session, thread_id: int) -> Sequence[Referral]:
    words = joinedload(Referral.restatement), joinedload(Referral.answer)
    return session.scalars(
        select(Referral).where(Referral.thread_id == thread_id).options(*words).order_by(Referral.id)
    ).all()


def list_papers(
    session: Session, thread_id: int
) -> tuple[Sequence[Minutes], Sequence[CaseDecision], Sequence[CaseFile]]:
    """Return minutes, decisions and files of a report, each in the order they came."""
    minutes = select(Minutes).where(Minutes.thread_id == thread_id).options(joinedload(Minutes.statement))
    decided = select(CaseDecision).where(CaseDecision.thread_id == thread_id)
    return (
        session.scalars(minutes.order_by(Minutes.id)).all(),
        session.scalars(decided.options(joinedload(CaseDecision.statement)).order_by(CaseDecision.id)).all(),
        session.scalars(select(CaseFile).where(CaseFile.thread_id == thread_id).order_by(CaseFile.id)).all(),
    )


def list_notes(session: Session, thread_id: int) -> Sequence[Event]:
    """Return what staff noted on a report, with the words, in order."""
    noted = (Event.thread_id == thread_id) & (Event.kind == "thread.noted")
    return session.scalars(
        select(Event).where(noted).options(joinedload(Event.statement)).order_by(Event.sequence)
    ).all()


def settle_guests(session: Session, thread: Thread) -> None:
    """Let in to read whoever has a task here, is offered the report, or was asked from another level.

    Once the report is closed, departments read on only while something is left for them to do.
    """
    session.flush()
    tasks = session.execute(select(Task.department_id, Task.state).where(Task.thread_id == thread.id)).all()
    departments = {task.department_id for task in tasks}
    lasting = {task.department_id for task in tasks if task.state in UNFINISHED}
    lasting |= _owners(session, thread)
    offers = [o for o in list_offers(session, thread.id) if stands(o, thread)]
    departments |= {o.to_department_id for o in offers if o.to_department_id is not None}
    asked = select(Referral.to_place_id).where(Referral.thread_id == thread.id)
    places = set(session.scalars(asked))
    let_in(session, thread, departments=departments, lasting=lasting, places=places)


def _owners(session: Session, thread: Thread) -> set[int]:
    """Return the departments that have still to carry out what was decided, they or one of their people."""
    open_ones = (CaseDecision.thread_id == thread.id) & CaseDecision.done_at.is_(None)
    named = select(CaseDecision.department_id).where(open_ones, CaseDecision.department_id.is_not(None))
    of_people = select(Role.department_id).join(CaseDecision, CaseDecision.person_id == Role.person_id)
    found = named.union(of_people.where(open_ones, Role.department_id.is_not(None)))
    return {number for number in session.scalars(found) if number is not None}


def dismiss_guests(session: Session, thread: Thread) -> None:
    """After a move, or its undoing, let just those read whose offer or task stands now."""
    asked = (select(table.id).where(table.thread_id == thread.id) for table in (Task, Offer, Referral))
    if session.execute(union_all(*asked).limit(1)).first() is not None:
        settle_guests(session, thread)


@dataclass(frozen=True)
class Waiting:
    """What waits for one person here, each row with its thread, the soonest due first."""

    calls: Sequence[tuple[JointCase, Thread]]
    tasks: Sequence[tuple[Task, Thread]]
    offers: Sequence[tuple[Offer, Thread]]
    referrals: Sequence[tuple[Referral, Thread]]
    decisions: Sequence[tuple[CaseDecision, Thread]]  # what they or their department have to carry out
    sent: Sequence[tuple[Referral, Thread]]  # what was asked of other levels and isn't answered yet

    @property
    def count(self) -> int:
        waits = (self.calls, self.tasks, self.offers, self.referrals, self.decisions)
        return sum(map(len, waits))


def list_waiting(session: Session, person: Person, directory: Directory) -> Waiting:
    """Return what waits for the person; six queries."""
    coordinated = places_reached(person, directory, RoleName.COORDINATOR)
    mine = sorted_by(person, directory)
    to_me = Referral.answered_at.is_(None) & Referral.to_place_id.in_(coordinated)
    standing = (Offer.state == OfferState.OFFERED) & (Offer.from_department_id == Thread.department_id)
    standing &= ~Thread.needs_sorting
    from_me = Referral.answered_at.is_(None) & (Referral.asked_by_id == person.id)
    return Waiting(
        calls=_read(session, JointCase, (JointCase.state == CaseState.CALLED) & mine),
        tasks=_read(
            session, Task, Task.state.in_(UNFINISHED) & _theirs(person, directory, Task.department_id)
        ),
        offers=_read(session, Offer, standing & _theirs(person, directory, Offer.to_department_id)),
        referrals=_read(session, Referral, to_me),
        decisions=_read_decisions(session, person, directory),
        sent=_read(session, Referral, from_me & readable_by(person, directory)),
    )


def _theirs(person: Person, directory: Directory, column: Any) -> ColumnElement[bool]:
    """Return the condition that something is for a department the person works for, where they do."""
    mine = [
        (column == role.department_id) & Thread.place_id.in_(directory.within(role.place_id))
        for role in person.roles
        if role.name in OF_DEPARTMENT
    ]
    return or_(*mine) if mine else false()


def _read_decisions(
    session: Session, person: Person, directory: Directory
) -> Sequence[tuple[CaseDecision, Thread]]:
    """Return what was decided and is still to be carried out, even where the report is closed meanwhile."""
    mine = (CaseDecision.person_id == person.id) | _theirs(person, directory, CaseDecision.department_id)
    rows = session.execute(
        select(CaseDecision, Thread)
        .join(Thread, Thread.id == CaseDecision.thread_id)
        .where(CaseDecision.done_at.is_(None), mine, readable_by(person, directory))
        .order_by(CaseDecision.due_on, CaseDecision.id)
        .limit(MOST)
    )
    return [(decision, thread) for decision, thread in rows]


def _read(session: Session, table: Any, condition: ColumnElement[bool]) -> Sequence[Any]:
    rows = session.execute(
        select(table, Thread)
        .join(Thread, Thread.id == table.thread_id)
        .where(condition, ~Thread.is_closed)
        .order_by(table.due_at, table.id)
        .limit(MOST)
    )
    return [(row, thread) for row, thread in rows]


def is_up(referral: Referral) -> bool:
    return referral.direction == Direction.UP


def is_late(row: Any, now: datetime) -> bool:
    """Tell whether something that still waits was due before now."""
    return bool(row.due_at < now)
