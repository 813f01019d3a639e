"""Who is told at both ends of a fixing: those affected are asked, and staff hear when it came back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person, Role, RoleName
from portal.communities.directory import Directory
from portal.core.outbox import enqueue
from portal.notifications.models import CAME_BACK, VERDICT
from portal.notifications.spreading import ASKS, CHUNK, Recipient, prepare, read_chunk
from portal.threads.additions import Follower, Frequency
from portal.threads.models import Event, Thread, Vote

AFFECTED_TOPIC = "affected.ask"


def ask_affected(session: Session, event: Event, after: int, *, host: str, now: datetime) -> None:
    """Ask those who are affected too, with an address they have proven, whether it is fixed.

    A hundred at once, whose votes come after this number. Safe to repeat.
    """
    if event.kind != ASKS:
        return
    thread = session.get_one(Thread, event.thread_id)
    if not thread.is_listed:
        return
    rows = read_chunk(session, Vote, after, Vote.thread_id == thread.id)
    silent = want_no_mail(session, thread, [person_id for _vote, person_id, _hash in rows])
    asked = [
        Recipient(
            person_id,
            password_hash is not None,
            Frequency.NO_MAIL if person_id in silent else Frequency.AT_ONCE,
        )
        for _vote, person_id, password_hash in rows
    ]
    prepare(session, event, asked, thread=thread, about=VERDICT, host=host, now=now)
    if len(rows) == CHUNK:
        enqueue(session, AFFECTED_TOPIC, {"event_id": event.id, "after": rows[-1][0].id}, now=now)


def want_no_mail(session: Session, thread: Thread, people: Collection[int]) -> set[int]:
    """Return who of these follows the thread without mails."""
    found = select(Follower.person_id).where(
        Follower.thread_id == thread.id,
        Follower.person_id.in_(people),
        Follower.frequency == Frequency.NO_MAIL,
    )
    return set(session.scalars(found))


def tell_staff(session: Session, event: Event, directory: Directory, *, host: str, now: datetime) -> None:
    """Tell the officer who had it and the heads of its department that a resident opened it again."""
    if event.kind != "report.reopened" or event.actor_role != "resident":
        return
    thread = session.get_one(Thread, event.thread_id)
    above = [place.id for place in directory.ancestors(thread.place_id)]
    heads = select(Role.person_id).where(
        Role.name == RoleName.HEAD, Role.department_id == thread.department_id, Role.place_id.in_(above)
    )
    concerned = select(Person).where(
        Person.id.in_(heads) | (Person.id == thread.assignee_id),
        ~Person.is_blocked,
        Person.erased_at.is_(None),
    )
    told = [
        Recipient(person.root_id, person.password_hash is not None, Frequency.AT_ONCE)
        for person in session.scalars(concerned.order_by(Person.id))
    ]
    prepare(session, event, told, thread=thread, about=CAME_BACK, host=host, now=now)
