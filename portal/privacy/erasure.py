"""Removing people: at their wish, or when nothing is left here that they could come for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Contact, OneTimeCode, Person, RecoveryCode, Role, SignIn
from portal.accounts.queries import records_of
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.insight.models import Strain, WeekLoad
from portal.notifications.models import Delivery, DueWarning, Subscription
from portal.panels.models import Expertise, Seat
from portal.pilots.gates import NOT_SAID, Evaluator
from portal.threads.additions import Comment, CommentFlag, Follower, NotSame
from portal.threads.events import record_administration, resident
from portal.threads.models import Thread, Vote
from portal.triage.models import BulkAction, SavedFilter

MOST_AT_ONCE = 200  # people forgotten in one transaction
LEFT_ALONE = timedelta(days=30)  # from when they first came
HOLDING = (Role, Subscription, Follower)
OF_A_PERSON = (
    SignIn,
    RecoveryCode,
    OneTimeCode,
    Contact,
    Follower,
    Subscription,
    Delivery,
    SavedFilter,
    BulkAction,
    WeekLoad,
    Strain,
    DueWarning,
    Expertise,
)


def erase_person(session: Session, person: Person, *, now: datetime) -> None:
    """Remove a person under all their records. What they sent stays, by nobody.

    Raises Conflict for staff: somebody must take over their work first.
    """
    records = session.scalars(select(Person).where(Person.id.in_(records_of(person)))).all()
    if any(record.is_staff for record in records):
        raise Conflict(_("You work here. Ask an administrator to end your roles first."))
    empty(session, [record.id for record in records], now=now)
    record_administration(
        session, "person.erased", by=resident(person), data={"person": person.root_id}, now=now
    )


def find_unneeded(session: Session, now: datetime) -> Sequence[int]:
    """Return the next people without an account who have nothing left here to come for, by their numbers.

    That would be work, something they follow, or a part in a submission whose time is not over.
    """
    other = aliased(Person)
    has_contact = select(Contact.id).where(Contact.person_id == Person.id).exists()
    return session.scalars(
        select(Person.id)
        .where(Person.same_as_id.is_(None), Person.erased_at.is_(None))
        .where(or_(Person.email.is_not(None), Person.name != "", has_contact))
        .where(~_is_needed(Person, now))
        .where(~select(other.id).where(other.same_as_id == Person.id, _is_needed(other, now)).exists())
        .order_by(Person.id)
        .limit(MOST_AT_ONCE)
    ).all()


def _is_needed(record: type[Person], now: datetime) -> ColumnElement[bool]:
    whole = select(Thread.id).where(Thread.made_impersonal_at.is_(None))
    return or_(
        record.password_hash.is_not(None),
        record.created_at >= now - LEFT_ALONE,
        *(select(table.id).where(table.person_id == record.id).exists() for table in HOLDING),
        select(Thread.id).where(Thread.author_id == record.id).exists(),
        *(
            select(table.id).where(table.person_id == record.id, table.thread_id.in_(whole)).exists()
            for table in (Vote, Comment)
        ),
    )


def forget_people(session: Session, roots: Sequence[int], *, now: datetime) -> None:
    """Empty these people under all their records."""
    theirs = Person.id.in_(roots) | Person.same_as_id.in_(roots)
    empty(session, session.scalars(select(Person.id).where(theirs)).all(), now=now)


def empty(session: Session, numbers: Sequence[int], *, now: datetime) -> None:
    """Leave of people the numbers that their words and votes hang on: marked gaps."""
    gone = {
        "email": None,
        "email_confirmed_at": None,
        "password_hash": None,
        "name": "",
        "residency_place_id": None,
        "residency_confirmed_at": None,
        "invited_place_id": None,
        "mark": None,
        "mark_name": "",
        "totp_seed": None,
        "totp_confirmed_at": None,
        "totp_last_step": None,
        "erased_at": now,
    }
    session.execute(update(Person).where(Person.id.in_(numbers)).values(gone))
    session.execute(
        update(Comment).where(Comment.person_id.in_(numbers), Comment.name_shown).values(name_shown=False)
    )
    session.execute(update(NotSame).where(NotSame.person_id.in_(numbers)).values(person_id=None))
    for flag in session.scalars(select(CommentFlag).where(CommentFlag.person_id.in_(numbers))):
        flag.why = mask_personal(flag.why)
    session.execute(update(Seat).where(Seat.person_id.in_(numbers)).values(interest=""))
    judged = Evaluator.person_id.in_(numbers) & (Evaluator.interest != "")
    session.execute(update(Evaluator).where(judged).values(interest=NOT_SAID))  # they stay stepped back
    for table in OF_A_PERSON:
        session.execute(delete(table).where(table.person_id.in_(numbers)))
    session.flush()
