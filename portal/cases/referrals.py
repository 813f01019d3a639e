"""Handing a matter up or down a level, and the answer. The thread is locked by the caller."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.models import Direction, Referral
from portal.cases.queries import settle_guests
from portal.cases.rules import due_after, levels_for
from portal.communities.directory import Directory, PlaceEntry
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.threads.actions import refuse_unless
from portal.threads.events import Actor, record_event
from portal.threads.models import EventVisibility, Level, Statement, Thread
from portal.threads.words import say


def refer(
    session: Session,
    thread: Thread,
    here: PlaceEntry,
    to: PlaceEntry,
    restatement: str,
    *,
    directory: Directory,
    by: Actor,
    now: datetime,
) -> Referral:
    """Hand a matter to another level, restated; the sender's own words go with it, as they are."""
    refuse_unless(not thread.is_closed)
    if to not in levels_for(here, directory):
        raise Invalid(_("Please choose a level above or below."))
    waits = (Referral.thread_id == thread.id) & Referral.answered_at.is_(None)
    if session.scalar(select(Referral.id).where(waits, Referral.to_place_id == to.id)) is not None:
        raise Conflict(_("This level has been asked already, and hasn’t answered yet."))
    if not restatement:
        raise Invalid(_("Please say what is asked of the other level."))
    words = say(session, thread, Level.RESTATED, restatement, author=by.person, now=now)
    original = (Statement.thread_id == thread.id) & (Statement.level == Level.ORIGINAL)
    words.derived_from_id = session.scalars(select(Statement.id).where(original)).one()
    referral = Referral(
        thread_id=thread.id,
        from_place_id=here.id,
        to_place_id=to.id,
        direction=Direction.UP if here.path.startswith(to.path) else Direction.DOWN,
        asked_by_id=by.id,
        asked_at=now,
        due_at=due_after(directory.preferences.referral_days, to.id, directory, now),
        restatement_id=words.id,
    )
    session.add(referral)
    settle_guests(session, thread)
    # The restatement is for staff: the public and the sender see that it went there.
    data = {"place": to.id, "direction": str(referral.direction)}
    record_event(session, thread, "thread.referred", by=by, now=now, data=data)
    return referral


def answer_referral(
    session: Session,
    thread: Thread,
    referral: Referral,
    text: str,
    *,
    public: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Answer a level that asked, in words of this one. Everybody may read them, or only staff."""
    refuse_unless(referral.answered_at is None)
    if not text:
        raise Invalid(_("Please write the answer."))
    level = Level.REPLY if public else Level.INSTRUCTED
    words = say(session, thread, level, text, author=by.person, now=now)
    words.derived_from_id = referral.restatement_id
    referral.answer_id, referral.answered_by_id, referral.answered_at = words.id, by.id, now
    seen = EventVisibility.PUBLIC if public else EventVisibility.STAFF
    data = {"place": referral.to_place_id, "back": referral.from_place_id}
    record_event(
        session,
        thread,
        "thread.referral_answered",
        by=by,
        now=now,
        visibility=seen,
        statement=words,
        data=data,
    )
    session.flush()
