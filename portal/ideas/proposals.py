"""Calls for ideas that officers propose: drafts that wait for the coordinator."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Row, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.actions import MAIL_TOPIC
from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.db import Base, Key
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.outbox import enqueue
from portal.ideas.calls import Call
from portal.threads.events import Actor, record_administration

PROPOSED, ANSWERED = "call_proposed", "call_answered"  # what the mails are about


class CallProposal(Base):
    """Who proposed a call, and what was answered: shown to everybody, or not now and why."""

    __tablename__ = "call_proposals"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
    answered_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    refused_because: Mapped[str] = mapped_column(Text, default="", server_default="")

    @property
    def waits(self) -> bool:
        return self.answered_at is None

    @property
    def is_refused(self) -> bool:
        return self.answered_at is not None and self.refused_because != ""


def find_proposal(session: Session, call: Call) -> CallProposal | None:
    return session.get(CallProposal, call.id)


def propose_call(session: Session, call: Call, *, directory: Directory, by: Actor, now: datetime) -> None:
    """Let a new call wait for the coordinators of its place; the nearest of them are told."""
    if by.id is None:
        raise Conflict(_("This can't be done any more: the matter has moved on."))
    session.add(CallProposal(call_id=call.id, person_id=by.id, at=now))
    session.flush()
    _record(session, "call.proposed", call, by=by, now=now)
    for person_id in nearest_coordinators(session, directory, call.place_id):
        _write_to(session, person_id, PROPOSED, call, now)


def refuse_proposal(
    session: Session, call: Call, proposal: CallProposal, why: str, *, by: Actor, now: datetime
) -> None:
    """Say why a call is not made now. Its draft stays; who proposed it is told. Conflict once answered."""
    session.refresh(proposal, with_for_update=True)
    if not proposal.waits or call.published_at is not None:
        raise Conflict(_("Someone else has answered this already."))
    proposal.answered_by_id, proposal.answered_at, proposal.refused_because = by.id, now, why
    session.flush()
    _record(session, "call.refused", call, by=by, now=now)
    _write_to(session, proposal.person_id, ANSWERED, call, now)


def accept_proposal(session: Session, call: Call, *, by: Actor, now: datetime) -> None:
    """Note that a call which somebody proposed is public now; they are told. Others are left alone."""
    proposal = find_proposal(session, call)
    if proposal is None:
        return
    was_refused = proposal.is_refused
    proposal.answered_by_id, proposal.answered_at, proposal.refused_because = by.id, now, ""
    session.flush()
    _write_to(session, proposal.person_id, ANSWERED, call, now, again=was_refused)


def nearest_coordinators(session: Session, directory: Directory, place_id: int) -> Sequence[int]:
    """Return the coordinators of the place, else of the nearest one above that has any."""
    above = [place.id for place in directory.ancestors(place_id)]
    held = select(Role.place_id, Role.person_id).join(Person, Person.id == Role.person_id)
    rows = session.execute(
        held.where(Role.name == RoleName.COORDINATOR, Role.place_id.in_(above), ~Person.is_blocked)
    ).all()
    nearest = min((above.index(row.place_id) for row in rows), default=-1)
    return sorted({row.person_id for row in rows if above.index(row.place_id) == nearest})


def list_proposed(session: Session, calls: Collection[Call]) -> set[int]:
    """Return which of these calls somebody proposed and nobody has answered yet, by their id."""
    of_them = CallProposal.call_id.in_([call.id for call in calls])
    return set(
        session.scalars(select(CallProposal.call_id).where(of_them, CallProposal.answered_at.is_(None)))
    )


def list_waiting(session: Session, places: Collection[int]) -> Sequence[Row[CallProposal, Call, str]]:
    """Return the calls that wait for a coordinator of these places, the longest first, with who proposed."""
    proposed = select(CallProposal, Call, Person.name).join(Call, Call.id == CallProposal.call_id)
    wanted = proposed.join(Person, Person.id == CallProposal.person_id).where(
        CallProposal.answered_at.is_(None), Call.published_at.is_(None), Call.place_id.in_(places)
    )
    return session.execute(wanted.order_by(CallProposal.at, Call.id)).all()


def list_proposed_by(session: Session, person: Person, most: int) -> Sequence[Row[CallProposal, Call]]:
    """Return what the person proposed, the newest first."""
    mine = select(CallProposal, Call).join(Call, Call.id == CallProposal.call_id)
    wanted = mine.where(CallProposal.person_id == person.id).order_by(Call.id.desc()).limit(most)
    return session.execute(wanted).all()


def _record(session: Session, kind: str, call: Call, *, by: Actor, now: datetime) -> None:
    data = {"code": call.code, "place_id": call.place_id, "version": call.revision}
    record_administration(session, kind, by=by, data=data, now=now)


def _write_to(
    session: Session, person_id: int, about: str, call: Call, now: datetime, *, again: bool = False
) -> None:
    key = f"call-{call.id}.{about}.{person_id}" + (".again" if again else "")
    enqueue(session, MAIL_TOPIC, {"person_id": person_id, "about": about, "key": key}, now=now)
