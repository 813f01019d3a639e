"""Removing a person at their wish, and personal parts by the calendar."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, OneTimeCode, Person, RecoveryCode, SignIn
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.text import mask_personal
from portal.notifications.models import Delivery, Subscription
from portal.privacy.rules import ends_before
from portal.threads.actions import lock_thread
from portal.threads.additions import Comment, Follower, Photo, PhotoState
from portal.threads.events import SYSTEM, record_administration, record_event, resident
from portal.threads.models import Event, EventVisibility, Level, Statement, Thread
from portal.threads.photos import remove_files_later
from portal.threads.words import index_words

BATCH = 200  # submissions of one night's transaction
OF_A_PERSON = (SignIn, RecoveryCode, OneTimeCode, Contact, Follower, Subscription)


def erase_person(session: Session, person: Person, *, now: datetime) -> None:
    """Remove a person under all their records. What they sent stays, by nobody.

    Raises Conflict for staff: somebody must take over their work first.
    """
    records = session.scalars(select(Person).where(Person.id.in_(records_of(person)))).all()
    if any(record.is_staff for record in records):
        raise Conflict(_("You work here. Ask an administrator to end your roles first."))
    for record in records:
        _empty(session, record, now)
    record_administration(
        session, "person.erased", by=resident(person), data={"person": person.root_id}, now=now
    )


def _empty(session: Session, person: Person, now: datetime) -> None:
    """Leave of a person the number that their words and votes hang on: a marked gap."""
    person.email = person.email_confirmed_at = person.password_hash = None
    person.name, person.erased_at = "", now
    person.residency_place_id = person.residency_confirmed_at = None
    person.totp_seed = person.totp_confirmed_at = person.totp_last_step = None
    session.execute(
        update(Comment).where(Comment.person_id == person.id, Comment.name_shown).values(name_shown=False)
    )
    for table in OF_A_PERSON:
        session.execute(delete(table).where(table.person_id == person.id))
    session.flush()


def find_due(session: Session, directory: Directory, now: datetime) -> Sequence[int]:
    """Return the next submissions whose personal parts are no longer to be kept, the oldest first.

    Each has ended, and nothing has happened since for the months that its category is kept.
    """
    default = directory.preferences.keep_months
    months = {c.id: c.keep_months or default for c in directory.categories.values()}
    due = [
        (Thread.category_id == number) & (Thread.changed_at < ends_before(now, kept))
        for number, kept in months.items()
    ]
    due.append(Thread.category_id.is_(None) & (Thread.changed_at < ends_before(now, default)))
    condition = due[0]
    for other in due[1:]:
        condition |= other
    wanted = select(Thread.id).join(Person, Person.id == Thread.author_id)
    wanted = wanted.where(Thread.is_closed, Person.erased_at.is_(None), condition)
    return session.scalars(wanted.order_by(Thread.id).limit(BATCH)).all()


def remove_personal_parts(session: Session, number: int, *, now: datetime) -> None:
    """Cut a submission from its sender, and cover what in its words is personal.

    What happened stays. Photos that the public never saw go, and who was told of it.
    """
    thread = lock_thread(session, number)
    gap = Person(name="", language=thread.language, created_at=now, erased_at=now)
    session.add(gap)
    session.flush()
    thread.author, thread.author_name_shown = gap, False
    thread.address, thread.given_title = mask_personal(thread.address), mask_personal(thread.given_title)
    _cover_words(session, thread, gap)
    _remove_unseen_photos(session, thread, now)
    told = select(Event.id).where(Event.thread_id == thread.id)
    session.execute(delete(Delivery).where(Delivery.event_id.in_(told)))
    record_event(
        session, thread, "thread.made_impersonal", by=SYSTEM, now=now, visibility=EventVisibility.STAFF
    )
    index_words(session, thread)


def _cover_words(session: Session, thread: Thread, gap: Person) -> None:
    said = (Level.ORIGINAL, Level.ADDED, Level.ANSWER, Level.JOINED)
    for words in session.scalars(select(Statement).where(Statement.thread_id == thread.id)):
        words.text = mask_personal(words.text)
        if words.level in said:
            words.author_id = gap.id


def _remove_unseen_photos(session: Session, thread: Thread, now: datetime) -> None:
    for photo in session.scalars(select(Photo).where(Photo.thread_id == thread.id)).all():
        photo.person_id = None
        if photo.state != PhotoState.SHOWN:
            remove_files_later(session, photo.key, now)
            session.delete(photo)
