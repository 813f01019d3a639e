"""Short ways to make a move as staff, through the web or without it."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import Person, RoleName
from portal.communities.models import Department, Place
from portal.core.db import db
from portal.reports.actions import mark_fixed, wait_outside
from portal.threads.events import Actor
from portal.threads.merging import merge_threads
from portal.threads.models import Thread
from portal.threads.queries import find_by_reference
from portal.triage.actions import take
from portal.triage.danger import mark_danger
from tests.factories import NOW, add_person, add_role, make_idea, make_report, person

SOON = NOW + timedelta(hours=2)

# What to fill in for each verb.
FILLED: dict[str, dict[str, str]] = {
    "sort": {"category": "noise", "reason": "It is the noise they mean."},
    "idea": {"category": "noise", "reason": "It is a proposal."},
    "take": {},
    "give": {},
    "leave": {},
    "ask": {"question": "Which lamp is it?"},
    "reply": {"reply": "We are on our way."},
    "note": {"note": "Seen there before."},
    "weigh": {"severity": "5", "likelihood": "4", "exposure": "4", "reason": "A school is next to it."},
    "count": {"channel": "phone"},
    "show": {},
    "hide": {"reason": "It names a child."},
    "start": {},
    "outside": {"body": "The power company", "reason": "They must switch off the line."},
    "resume": {},
    "danger": {"reason": "The cable is bare."},
    "no-danger": {"reason": "It carries no power."},
    "fix": {"done": "A new bulb."},
    "stand": {"reason": "We looked: it is mended."},
    "not-ours": {"reason": "The railway's: ring 12306."},
    "no-action": {"reason": "Private ground."},
    "reopen": {"reason": "It broke again."},
    "merge": {"other": "of another report"},  # its reference, from make_ready on
    "part": {"x": ""},
    "open": {},
    "decide": {"decision": "decided_pilot", "reason": "Worth a try."},
}


def add_staff(session: Session, name: str, role: RoleName, place: str, department: str = "") -> Person:
    """Add somebody who works at this place, for this department if there is one."""
    found = session.scalars(select(Place).where(Place.code == place)).one()
    theirs = session.scalars(select(Department).where(Department.code == department)).one_or_none()
    added = add_person(session, name)
    add_role(session, added, role, found, theirs)
    return added


def officer(session: Session, name: str = "officer") -> Actor:
    return Actor(person(session, name), "officer")


def coordinator(session: Session, name: str = "coordinator") -> Actor:
    return Actor(person(session, name), "coordinator")


def titles(page: str) -> list[str]:
    """Return the titles of a staff list's lines, in order."""
    return [title.strip() for title in re.findall(r'class="row__title"[^>]*>([^<]*)<', page)]


def make_ready(session: Session, verb: str) -> Thread:
    """Make a thread whose state permits the verb; coordinators and officers work it."""
    by = officer(session)
    if verb in ("open", "decide"):
        return make_idea(session)
    if verb == "show":
        return make_report(session, author=add_person(session, "passer-by", verified=False))
    report = make_report(session)
    if verb == "merge":
        FILLED["merge"]["other"] = make_report(session, "Dark again at the gate.").reference
    if verb == "part":
        merge_threads(session, report, make_report(session, "Dark again."), by=by, now=SOON)
    if verb in ("reopen", "stand"):
        mark_fixed(session, report, "Done.", by=by, now=SOON)
    if verb == "resume":
        wait_outside(session, report, "The power company", "They come on Monday.", by=by, now=SOON)
    if verb == "no-danger":
        mark_danger(session, report, "The cable is bare.", by=by, now=SOON)
    report.is_doubted = verb == "stand"
    if verb == "leave":
        take(session, report, by=by, now=SOON)
    return report


def post(client: FlaskClient, address: str, fields: dict[str, Any]) -> TestResponse:
    """Send a form as the browser that got its page would: with a token of its session."""
    with client.session_transaction() as cookies:
        cookies["csrf_token"] = "0" * 40
    secret = client.application.secret_key
    token = URLSafeTimedSerializer(str(secret), salt="wtf-csrf-token").dumps("0" * 40)
    return client.post(address, data={"csrf_token": token, **fields})


def post_move(
    client: FlaskClient, reference: str, verb: str, *, seen: int | None = None, queue: str = "", **fields: str
) -> TestResponse:
    """Make a move, reading from the list `queue`, as one who knows all, or what happened up to `seen`."""
    if seen is None:
        seen = look_up(client, reference, lambda thread: thread.last_sequence)
    address = f"/staff/{reference}/{verb}?lang=en&queue={queue}"
    return post(client, address, {"seen": str(seen), **(fields or FILLED[verb])})


def look_up(client: FlaskClient, reference: str, read: Callable[[Thread], Any]) -> Any:
    """Return what `read` finds in the thread as the database has it now."""
    with client.application.app_context():
        thread = find_by_reference(db.session(), reference)
        assert thread is not None
        return read(thread)


def filled_form(**fields: str) -> Any:
    """Return what an action's caller reads of a form, without a form."""
    return SimpleNamespace(**{name: SimpleNamespace(data=value) for name, value in fields.items()})
