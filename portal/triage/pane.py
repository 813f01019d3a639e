"""What the page of one submission holds: the matter itself, the moves, and what comes after it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from portal.accounts.contacts import list_reachable
from portal.accounts.models import Person
from portal.communities.directory import Directory
from portal.communities.maps import tell_pin
from portal.communities.plan import position_of
from portal.core.i18n import gettext as _
from portal.routing.actions import first_decision
from portal.threads.channels import channel_label
from portal.threads.models import Kind, Thread
from portal.threads.photos import list_photos
from portal.threads.queries import original_words
from portal.threads.timeline import status_label
from portal.triage.access import Desk
from portal.triage.forms import MoveForm
from portal.triage.queries import (
    Choice,
    Queue,
    idea_queue,
    read_after,
    report_queue,
    sorting_desk,
)
from portal.triage.reading import (
    explain_routing,
    read_history,
    read_similar,
    sender_facts,
    tell_photo_to_staff,
    visibility_text,
)
from portal.triage.rows import Line, due_text, kind_label, late_text, lines_for, title_of
from portal.triage.work import form_for, permitted

QUEUES = ("desk", "queue", "ideas")
# What rooms above add: a template, and what it shows to this person of this thread.
sections: dict[str, Callable[["Visit", Thread, Desk], dict[str, Any]]] = {}
COMING = 8  # how many of the queue's next are shown beside


@dataclass(frozen=True)
class Visit:
    """One member of staff asking for a page."""

    session: Session
    person: Person
    directory: Directory
    now: datetime


@dataclass(frozen=True)
class Tried:
    """A move that was not made: its form as it was filled, and what stood against it."""

    verb: str
    form: MoveForm
    conflict: str = ""


def read_pane(visit: Visit, thread: Thread, desk: Desk, tried: Tried | None) -> dict[str, Any]:
    """Return the context of the page."""
    session, directory, now = visit.session, visit.directory, visit.now
    history = read_history(session, thread, directory)
    sender = sender_facts(thread, thread.author, list_reachable(session, thread.author))
    code = queue_code(thread, desk)
    return {
        "thread": thread,
        "desk": desk,
        "title": title_of(thread),
        "words": original_words(session, thread.id),
        "photos": [(photo, tell_photo_to_staff(thread, photo)) for photo in list_photos(session, thread.id)],
        "pin": tell_pin(position_of(thread), directory),
        "status_label": status_label(thread.status),
        "late": late_text(thread, now),
        "facts": _facts(thread, directory, now) + sender,
        "assignee": history.names.get(thread.assignee_id or 0, ""),
        "visibility_text": visibility_text(thread.visibility),
        "routing": explain_routing(thread, first_decision(session, thread.id), directory),
        "entries": history.entries,
        "changes": history.since(tried.form.seen.data or 0) if tried and tried.conflict else [],
        "conflict": tried.conflict if tried else "",
        "similar": read_similar(session, thread, visit.person, directory, now),
        "queue": code,
        "coming": _coming(visit, thread, code),
        "sections": [(template, read(visit, thread, desk)) for template, read in sections.items()],
        **_forms(visit, thread, desk, tried, code),
    }


def _forms(visit: Visit, thread: Thread, desk: Desk, tried: Tried | None, code: str) -> dict[str, Any]:
    """Return a form for each permitted move, the tried one as it was filled."""
    fresh = {"seen": thread.last_sequence, "queue": code}
    forms = {
        verb: form_for(visit.session, verb, thread, visit.directory, formdata=None, data=fresh)
        for verb in permitted(thread, desk)
    }
    if tried is None:
        return {"forms": forms, "tried": "", "tried_form": None, "kept": []}
    tried.form.seen.data, tried.form.seen.raw_data = thread.last_sequence, None
    kept = [] if tried.verb in forms else tried.form.typed()
    if tried.verb in forms:
        forms[tried.verb] = tried.form
    return {"forms": forms, "tried": tried.verb, "tried_form": tried.form, "kept": kept}


def queue_code(thread: Thread, desk: Desk) -> str:
    """Return the list the person comes from, else the one in which this stands."""
    wanted = request.values.get("queue", "")
    if wanted in QUEUES and not (wanted == "desk" and not desk.sorts):
        return wanted
    if thread.kind == Kind.IDEA:
        return "ideas"
    return "desk" if thread.needs_sorting and desk.sorts else "queue"


def _coming(visit: Visit, thread: Thread, code: str) -> list[Line]:
    queue = _queue(visit.person, visit.directory, visit.now, code)
    threads = read_after(visit.session, queue, thread, COMING)
    return lines_for(visit.session, threads, visit.directory, visit.now, queue=code)


def _queue(person: Person, directory: Directory, now: datetime, code: str) -> Queue:
    if code == "desk":
        return sorting_desk(person, directory)
    if code == "ideas":
        return idea_queue(person, directory, Choice(), now)
    return report_queue(person, directory, Choice(), now)


def _facts(thread: Thread, directory: Directory, now: datetime) -> list[tuple[str, str]]:
    category = directory.categories.get(thread.category_id or 0)
    department = directory.departments.get(thread.department_id or 0)
    facts = [
        (_("What it is"), kind_label(thread.kind)),
        (_("Category"), category.name if category else _("None yet")),
        (_("Department"), department.name if department else ""),
        (_("Place"), directory.full_name(thread.place_id)),
        (_("Spot"), directory.places[thread.spot_id].name if thread.spot_id else ""),
        (_("Address"), thread.address),
        (_("How it came"), channel_label(thread.channel)),
        (_("Promise"), late_text(thread, now) or due_text(thread, now)),
    ]
    return [(name, value) for name, value in facts if value]
