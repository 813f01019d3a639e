"""The public pages that reports and ideas have in common: the list, one submission, the votes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person, ensure_person, signed_in_person
from portal.accounts.models import Person
from portal.communities.directory import Directory, get_directory
from portal.communities.maps import tell_pin
from portal.communities.plan import position_of
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import current_language
from portal.core.limits import count_attempts, network
from portal.core.references import parse_reference
from portal.core.text import mask_personal
from portal.core.web import address_with
from portal.threads.choices import (
    Choice,
    category_options,
    chosen_labels,
    place_options,
    read_choice,
    sort_options,
    status_options,
    wish_for,
)
from portal.threads.comment_form import CommentForm, comment_values
from portal.threads.followers import is_following
from portal.threads.gallery import tell_public_photo
from portal.threads.joined import list_joined
from portal.threads.lineage import find_combined, lock_counted
from portal.threads.lines import ROOMS, category_name, tell_lines
from portal.threads.list_map import list_views, tell_map
from portal.threads.listing import Sort, read_page
from portal.threads.models import FIXED, Kind, Status, Thread
from portal.threads.near import distance_options, near_options
from portal.threads.photos import first_photos, list_public_photos
from portal.threads.promise_words import tell_promises
from portal.threads.public_files import address_of
from portal.threads.queries import Published, find_listed, find_published, list_events
from portal.threads.timeline import status_label, tell_timeline
from portal.threads.trees import find_survivor
from portal.threads.votes import cast_vote, has_voted, take_back_vote, votes_are_open

# What rooms above add to the page of one submission: a template, and what it shows of it to this person
# (nothing: it is left out). It stands in the template as `section`.
Section = Callable[[Session, Published, Directory, Person | None], dict[str, Any] | None]
sections: dict[str, Section] = {}
# The same above a public list: a template, and what it shows of what the list is narrowed to.
ListSection = Callable[[Session, Choice, Directory], dict[str, Any] | None]
list_sections: dict[str, ListSection] = {}

HOUR = timedelta(hours=1)
NEAR_M = 500
VOTES_OF_A_PERSON = 60  # an hour
VOTES_FROM_AN_ADDRESS = 600  # an hour; a whole office may share it


def show_list(kind: Kind, *, on_map: bool = False) -> ResponseReturnValue:
    """Show the public list of a kind, alone or beside a map; a search for a reference goes to its page."""
    session = db.session()
    directory = get_directory(session)
    choice = read_choice(kind, request.args, directory)
    reference = parse_reference(choice.query)
    named = find_listed(session, reference) if reference else None
    if named is not None:
        return redirect(page_address(named), 303)
    views = list_views(kind, directory)
    if on_map and not views:
        return redirect(url_for(f"{ROOMS[kind]}.index"), 303)
    page = read_page(
        session,
        wish_for(choice, directory),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        f"{ROOMS[kind]}/index.html",
        choice=choice,
        lines=tell_lines(
            page.lines,
            directory,
            first_photos(session, page.lines),
            by_change=choice.sort == Sort.CHANGED,
        ),
        count=page.count,
        newer=page.newer and address_with(before=page.newer, after=None),
        older=page.older and address_with(after=page.older, before=None),
        fields=filter_fields(directory, current_language(), replace(choice, query="")),
        applied=[
            (label, address_with(**{name: None, "after": None, "before": None}))
            for name, label in chosen_labels(choice, directory).items()
        ],
        views=views,
        file=address_of(choice, "table"),
        sheet=address_of(choice, "sheet"),
        sections=[
            (template, shown)
            for template, read in list_sections.items()
            if (shown := read(session, choice, directory)) is not None
        ],
        **(tell_map(session, page.lines, choice, directory) if on_map else {}),
    )


@lru_cache(512)
def filter_fields(directory: Directory, _language: str, choice: Choice) -> str:
    """Return the fields to narrow a list with, as HTML: a hundred options that seldom change."""
    return render_template(
        "threads/_fields.html",
        choice=choice,
        categories=category_options(directory),
        places=place_options(directory),
        statuses=status_options(choice.kind),
        sorts=sort_options(choice.kind),
        near_options=near_options(directory),
        distances=distance_options(),
    )


def show_one(kind: Kind, reference: str, comment_form: CommentForm | None = None) -> ResponseReturnValue:
    """Show what the public may know of one submission.

    A reference written otherwise, or of the other kind, is sent to its one address. What isn't
    listed is not found, whether or not there is such a number.
    """
    session = db.session()
    written = parse_reference(reference)
    found = find_published(session, written) if written else None
    if found is None:
        raise NotFound()
    if found.thread.kind != kind or reference != written:
        return redirect(page_address(found.thread), 301)
    directory = get_directory(session)
    person = current_person(session)
    events = list_events(session, found.thread.id, "public")
    found = replace(found, events=events)
    return render_template(
        f"{ROOMS[kind]}/show.html",
        thread=found.thread,
        found=found,
        status_label=status_label(found.thread.status),
        category=category_name(found.thread, directory),
        photos=[
            tell_public_photo(photo)
            for photo in list_public_photos(session, found.thread)
            if not (photo.round and found.thread.status in FIXED)  # they stand with what was done
        ],
        timeline_entries=tell_timeline(events, directory, public=True),
        promises=tell_promises(found.thread, directory, clock.now()),
        takes_votes=votes_are_open(found.thread, clock.now()),
        voted=has_voted(session, found.thread.id, person),
        is_verified=person is not None and person.is_verified,
        is_followed=is_following(session, found.thread, signed_in_person()),
        near=_near(found, directory),
        joined=list_joined(session, found.thread.id) if found.is_linked else [],
        survivor=_survivor(session, found.thread),
        combined_into=_combined_into(session, found.thread),
        page_address=page_address,
        sections=[
            (template, shown)
            for template, read in sections.items()
            if (shown := read(session, found, directory, person)) is not None
        ],
        **_where(found, directory),
        **comment_values(session, found, directory, comment_form),
    )


def _survivor(session: Session, thread: Thread) -> Thread | None:
    """Return what goes on in the place of a submission that was joined with it, if the public may see it."""
    survivor = find_survivor(session, thread.id) if thread.status == Status.DUPLICATE else None
    return survivor if survivor and survivor.is_listed else None


def _combined_into(session: Session, thread: Thread) -> Thread | None:
    """Return the idea that this one was combined into, if the public may see it."""
    target = find_combined(session, thread)
    return target if target and target.is_listed else None


def _where(found: Published, directory: Directory) -> dict[str, Any]:
    """Return the place as precisely as the public may know it, and who has the matter."""
    thread = found.thread
    spot = directory.places.get(thread.spot_id or 0) if found.is_readable else None
    department = directory.departments.get(thread.department_id or 0)
    return {
        "place": directory.full_name(thread.place_id),
        "spot": spot.name if spot else None,
        "address": mask_personal(thread.address) if found.is_readable else None,
        "pin": tell_pin(position_of(thread), directory) if found.is_readable else None,
        "department": department,
    }


def _near(found: Published, directory: Directory) -> dict[str, str | int]:
    """Return what the page for following asks for, to hear of what is new near here."""
    thread = found.thread
    spot = directory.places.get(thread.spot_id or 0) if found.is_readable else None
    if found.is_readable and thread.latitude is not None:
        return {"point": f"{thread.latitude:.5f},{thread.longitude:.5f}", "radius": NEAR_M}
    if spot is not None and spot.latitude is not None:
        return {"place": spot.code, "radius": NEAR_M}
    return {"place": directory.places[thread.place_id].code}


def page_address(thread: Thread) -> str:
    """Return the address of a thread's public page."""
    return url_for(f"{ROOMS[thread.kind]}.show", reference=thread.reference)


