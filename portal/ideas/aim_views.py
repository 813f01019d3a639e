"""Saying what an idea would prevent: for its sender, where this browser is theirs, and for staff."""

from datetime import timedelta

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person
from portal.communities.directory import Directory, get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.limits import count_attempts, network
from portal.core.references import parse_reference
from portal.ideas.aim_page import show_aims, take_aim
from portal.ideas.aims import aims_as
from portal.threads.events import Actor
from portal.threads.models import Kind, Thread
from portal.threads.queries import find_by_reference

blueprint = Blueprint("aims", __name__, url_prefix="/ideas")
HOUR = timedelta(hours=1)
MOST_OF_A_PERSON, MOST_FROM_AN_ADDRESS = 120, 600  # an hour


@blueprint.get("/<reference>/aims")
@public
def show(reference: str) -> ResponseReturnValue:
    session = db.session()
    directory = get_directory(session)
    thread, _by = find_own(session, reference, directory)
    return show_aims(session, thread, directory, now=clock.now(), back=way_back(thread))


@blueprint.post("/<reference>/aims")
@public
def say(reference: str) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    directory = get_directory(session)
    thread, by = find_own(session, reference, directory)
    most = {
        f"person:{by.id}": MOST_OF_A_PERSON,
        f"address:{network(request.remote_addr)}": MOST_FROM_AN_ADDRESS,
    }
    count_attempts(session, "aim", most, within=HOUR, now=now)
    return take_aim(
        session,
        thread.id,
        request.form,
        directory,
        by=by,
        now=now,
        address=url_for(".show", reference=thread.reference),
        back=way_back(thread),
    )


def find_own(session: Session, reference: str, directory: Directory) -> tuple[Thread, Actor]:
    """Return the idea, and as whom this person speaks of it. NotFound for everybody else."""
    thread = find_by_reference(session, parse_reference(reference) or "")
    by = aims_as(current_person(session), thread, directory) if thread and thread.kind == Kind.IDEA else None
    if thread is None or by is None:
        raise NotFound()
    return thread, by


def way_back(thread: Thread) -> str:
    room = "ideas.show" if thread.is_listed else "triage.show"
    return url_for(room, reference=thread.reference)
