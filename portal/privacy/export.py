"""Everything that is kept about one person, as one file for them."""

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, Person, SignIn
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.storage import Store, StoreFailed
from portal.notifications.models import Delivery, Subscription
from portal.threads.additions import Comment, Follower, Photo
from portal.threads.models import Event, EventVisibility, Level, Statement, Thread, Vote
from portal.threads.photos import file_name
from portal.threads.timeline import tell

SENDERS_OWN = (Level.ORIGINAL, Level.ADDED, Level.ANSWER)
TOLD_TO_SENDER = (Level.QUESTION, Level.TOLD, Level.REPLY, Level.REASON)


def write_export(session: Session, person: Person, directory: Directory, store: Store) -> bytes:
    """Return a ZIP file: data.json, readable by people and programs, and the person's photos."""
    photos = session.scalars(select(Photo).where(Photo.person_id.in_(records_of(person)))).all()
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        data = collect(session, person, directory, photos)
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        for photo in photos:
            content = _read(store, file_name(photo.key, "large"))
            if content is not None:
                archive.writestr(f"photos/{photo.id}.jpg", content)
    return packed.getvalue()


def _read(store: Store, name: str) -> bytes | None:
    try:
        return store.get(name)
    except StoreFailed:  # the rest is worth having without it
        return None


def collect(
    session: Session, person: Person, directory: Directory, photos: Sequence[Photo]
) -> dict[str, Any]:
    """Return what is kept about the person, with names in the language of the request."""
    own = records_of(person)
    threads = session.scalars(select(Thread).where(Thread.author_id.in_(own)).order_by(Thread.id)).all()
    return {
        "person": _person(person, directory),
        "contacts": [
            {"channel": c.channel, "address": c.address, "agreed": _time(c.consent_at)}
            for c in session.scalars(select(Contact).where(Contact.person_id.in_(own)))
        ],
        "signed_in": [
            {"browser": s.browser, "since": _time(s.began_at), "last_here": _time(s.seen_at)}
            for s in session.scalars(select(SignIn).where(SignIn.person_id.in_(own)))
        ],
        "submissions": [_submission(session, thread, directory) for thread in threads],
        "photos": [{"file": f"photos/{p.id}.jpg", "shows": p.alt, "at": _time(p.created_at)} for p in photos],
        "joined": _joined(session, own),
        "comments": _comments(session, own),
        "votes": _marked(session, Vote, own),
        "following": _marked(session, Follower, own),
        "subscriptions": [
            {"kind": s.kind, "query": s.query, "frequency": s.frequency, "since": _time(s.created_at)}
            for s in session.scalars(select(Subscription).where(Subscription.person_id.in_(own)))
        ],
        "messages": [
            {"about": d.about, "channel": d.channel, "sent": d.sent_at and _time(d.sent_at)}
            for d in session.scalars(select(Delivery).where(Delivery.person_id.in_(own)))
        ],
    }


def _person(person: Person, directory: Directory) -> dict[str, Any]:
    home = directory.places.get(person.residency_place_id or 0)
    return {
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "since": _time(person.created_at),
        "email_confirmed": person.email_confirmed_at and _time(person.email_confirmed_at),
        "lives_in": home and home.code,
        "second_factor_since": person.totp_confirmed_at and _time(person.totp_confirmed_at),
        "roles": [{"role": r.name, "place": r.place.code} for r in person.roles],
    }


def _submission(session: Session, thread: Thread, directory: Directory) -> dict[str, Any]:
    words = select(Statement).where(Statement.thread_id == thread.id).order_by(Statement.id)
    told = (EventVisibility.PUBLIC, EventVisibility.SENDER)
    events = select(Event).where(Event.thread_id == thread.id, Event.visibility.in_(told))
    category = directory.categories.get(thread.category_id or 0)
    return {
        "reference": thread.reference,
        "kind": thread.kind,
        "title": thread.given_title or thread.title,
        "place": directory.full_name(thread.place_id),
        "address": thread.address,
        "position": [thread.latitude, thread.longitude] if thread.latitude is not None else None,
        "category": category.name if category else None,
        "status": thread.status,
        "sent": _time(thread.created_at),
        "words": [
            {"as": s.level, "text": s.text, "at": _time(s.created_at)}
            for s in session.scalars(words)
            if s.level in SENDERS_OWN + TOLD_TO_SENDER
        ],
        "timeline": [
            {"at": _time(e.at), "by": e.actor_role, "what": tell(e, directory)}
            for e in session.scalars(events.order_by(Event.sequence))
        ],
    }


def _joined(session: Session, own: Any) -> list[dict[str, Any]]:
    """Return what the person told staff on submissions of others that they have too."""
    rows = session.execute(
        select(Thread.reference, Statement.text, Statement.created_at)
        .join(Thread, Thread.id == Statement.thread_id)
        .where(Statement.level == Level.JOINED, Statement.author_id.in_(own))
        .order_by(Statement.id)
    )
    return [{"on": r.reference, "text": r.text, "at": _time(r.created_at)} for r in rows]


def _comments(session: Session, own: Any) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Thread.reference, Comment.text, Comment.created_at)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.person_id.in_(own), Comment.taken_back_at.is_(None))
        .order_by(Comment.id)
    )
    return [{"on": r.reference, "text": r.text, "at": _time(r.created_at)} for r in rows]


def _marked(session: Session, table: type[Vote] | type[Follower], own: Any) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Thread.reference, table.at)
        .join(Thread, Thread.id == table.thread_id)
        .where(table.person_id.in_(own))
        .order_by(table.id)
    )
    return [{"on": r.reference, "at": _time(r.at)} for r in rows]


def _time(moment: datetime) -> str:
    return moment.isoformat()
