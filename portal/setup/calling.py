"""The demo's call for ideas: what was reported again and again is asked of everybody."""

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from portal.core.dates import local_time
from portal.ideas.call_actions import add_call, enter_call, publish_call, put_criterion, set_matters
from portal.setup.cast import Cast
from portal.threads.actions import lock_thread
from portal.threads.models import Kind, Thread

FILE = Path(__file__).with_name("demo_call.toml")
BEGAN = timedelta(days=9)
CODE, PLACE = "safe-charging", "tangxi"
CATEGORY = "fire"  # of the reports that are the reason, and of the ideas that stand in it
LAST_DAYS = {"collects_until": 28, "supports_until": 42, "reviews_until": 56, "decides_until": 70}


def call_for_ideas(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let the coordinator of the whole ask for ideas, and what fits stand in the call."""
    said, began = tomllib.loads(FILE.read_text(encoding="utf-8")), now - BEGAN
    first = local_time(began).date()
    days = {name: first + timedelta(days=number) for name, number in LAST_DAYS.items()}
    place = cast.directory.place_codes[PLACE]
    values = {**said["words"], **days, "opens_on": first, "place_id": place.id}
    session, by = cast.session, cast.coordinator_of(PLACE)
    call = add_call(session, CODE, values, by=by, now=began)
    category = cast.directory.category_codes[CATEGORY].id
    fitting = [thread for thread in threads if thread.category_id == category and thread.is_listed]
    reasons = [thread.reference for thread in fitting if thread.kind == Kind.REPORT]
    set_matters(session, call, reasons, seen=call.revision, by=by, now=began)
    for criterion in said["criteria"]:
        put_criterion(session, call, None, criterion, seen=call.revision, by=by, now=began)
    publish_call(session, call, today=first, seen=call.revision, by=by, now=began)
    for idea in (thread for thread in fitting if thread.kind == Kind.IDEA and not thread.is_closed):
        enter_call(session, lock_thread(session, idea.id), call, now=now)
