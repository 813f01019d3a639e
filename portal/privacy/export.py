"""Everything that is kept about one person, as one file for them."""

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.storage import Store, StoreFailed
from portal.ideas.about import tell_parts
from portal.ideas.models import Idea
from portal.ideas.versions import IdeaVersion
from portal.notifications.models import Subscription
from portal.pilots.effects import Effect
from portal.privacy.export_queries import all_queries
from portal.privacy.export_rows import tell_rows
from portal.threads.additions import Photo
from portal.threads.models import Event, EventVisibility, Kind, Level, Statement, Thread
from portal.threads.photos import file_name
from portal.threads.timeline import tell

SENDERS_OWN = (Level.ORIGINAL, Level.VERSION, Level.HELD, Level.ADDED, Level.ANSWER)
TOLD_TO_SENDER = (Level.QUESTION, Level.TOLD, Level.REPLY, Level.REASON)


def write_export(session: Session, person: Person, directory: Directory, store: Store) -> bytes:
    """Return a ZIP file: data.json, readable by people and programs, and the person's photos."""
    own = records_of(person)
    photos = session.scalars(select(Photo).where(Photo.person_id.in_(own))).all()
    of_effects = select(Effect.id, Effect.photo_key).where(Effect.person_id.in_(own))
    files = {f"photos/{photo.id}.jpg": photo.key for photo in photos}
    files |= {f"photos/effect-{number}.jpg": key for number, key in session.execute(of_effects) if key}
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        data = collect(session, person, directory, photos)
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        for name, key in files.items():
            content = _read(store, file_name(key, "large"))
            if content is not None:
                archive.writestr(name, content)
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
        "other_records": _other_records(session, person),
        "submissions": [_submission(session, thread, directory) for thread in threads],
        "photos": [{"file": f"photos/{p.id}.jpg", "shows": p.alt, "at": _time(p.created_at)} for p in photos],
        "subscriptions": [
            _subscription(s, directory)
            for s in session.scalars(select(Subscription).where(Subscription.person_id.in_(own)))
        ],
        **{name: tell_rows(session, query) for name, query in all_queries(own).items()},
    }


def _person(person: Person, directory: Directory) -> dict[str, Any]:
    home = directory.places.get(person.residency_place_id or 0)
    invited = directory.places.get(person.invited_place_id or 0)
    return {
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "since": _time(person.created_at),
        "email_confirmed": _maybe(person.email_confirmed_at),
        "mails_stopped": _maybe(person.mail_stopped_at),
        "lives_in": home and home.code,
        "household_code_entered": _maybe(person.residency_confirmed_at),
        "second_factor_since": _maybe(person.totp_confirmed_at),
        "account_made_for_work_in": invited and invited.code,
        "speaks_for": {"as": person.mark, "name": person.mark_name} if person.mark else None,
        "roles": [{"role": r.name, "place": r.place.code} for r in person.roles],
    }


def _other_records(session: Session, person: Person) -> list[dict[str, Any]]:
    """Return what else turned out to be this person: browsers, and addresses left before signing in."""
    others = select(Person).where(Person.id.in_(records_of(person)), Person.id != person.id)
    return [
        {"name": o.name, "email": o.email, "language": o.language, "since": _time(o.created_at)}
        for o in session.scalars(others.order_by(Person.id))
    ]


def _subscription(wish: Subscription, directory: Directory) -> dict[str, Any]:
    category = directory.categories.get(wish.category_id or 0)
    return {
        "kind": wish.kind,
        "place": directory.full_name(wish.place_id) if wish.place_id else None,
        "point": [wish.latitude, wish.longitude] if wish.latitude is not None else None,
        "radius_m": wish.radius_m,
        "category": category.name if category else wish.category_group or None,
        "words": wish.query,
        "frequency": wish.frequency,
        "since": _time(wish.created_at),
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
        "came_by": thread.channel,
        "seen_by": thread.visibility,
        "name_shown": thread.author_name_shown,
        "sent": _time(thread.created_at),
        "words": [
            {"as": s.level, "text": s.text, "at": _time(s.created_at)}
            for s in session.scalars(words)
            if s.level in SENDERS_OWN + TOLD_TO_SENDER
        ],
        "more": dict(tell_parts(session.get_one(Idea, thread.id))) if thread.kind == Kind.IDEA else {},
        "versions": list_wordings(session, thread),
        "timeline": [
            {"at": _time(e.at), "by": e.actor_role, "what": tell(e, directory)}
            for e in session.scalars(events.order_by(Event.sequence))
        ],
    }


def list_wordings(session: Session, thread: Thread) -> list[dict[str, Any]]:
    """Return the versions of an idea as they were written, those too that were not shown."""
    if thread.kind != Kind.IDEA:
        return []
    versions = select(IdeaVersion).where(IdeaVersion.thread_id == thread.id).order_by(IdeaVersion.id)
    return [
        {
            "number": version.number,
            "state": version.state,
            **vars(version.wording),
            "what_is_different": version.why,
            "of_substance": version.is_substance,
            "at": _time(version.made_at),
        }
        for version in session.scalars(versions)
    ]


def _time(moment: datetime) -> str:
    return moment.isoformat()


def _maybe(moment: datetime | None) -> str | None:
    return _time(moment) if moment else None
