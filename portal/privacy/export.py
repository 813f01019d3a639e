"""Everything that is kept about one person, as one file for them."""

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Contact, Person, SignIn
from portal.accounts.queries import records_of
from portal.communities.directory import Directory
from portal.core.storage import Store, StoreFailed
from portal.ideas.about import tell_parts
from portal.ideas.calls import Call
from portal.ideas.models import Idea, IdeaPass
from portal.notifications.models import Delivery, Subscription
from portal.privacy.export_ideas import combining_of
from portal.privacy.export_outcomes import list_effects, list_judging
from portal.privacy.export_panels import list_expertise, list_seats
from portal.privacy.export_scores import remarks_of, scores_of
from portal.privacy.export_versions import list_wordings
from portal.privacy.export_votes import (
    list_chosen,
    list_committee_votes,
    list_found_helpful,
    list_said_of_aims,
    list_verdicts,
)
from portal.privacy.export_work import warnings_of, work_of
from portal.threads.additions import Comment, CommentFlag, Follower, NotSame, Photo
from portal.threads.models import Event, EventVisibility, Kind, Level, Statement, Thread, Vote
from portal.threads.photos import file_name
from portal.threads.timeline import tell
from portal.triage.models import SavedFilter

SENDERS_OWN = (Level.ORIGINAL, Level.VERSION, Level.HELD, Level.ADDED, Level.ANSWER)
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
        "other_records": _other_records(session, person),
        "contacts": [_contact(c) for c in session.scalars(select(Contact).where(Contact.person_id.in_(own)))],
        "signed_in": [
            {"browser": s.browser, "since": _time(s.began_at), "last_here": _time(s.seen_at)}
            for s in session.scalars(select(SignIn).where(SignIn.person_id.in_(own)))
        ],
        "submissions": [_submission(session, thread, directory) for thread in threads],
        "photos": [{"file": f"photos/{p.id}.jpg", "shows": p.alt, "at": _time(p.created_at)} for p in photos],
        "joined": _joined(session, own),
        "comments": _comments(session, own),
        "found_helpful": list_found_helpful(session, own),
        "combined_ideas": combining_of(session, own),
        "reported_comments": _reported(session, own),
        "not_the_same": _not_same(session, own),
        "votes": list_chosen(session, Vote, own),
        "committee_votes": list_committee_votes(session, own),
        "panel_seats": list_seats(session, own),
        "knows_about": list_expertise(session, own),
        "effects_of_pilots": list_effects(session, own),
        "pilots_judged": list_judging(session, own),
        "said_whether_fixed": list_verdicts(session, own),
        "passed_by": list_chosen(session, IdeaPass, own),
        "scores_given": scores_of(session, own),
        "said_to_the_panel": remarks_of(session, own),
        "said_of_ideas": list_said_of_aims(session, own),
        "calls_prepared": list(session.scalars(select(Call.code).where(Call.created_by_id.in_(own)))),
        "following": _following(session, own),
        "subscriptions": [
            _subscription(s, directory)
            for s in session.scalars(select(Subscription).where(Subscription.person_id.in_(own)))
        ],
        "saved_filters": [
            {"name": f.name, "list": f.list_code, "query": f.query, "shared": f.is_shared}
            for f in session.scalars(select(SavedFilter).where(SavedFilter.person_id.in_(own)))
        ],
        "work": work_of(session, own),
        "warned_of": warnings_of(session, own),
        "messages": [
            {"about": d.about, "channel": d.channel, "sent": _maybe(d.sent_at), "read": _maybe(d.read_at)}
            for d in session.scalars(select(Delivery).where(Delivery.person_id.in_(own)))
        ],
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


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "channel": contact.channel,
        "address": contact.address,
        "agreed": _time(contact.consent_at),
        "noted_by_staff": contact.noted_by_id is not None,
        "confirmed": _maybe(contact.confirmed_at),
        "stopped": _maybe(contact.stopped_at),
    }


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


def _joined(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return what the person told staff on submissions of others that they have too."""
    rows = session.execute(
        select(Thread.reference, Statement.text, Statement.created_at)
        .join(Thread, Thread.id == Statement.thread_id)
        .where(Statement.level == Level.JOINED, Statement.author_id.in_(own))
        .order_by(Statement.id)
    )
    return [{"on": r.reference, "text": r.text, "at": _time(r.created_at)} for r in rows]


def _comments(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Comment, Thread.reference)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.person_id.in_(own), Comment.taken_back_at.is_(None))
        .order_by(Comment.id)
    )
    return [
        {
            "on": reference,
            "text": comment.text,
            "at": _time(comment.created_at),
            "name_shown": comment.name_shown,
            "hidden_because": comment.hidden_reason or None,
            "as_argument": comment.side,
            "taken_back": _maybe(comment.taken_back_at),
        }
        for comment, reference in rows
    ]


def _reported(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return which comments the person told staff of, and why."""
    rows = session.execute(
        select(Thread.reference, CommentFlag.why, CommentFlag.at)
        .join(Comment, Comment.id == CommentFlag.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(CommentFlag.person_id.in_(own))
        .order_by(CommentFlag.id)
    )
    return [{"on": r.reference, "why": r.why, "at": _time(r.at)} for r in rows]


def _not_same(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    """Return the pairs of submissions that the person said are two matters."""
    first, second = aliased(Thread), aliased(Thread)
    rows = session.execute(
        select(first.reference.label("one"), second.reference.label("other"), NotSame.at)
        .join(first, first.id == NotSame.first_id)
        .join(second, second.id == NotSame.second_id)
        .where(NotSame.person_id.in_(own))
        .order_by(NotSame.id)
    )
    return [{"pair": [r.one, r.other], "at": _time(r.at)} for r in rows]


def _following(session: Session, own: Select[int]) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Thread.reference, Follower.frequency, Follower.at)
        .join(Thread, Thread.id == Follower.thread_id)
        .where(Follower.person_id.in_(own))
        .order_by(Follower.id)
    )
    return [{"on": r.reference, "frequency": r.frequency, "at": _time(r.at)} for r in rows]


def _time(moment: datetime) -> str:
    return moment.isoformat()


def _maybe(moment: datetime | None) -> str | None:
    return _time(moment) if moment else None
