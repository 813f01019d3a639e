"""The inbox of whoever has an account: all that they are told, read or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Row, Select, TextClause, func, select, update
from sqlalchemy.orm import Session, joinedload

from portal.accounts.identity import me, signed_in_only
from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.tokens import sign
from portal.core.web import row_asked_for
from portal.intake.queries import TRACKING
from portal.notifications.models import (
    CAME_BACK,
    CARRY,
    INBOX,
    IS_UNREAD,
    NEW,
    NEWS,
    PILOT,
    SUPPORT,
    VERDICT,
    Delivery,
)
from portal.notifications.news import News, read_news
from portal.notifications.pilot_letters import address_of
from portal.threads.models import Event, Thread
from portal.threads.pages import page_address
from portal.threads.timeline import tell
from portal.triage.access import desk_for
from portal.triage.rows import title_of

PAGE_ROWS = 25
TO_OTHERS = (NEW, NEWS, VERDICT, SUPPORT, CARRY)  # told as the public may know it
Found = Row[Delivery, Event, Thread]

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


@dataclass(frozen=True)
class Entry:
    """One line of the inbox. A `title` is missing where the public may not see it any more."""

    number: int
    reference: str
    title: str
    sentence: str
    words: str
    at: datetime
    is_unread: bool


@blueprint.get("")
@signed_in_only
def index() -> ResponseReturnValue:
    session, person, before = db.session(), me(), row_asked_for("before")
    rows = _list_entries(session, person, before)
    shown = rows[:PAGE_ROWS]
    return render_template(
        "notifications/inbox.html",
        entries=_tell_entries(session, person, shown),
        unread=count_unread(session, person),
        is_first_page=before is None,
        older=shown[-1][0].id if len(rows) > PAGE_ROWS else None,
    )


@blueprint.post("/<int:number>/open")
@signed_in_only
def open_entry(number: int) -> ResponseReturnValue:
    """Mark an entry as read and go to what it tells of."""
    session, person = db.session(), me()
    row = session.execute(_entries(person).where(Delivery.id == number)).one_or_none()
    if row is None:
        raise NotFound()
    delivery, event, thread = row
    delivery.read_at = delivery.read_at or clock.now()
    address = _address(session, person, delivery, event, thread)
    session.commit()
    return redirect(address, 303)


@blueprint.post("/read")
@signed_in_only
def read_all() -> ResponseReturnValue:
    session = db.session()
    session.execute(update(Delivery).where(*_unread(me())).values(read_at=clock.now()))
    session.commit()
    return redirect(url_for(".index"), 303)


def count_unread(session: Session, person: Person) -> int:
    """Return how many entries the person has not read."""
    return session.scalar(select(func.count()).select_from(Delivery).where(*_unread(person))) or 0


def _unread(person: Person) -> Sequence[ColumnElement[bool] | TextClause]:
    """Return the conditions of the unread, which the index of them is made for."""
    return [Delivery.person_id == person.root_id, IS_UNREAD]


def _entries(person: Person) -> Select[Delivery, Event, Thread]:
    return (
        select(Delivery, Event, Thread)
        .join(Event, Event.id == Delivery.event_id)
        .join(Thread, Thread.id == Event.thread_id)
        .where(Delivery.person_id == person.root_id, Delivery.channel == INBOX)
        .options(joinedload(Event.statement))
    )


def _list_entries(session: Session, person: Person, before: int | None) -> Sequence[Found]:
    """Return a page of entries, the newest first, and one more if there are others."""
    entries = _entries(person)
    if before is not None:
        entries = entries.where(Delivery.id < before)
    return session.execute(entries.order_by(Delivery.id.desc()).limit(PAGE_ROWS + 1)).all()


def _tell_entries(session: Session, person: Person, rows: Sequence[Found]) -> list[Entry]:
    directory = get_directory(session)
    followed = [delivery for delivery, _event, _thread in rows if delivery.about in TO_OTHERS]
    news = {item.delivery.id: item for item in read_news(session, person, followed, directory, past=True)}
    return [_tell_entry(row, news.get(row[0].id), person, directory) for row in rows]


def _tell_entry(row: Found, news: News | None, person: Person, directory: Directory) -> Entry:
    delivery, event, thread = row
    title, sentence, words = "", "", ""
    if news is not None:
        title, sentence, words = news.title, news.sentence, news.words
    elif delivery.about == CAME_BACK and desk_for(person, thread, directory).reads:
        title, sentence = title_of(thread), tell(event, directory)
    elif delivery.about == PILOT:
        title, sentence = event.data["title"], tell(event, directory)
    elif _is_own(delivery):
        title, sentence = thread.given_title or thread.title, tell(event, directory)
        words = event.statement.text if event.statement else ""
    return Entry(
        delivery.id, thread.reference, title, sentence, words, delivery.created_at, delivery.read_at is None
    )


def _is_own(delivery: Delivery) -> bool:
    """Tell whether the entry is about what the person sent."""
    return delivery.about not in (*TO_OTHERS, CAME_BACK, PILOT)


def _address(session: Session, person: Person, delivery: Delivery, event: Event, thread: Thread) -> str:
    if _is_own(delivery):
        return url_for("tracking.track", token=sign(TRACKING, thread.id))
    if delivery.about == CAME_BACK:
        return url_for("triage.show", reference=thread.reference)
    if delivery.about == PILOT:
        return address_of(session, person, event, get_directory(session))
    return page_address(thread) if thread.is_listed else url_for(".index")
