""" "Not ours": a department says whose a report is. The thread is locked by the caller."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases.models import Offer, OfferState
from portal.cases.queries import list_offers, settle_guests, stands
from portal.cases.rules import due_after, goes_to_coordinator
from portal.communities.directory import Directory
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.reports.actions import pass_to_department
from portal.reports.rules import permits
from portal.routing.actions import correct_route
from portal.threads.actions import need_reason, refuse_unless
from portal.threads.events import SYSTEM, Actor, record_event
from portal.threads.models import Kind, Level, Thread
from portal.threads.words import say
from portal.triage.actions import put_on_desk, return_to_desk


def offer_report(
    session: Session,
    thread: Thread,
    to_department_id: int | None,
    reason: str,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> Offer:
    """Say that a report is not this department's but another's, or an outside body's (None).

    The first time the other department is asked. Every further time, and for a body outside, it
    goes to the coordinator. The clocks run on.
    """
    refuse_unless(thread.kind == Kind.REPORT and permits(thread.status, "send") and not thread.needs_sorting)
    need_reason(reason)
    if thread.department_id is None or to_department_id == thread.department_id:
        raise Invalid(_("Please choose another department."))
    earlier = list_offers(session, thread.id)
    if any(stands(offer, thread) for offer in earlier):
        raise Conflict(_("It is offered to a department already."))
    to_desk = goes_to_coordinator(len(earlier), to_department_id)
    from_department_id = thread.department_id
    data = {"department": to_department_id, "from": from_department_id}
    record_event(session, thread, "thread.offered", by=by, now=now, data=data)
    if to_desk:
        words = return_to_desk(session, thread, reason, by=by, now=now)
    else:
        words = say(session, thread, Level.NOTE, reason, author=by.person, now=now)
    offer = Offer(
        thread_id=thread.id,
        from_department_id=from_department_id,
        to_department_id=to_department_id,
        state=OfferState.TO_COORDINATOR if to_desk else OfferState.OFFERED,
        offered_by_id=by.id,
        at=now,
        due_at=due_after(directory.preferences.offer_days, thread.place_id, directory, now),
        reason_id=words.id,
    )
    session.add(offer)
    settle_guests(session, thread)
    return offer


def accept_offer(
    session: Session, thread: Thread, offer: Offer, *, directory: Directory, by: Actor, now: datetime
) -> None:
    """Take the report: it is with this department from now on."""
    refuse_unless(stands(offer, thread) and permits(thread.status, "send"))
    offer.state, offer.answered_at = OfferState.ACCEPTED, now
    category = directory.categories.get(thread.category_id or 0)
    pass_to_department(session, thread, now=now)
    correct_route(session, thread, Kind.REPORT, category, offer.to_department_id, reason=None, by=by, now=now)
    settle_guests(session, thread)


def refuse_offer(
    session: Session, thread: Thread, offer: Offer, reason: str, *, by: Actor, now: datetime
) -> None:
    """Leave the report where it is; everybody may read why."""
    refuse_unless(stands(offer, thread))
    need_reason(reason)
    words = say(session, thread, Level.REASON, reason, author=by.person, now=now)
    offer.state, offer.answered_at, offer.answer_id = OfferState.REFUSED, now, words.id
    data = {"department": offer.to_department_id}
    record_event(session, thread, "thread.offer_refused", by=by, now=now, statement=words, data=data)
    settle_guests(session, thread)


def expire_offer(session: Session, thread: Thread, offer: Offer, *, now: datetime) -> bool:
    """Let the coordinator say whose a report is, if nobody has answered in time; tell whether it was so."""
    if not (stands(offer, thread) and offer.due_at < now and permits(thread.status, "send")):
        return False
    data = {"department": offer.to_department_id, "from": offer.from_department_id}
    offer.state = OfferState.TO_COORDINATOR
    put_on_desk(session, thread, now=now)
    record_event(session, thread, "thread.offer_expired", by=SYSTEM, now=now, data=data)
    settle_guests(session, thread)
    return True