def give_vote(reference: str, thanks: str) -> ResponseReturnValue:
    """Count whoever is at this browser, once however often they say so; show the page again."""
    session, now = db.session(), clock.now()
    thread, person = find_voter(session, reference, now)
    cast_vote(session, thread, person, now=now)
    session.commit()
    flash(thanks, "success")
    return redirect(page_address(thread), 303)


def withdraw_vote(reference: str, done: str) -> ResponseReturnValue:
    """Take back the vote of whoever is at this browser; show the page again."""
    session, now = db.session(), clock.now()
    thread, person = find_voter(session, reference, now)
    take_back_vote(session, thread, person, now=now)
    session.commit()
    flash(done, "success")
    return redirect(page_address(thread), 303)


def find_voter(session: Session, reference: str, now: datetime) -> tuple[Thread, Person]:
    """Return the thread, locked, and who votes; raises NotFound or TooMany."""
    found = find_listed(session, parse_reference(reference) or "")
    if found is None:
        raise NotFound()
    address = f"address:{network(request.remote_addr)}"
    person = ensure_person(session, now)
    most = {address: VOTES_FROM_AN_ADDRESS, f"person:{person.id}": VOTES_OF_A_PERSON}
    count_attempts(session, "vote", most, within=HOUR, now=now)
    return lock_counted(session, [found.id])[0], person
