"""The verbs of a call's life, and an idea's entering one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.core.dates import end_of_day, local_time
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import listed
from portal.ideas.calls import Call, CallMatter, Criterion
from portal.ideas.models import Idea
from portal.ideas.phases import Dates, Phase
from portal.ideas.proposals import accept_proposal
from portal.threads.actions import set_status
from portal.threads.events import SYSTEM, Actor, record_administration, record_event
from portal.threads.models import Kind, Status, Thread
from portal.threads.queries import list_listed

Values = Mapping[str, Any]
DAYS = tuple(Dates.__dataclass_fields__)


def add_call(session: Session, code: str, values: Values, *, by: Actor, now: datetime) -> Call:
    """Add a call that nobody but staff sees yet. Invalid if there is one of this short name."""
    if session.scalar(select(Call.id).where(Call.code == code)) is not None:
        raise Invalid(_("There is one with this short name already. Please choose another."))
    _need_order(values)
    call = Call(code=code, created_by_id=by.id, created_at=now, **values)
    session.add(call)
    session.flush()
    record_call(session, "call.added", call, by=by, now=now)
    return call


def lock_call(session: Session, call: Call, seen: int) -> None:
    """Let nobody else change the call meanwhile. Conflict if somebody did since it was seen."""
    session.refresh(call, with_for_update=True)
    if call.revision != seen:
        raise Conflict(_("Someone else changed this while you were reading it."))
    call.revision += 1


def change_call(session: Session, call: Call, values: Values, *, seen: int, by: Actor, now: datetime) -> None:
    """Change what a call says. Its days move for the ideas in it too."""
    lock_call(session, call, seen)
    _need_order(values)
    for name, value in values.items():
        setattr(call, name, value)
    _set_days_of_ideas(session, call)
    record_call(session, "call.changed", call, by=by, now=now)


def publish_call(session: Session, call: Call, *, today: date, seen: int, by: Actor, now: datetime) -> None:
    """Show the call to everybody; from its first day on it collects."""
    lock_call(session, call, seen)
    if call.published_at is not None:
        raise Conflict(_("It is public already."))
    if call.phase(today) not in (Phase.ANNOUNCED, Phase.COLLECTING):
        raise Invalid(_("Its time for collecting is over. Please change the days first."))
    call.published_at = now
    accept_proposal(session, call, by=by, now=now)
    record_call(session, "call.published", call, by=by, now=now)


def stop_call(
    session: Session, call: Call, because: dict[str, str], *, seen: int, by: Actor, now: datetime
) -> None:
    """End a public call before its time, with a reason that everybody may read."""
    lock_call(session, call, seen)
    if call.published_at is None or call.stopped_at is not None:
        raise Conflict(_("This can't be done any more: the matter has moved on."))
    if not because:
        raise Invalid(_("Please give a reason."))
    call.stopped_at, call.stopped_because = now, because
    _set_days_of_ideas(session, call)
    record_call(session, "call.stopped", call, by=by, now=now)


def set_matters(
    session: Session, call: Call, references: Sequence[str], *, seen: int, by: Actor, now: datetime
) -> None:
    """Say which public reports are the reason for the call. Invalid, with its reference, for another."""
    found = {t.reference: t for t in list_listed(session, references) if t.kind == Kind.REPORT}
    missing = [reference for reference in references if reference not in found]
    if missing:
        raise Invalid(_("There is no public report %(reference)s.", reference=listed(missing)))
    lock_call(session, call, seen)
    session.execute(delete(CallMatter).where(CallMatter.call_id == call.id))
    session.add_all(CallMatter(call_id=call.id, thread_id=thread.id) for thread in found.values())
    record_call(session, "call.changed", call, by=by, now=now)


def put_criterion(
    session: Session,
    call: Call,
    criterion: Criterion | None,
    values: Values,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> None:
    """Add a criterion (None), or change one. Once the panel reviews, criteria stay as they are: Conflict."""
    lock_call(session, call, seen)
    _need_open_criteria(call, now)
    if criterion is None:
        position = len(list_criteria(session, call)) + 1
        criterion = Criterion(call_id=call.id, position=position, **values)
        session.add(criterion)
    for name, value in values.items():
        setattr(criterion, name, value)
    record_call(session, "call.changed", call, by=by, now=now)


def remove_criterion(
    session: Session, call: Call, criterion: Criterion, *, seen: int, by: Actor, now: datetime
) -> None:
    """Let ideas not be judged by it. Once the panel reviews, criteria stay as they are: Conflict."""
    lock_call(session, call, seen)
    _need_open_criteria(call, now)
    session.delete(criterion)
    record_call(session, "call.changed", call, by=by, now=now)


def _need_open_criteria(call: Call, now: datetime) -> None:
    if not call.may_change_criteria(local_time(now).date()):
        raise Conflict(_("The panel reviews already. What ideas are judged by stays as it is."))


def list_criteria(session: Session, call: Call) -> Sequence[Criterion]:
    """Return what ideas of the call are judged by, in order."""
    of_call = select(Criterion).where(Criterion.call_id == call.id)
    return session.scalars(of_call.order_by(Criterion.position, Criterion.id)).all()


def enter_call(session: Session, thread: Thread, call: Call, *, now: datetime) -> None:
    """Let a new idea stand in a call, open for support; its answer is promised with the decision.

    The thread is new or locked.
    """
    idea = session.get_one(Idea, thread.id)
    idea.call_id, idea.opened_at = call.id, now
    thread.votes_until, thread.due_at = end_of_day(call.supports_until), end_of_day(call.decides_until)
    set_status(session, thread, Status.OPEN, now=now)
    record_event(session, thread, "idea.entered_call", by=SYSTEM, now=now, data={"call": call.id})


def record_call(session: Session, kind: str, call: Call, *, by: Actor, now: datetime) -> None:
    data = {"code": call.code, "place_id": call.place_id, "version": call.revision}
    record_administration(session, kind, by=by, data=data, now=now)


def _set_days_of_ideas(session: Session, call: Call) -> None:
    ends = call.stopped_at or end_of_day(call.supports_until)
    ideas = select(Idea.thread_id).where(Idea.call_id == call.id)
    days = {"votes_until": ends, "due_at": end_of_day(call.decides_until)}
    session.execute(update(Thread).where(Thread.id.in_(ideas)).values(days))


def _need_order(values: Values) -> None:
    if not Dates(*(values[name] for name in DAYS)).are_in_order():
        raise Invalid(_("The days are not in order: no phase can end before the one before it."))
