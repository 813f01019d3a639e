"""The demo's ideas say what they would prevent, and an officer proposes to ask for ideas."""

from collections.abc import Sequence
from datetime import datetime

from portal.core.dates import local_time
from portal.ideas.aiming import propose_aims
from portal.ideas.aims import GONE, list_aims, say_aim
from portal.ideas.call_actions import add_call, set_matters
from portal.ideas.needs import WITHIN
from portal.ideas.proposals import propose_call
from portal.setup.cast import Cast
from portal.threads.actions import lock_thread
from portal.threads.chains import list_chain
from portal.threads.events import resident
from portal.threads.models import Kind, Thread
from portal.triage.asking import days_from, free_code, reason_of_chain, write_texts

CONFIRMED = 2  # of what is proposed for each idea


def aim_ideas(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let two ideas of three have their aims confirmed, by their sender or by the coordinator."""
    ideas = [t for t in threads if t.kind == Kind.IDEA and t.is_listed and t.status not in GONE]
    for place, idea in enumerate(idea for n, idea in enumerate(ideas) if n % 3 != 2):
        thread = lock_thread(cast.session, idea.id)
        by = resident(thread.author) if place % 2 else cast.coordinator(thread)
        aims = list_aims(cast.session, thread.id)
        proposed = propose_aims(cast.session, thread, aims, cast.directory, since=now - WITHIN)
        for target in proposed[:CONFIRMED]:
            say_aim(cast.session, thread, target, holds=True, by=by, now=now)


def propose_a_call(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let the officer of what has come up again propose a call, which waits for the coordinator."""
    again = [t for t in threads if t.kind == Kind.REPORT and t.recurrences and t.is_listed]
    if not again:
        return
    reason = reason_of_chain(list_chain(cast.session, again[-1].id))
    by, texts = cast.worker(again[-1]), write_texts(reason, cast.directory)
    values = {**texts, "incentives": {}, **days_from(local_time(now).date()), "place_id": reason.place_id}
    code = free_code(cast.session, reason, cast.directory)
    call = add_call(cast.session, code, values, by=by, now=now)
    references = [thread.reference for thread in reason.reports]
    set_matters(cast.session, call, references, seen=call.revision, by=by, now=now)
    propose_call(cast.session, call, directory=cast.directory, by=by, now=now)
