"""What the page of one submission holds: the matter itself, the moves, and what comes after it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.contacts import list_reachable
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.communities.maps import tell_pin
from portal.communities.plan import position_of
from portal.core.i18n import gettext as _
from portal.routing.actions import first_decision
from portal.threads.channels import channel_label
from portal.threads.joined import list_joined
from portal.threads.models import Status, Thread
from portal.threads.photos import list_photos
from portal.threads.promise_words import Told, tell_promises
from portal.threads.queries import original_words
from portal.threads.timeline import status_label
from portal.threads.trees import find_survivor
from portal.triage.access import Desk, desk_for, readable_among
from portal.triage.forms import MoveForm
from portal.triage.lists import Listing, read_around, tell_count
from portal.triage.reading import (
    explain_routing,
    read_history,
    read_similar,
    sender_facts,
    tell_photo_to_staff,
    visibility_text,
)
from portal.triage.recurring import read_tries
from portal.triage.reply_templates import list_offered
from portal.triage.rows import kind_label, late_text, lines_for, title_of
from portal.triage.splitting import is_untouched, list_parts
from portal.triage.work import form_for, permitted

# What rooms above add: a template, and what it shows to this person of this thread.
sections: dict[str, Callable[[Visit, Thread, Desk], dict[str, Any]]] = {}
# Whether this person judges the thread without knowing who sent it and how many support it.
judged_blind: list[Callable[[Visit, Thread], bool]] = []


@dataclass(frozen=True)
class Tried:
    """A move that was not made: its form as it was filled, and what stood against it."""

    verb: str
    form: MoveForm
    conflict: str = ""


def read_pane(
    visit: Visit, thread: Thread, desk: Desk, listing: Listing, tried: Tried | None
) -> dict[str, Any]:
    """Return the context of the page."""
    session, directory, now = visit.session, visit.directory, visit.now
    history = read_history(session, thread, directory)
    promises = tell_promises(thread, directory, now)
    is_blind = any(judges(visit, thread) for judges in judged_blind)
    sender = [] if is_blind else sender_facts(thread, thread.author, list_reachable(session, thread.author))
    return {
        "thread": thread,
        "is_blind": is_blind,
        "desk": desk,
        "title": title_of(thread),
        "words": original_words(session, thread.id),
        "photos": [(photo, tell_photo_to_staff(thread, photo)) for photo in list_photos(session, thread.id)],
        "pin": tell_pin(position_of(thread), directory),
        "status_label": status_label(thread.status),
        "late": late_text(thread, now),
        "facts": _facts(thread, directory, promises) + sender,
        "promises": promises,
        "assignee": history.names.get(thread.assignee_id or 0, ""),
        "visibility_text": visibility_text(thread.visibility),
        "routing": explain_routing(thread, first_decision(session, thread.id), directory),
        "entries": history.entries,
        "changes": history.since(tried.form.seen.data or 0) if tried and tried.conflict else [],
        "conflict": tried.conflict if tried else "",
        **_tell_survivor(visit, thread),
        **_tell_tied(visit, thread),
        **_tell_parts(session, thread, desk),
        "similar": read_similar(session, thread, visit.person, directory, now),
        "sections": [(template, read(visit, thread, desk)) for template, read in sections.items()],
        "templates": list_offered(session, thread, visit.person, directory, permitted(thread, desk), now=now),
        **_beside(visit, thread, listing),
        **_forms(visit, thread, desk, tried),
    }


def _tell_tied(visit: Visit, thread: Thread) -> dict[str, Any]:
    """Return what was joined with a thread and what came before it, without words the person may not read."""
    joined, tries = list_joined(visit.session, thread.id), read_tries(visit.session, thread.id)
    others = {one.thread.id for one in joined} | {one.thread.id for one in tries} - {thread.id}
    readable = readable_among(visit.session, visit.person, visit.directory, others) | {thread.id}
    return {
        "joined": [one for one in joined if one.thread.id in readable],
        "tries": [one if one.thread.id in readable else replace(one, words="") for one in tries],
    }


def _tell_survivor(visit: Visit, thread: Thread) -> dict[str, Any]:
    """Return what goes on for a thread that was joined with it, and whether the person works that too."""
    if thread.status != Status.DUPLICATE:
        return {"survivor": None, "may_part": False, "survivor_title": ""}
    survivor = find_survivor(visit.session, thread.id) or thread
    desk = desk_for(visit.person, survivor, visit.directory)
    title = title_of(survivor) if desk.reads else survivor.reference
    return {"survivor": survivor, "may_part": desk.works, "survivor_title": title}


def _tell_parts(session: Session, thread: Thread, desk: Desk) -> dict[str, Any]:
    """Return what was split off, and what may be done about that here."""
    parts, sorts_open = list_parts(session, thread.id), desk.sorts and not thread.is_closed
    return {
        "parts": [(part, status_label(part.status)) for part in parts],
        "may_split": sorts_open,
        "may_undo_split": sorts_open and bool(parts) and all(is_untouched(part) for part in parts),
    }


def _forms(visit: Visit, thread: Thread, desk: Desk, tried: Tried | None) -> dict[str, Any]:
    """Return a form for each permitted move, the tried one as it was filled."""
    fresh = {"seen": thread.last_sequence}
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


def _beside(visit: Visit, thread: Thread, listing: Listing) -> dict[str, Any]:
    """Return the list beside, with this thread open in it, and the ways to its neighbours."""
    around = read_around(visit.session, listing, thread)
    threads = [*around.before, thread, *around.after]
    return {
        "listing": listing,
        "lines": lines_for(
            visit.session, threads, visit.directory, visit.now, listing=listing, reading=thread
        ),
        "count": around.count,
        "count_text": tell_count(listing, around.count),
        "onward": around.onward,
        "previous": listing.address_of(around.before[-1]) if around.before else "",
        "following": listing.address_of(around.after[0]) if around.after else "",
    }


def _facts(thread: Thread, directory: Directory, promises: list[Told]) -> list[tuple[str, str]]:
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
        *(told.fact for told in promises),
    ]
    return [(name, value) for name, value in facts if value]
