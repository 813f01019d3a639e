"""Atom feeds of what is public: the newest of a list, and what happens to one submission.

An entry keeps its id for ever; what is hidden is gone at the next reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from portal.communities.directory import Directory, get_directory
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.threads.choices import chosen_labels, read_choice, wish_for
from portal.threads.lines import ROOMS, category_name
from portal.threads.listing import EPOCH, Sort, read_page
from portal.threads.models import Kind
from portal.threads.queries import Published, find_published, list_events, read_shown
from portal.threads.timeline import status_label, tell_timeline

TAG_DATE = "2026"  # when ids of this form began: a tag URI (RFC 4151) names a day
MOST_EVENTS = 50

blueprint = Blueprint("feeds", __name__)


@dataclass(frozen=True)
class Entry:
    id: str
    title: str
    href: str
    by: str
    published: datetime
    updated: datetime
    text: str
    language: str = ""  # of title and text, where it is not that of the reader
    about: str = ""


@blueprint.get("/reports.atom")
@public
def reports() -> ResponseReturnValue:
    return _list_feed(Kind.REPORT, _("Reports"))


@blueprint.get("/ideas.atom")
@public
def ideas() -> ResponseReturnValue:
    return _list_feed(Kind.IDEA, _("Ideas"))


@blueprint.get("/reports/<reference>.atom")
@public
def report(reference: str) -> ResponseReturnValue:
    return _timeline_feed(Kind.REPORT, reference)


@blueprint.get("/ideas/<reference>.atom")
@public
def idea(reference: str) -> ResponseReturnValue:
    return _timeline_feed(Kind.IDEA, reference)


def _list_feed(kind: Kind, title: str) -> ResponseReturnValue:
    """Return the newest of a list whose words are public, narrowed as the list is."""
    session, directory = db.session(), get_directory(db.session())
    choice = replace(read_choice(kind, request.args, directory), sort=Sort.NEW)
    lines = read_page(session, replace(wish_for(choice, directory), is_readable=True)).lines
    labels = chosen_labels(choice, directory)
    narrowed: dict[str, Any] = {name: request.args[name] for name in labels}
    return _answer(
        id_=_tag(f"{ROOMS[kind]}?{urlencode(narrowed)}".rstrip("?")),
        address=_whole(url_for(f"feeds.{ROOMS[kind]}", **narrowed)),
        title=" · ".join([title, *labels.values()]),
        page=_whole(url_for(f"{ROOMS[kind]}.index", **narrowed)),
        entries=_tell_lines(session, lines, directory),
    )


def _tell_lines(session: Session, lines: Sequence[Row[Any]], directory: Directory) -> list[Entry]:
    words = read_shown(session, [line.id for line in lines])
    return [
        Entry(
            id=_tag(line.reference),
            title=line.title,
            href=_whole(url_for(f"{ROOMS[line.kind]}.show", reference=line.reference)),
            by=_("Resident"),
            published=line.created_at,
            updated=line.changed_at,
            text=words[line.id],
            language=line.language,
            about=" · ".join(
                [
                    category_name(line, directory),
                    directory.full_name(line.place_id),
                    status_label(line.status),
                ]
            ),
        )
        for line in lines
    ]


def _timeline_feed(kind: Kind, reference: str) -> ResponseReturnValue:
    """Return what happened to one submission, as its public page tells it, the latest first."""
    session, written = db.session(), parse_reference(reference)
    found = find_published(session, written) if written else None
    if found is None or found.thread.kind != kind:
        raise NotFound()
    thread = found.thread
    return _answer(
        id_=_tag(f"{thread.reference}/timeline"),
        address=_whole(url_for(f"feeds.{kind}", reference=thread.reference)),
        title=thread.title if found.is_readable else thread.reference,
        page=_whole(url_for(f"{ROOMS[kind]}.show", reference=thread.reference)),
        entries=_tell_events(session, found, get_directory(session)),
    )


def _tell_events(session: Session, found: Published, directory: Directory) -> list[Entry]:
    thread, events = found.thread, list_events(session, found.thread.id, "public")[-MOST_EVENTS:]
    told = zip(events, tell_timeline(events, directory, public=True), strict=True)
    page = _whole(url_for(f"{ROOMS[thread.kind]}.show", reference=thread.reference))
    return [
        Entry(
            id=_tag(f"{thread.reference}/{event.sequence}"),
            title=entry.sentence,
            href=page,
            by=entry.role_label,
            published=entry.at,
            updated=entry.at,
            text=entry.words,
        )
        for event, entry in reversed(list(told))
    ]


def _answer(*, id_: str, address: str, title: str, page: str, entries: Sequence[Entry]) -> Response:
    """Return the feed, or 304 to a reader that has it as it is.

    A reader that only says since when is sent the whole: what was hidden since must go there too.
    """
    updated = max((entry.updated for entry in entries), default=EPOCH)
    feed = {"id": id_, "title": title, "page": page, "self": address}
    response = make_response(render_template("threads/feed.xml", feed=feed, entries=entries, updated=updated))
    response.mimetype = "application/atom+xml"
    response.last_modified = updated
    response.add_etag()
    if request.if_none_match.contains(response.get_etag()[0] or ""):
        response.make_conditional(request)
    return response


def _tag(name: str) -> str:
    """Return an id that stays the same wherever the site moves its pages."""
    return f"tag:{urlsplit(_base_url()).hostname},{TAG_DATE}:{name}"


def _whole(path: str) -> str:
    return _base_url() + path


def _base_url() -> str:
    base: str = current_app.extensions["linli_settings"].base_url
    return base
