"""The demo's panel: a call under review, seats, what a department says, one idea decided, and the log."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.accounts.models import Person, RoleName
from portal.core.dates import local_time
from portal.core.i18n import localized
from portal.ideas.actions import open_for_support
from portal.ideas.call_actions import add_call, enter_call, publish_call
from portal.ideas.calls import Call
from portal.panels.actions import declare, open_review
from portal.panels.appraising import appraise
from portal.panels.decisions import announce, decide, log_other
from portal.panels.knowing import set_knowledge
from portal.panels.models import Review
from portal.panels.queries import list_requests
from portal.setup.cast import Cast
from portal.threads.actions import lock_thread
from portal.threads.events import Actor
from portal.threads.models import Kind, Status, Thread

FILE = Path(__file__).with_name("demo_review.toml")
CODE, PLACE = "closer-to-people", "tangxi"
BEGAN = timedelta(days=50)
LAST_DAYS = {"collects_until": 34, "supports_until": 45, "reviews_until": 60, "decides_until": 70}
IN_CALL = ("social-aid", "committee-service")  # the categories of its ideas
DECIDED = "culture-sport"  # of the idea that is decided
PUT, DONE = timedelta(days=3), timedelta(days=2)  # how long ago it went to the panel, and was decided
KNOWLEDGE = (("social-aid", "committee-service"), ("culture-sport", "volunteering"), ("natural-hazards",))
Words = Mapping[str, Any]


def review_ideas(cast: Cast, threads: Sequence[Thread], now: datetime) -> None:
    """Let the panel have ideas at each turn: just put to it, all seats taken, and decided."""
    said: Words = tomllib.loads(FILE.read_text(encoding="utf-8"))
    panellists = [p for p in cast.staff if any(r.name == RoleName.PANELLIST for r in p.roles)]
    for person, known in zip(panellists, KNOWLEDGE, strict=False):
        set_knowledge(cast.session, person, known, cast.directory)
    for thread in threads:
        log_other(cast.session, thread)
    call = _call(cast, said, now)
    for idea in _ideas(cast, threads, *IN_CALL):
        entered = max(now - BEGAN / 2, idea.changed_at)  # not before it was sent
        enter_call(cast.session, lock_thread(cast.session, idea.id), call, now=entered)
        review = _put(cast, idea, call, panellists, said=said, now=now - PUT)
        is_new = idea.category_id == cast.directory.category_codes[IN_CALL[0]].id
        _sit(cast, idea, review, panellists[: 2 if is_new else 3], now - DONE)
        _appraise(cast, idea, review, said["appraisal"], now - DONE)
    for idea in _ideas(cast, threads, DECIDED)[-1:]:
        _decide(cast, idea, panellists, said, now)


def _ideas(cast: Cast, threads: Sequence[Thread], *categories: str) -> list[Thread]:
    """Return the ideas of these categories on which nothing is decided, as they came."""
    wanted = {cast.directory.category_codes[code].id for code in categories}
    waiting = (Status.RECEIVED, Status.OPEN)
    return [t for t in threads if t.kind == Kind.IDEA and t.status in waiting and t.category_id in wanted]


def _call(cast: Cast, said: Words, now: datetime) -> Call:
    began, by = now - BEGAN, cast.coordinator_of(PLACE)
    first = local_time(began).date()
    days = {name: first + timedelta(days=number) for name, number in LAST_DAYS.items()}
    values = {**said["words"], **days, "opens_on": first, "place_id": cast.directory.place_codes[PLACE].id}
    call = add_call(cast.session, CODE, values, by=by, now=began)
    publish_call(cast.session, call, today=first, seen=call.revision, by=by, now=began)
    return call


def _put(
    cast: Cast, idea: Thread, call: Call | None, people: Sequence[Person], *, said: Words, now: datetime
) -> Review:
    today = local_time(now).date()
    concerned = {idea.author.root_id}
    return open_review(
        cast.session,
        lock_thread(cast.session, idea.id),
        call,
        reason=localized(said["eligible"], idea.language),
        last_day=call.reviews_until if call else today + timedelta(days=14),
        people=[p.id for p in people if p.root_id not in concerned],
        today=today,
        directory=cast.directory,
        by=cast.coordinator_of(PLACE),
        now=now,
    )


def _sit(cast: Cast, idea: Thread, review: Review, people: Sequence[Person], now: datetime) -> None:
    for person in people:
        declare(cast.session, idea, review, person, has_interest=False, interest="", now=now)


def _appraise(cast: Cast, idea: Thread, review: Review, words: Words, now: datetime) -> None:
    for number in list_requests(cast.session, review):
        officer = next((p for p in cast.staff for r in p.roles if r.department_id == number), None)
        by = Actor(officer, "officer")
        appraise(cast.session, review, idea, number, feasibility=4, by=by, now=now, **words)


def _decide(cast: Cast, idea: Thread, people: Sequence[Person], said: Words, now: datetime) -> None:
    """Decide on a small idea without its scores; everybody has been told."""
    by, at = cast.coordinator_of(PLACE), max(idea.changed_at, now - DONE)
    if idea.status == Status.RECEIVED:
        open_for_support(cast.session, idea, by=by, now=at)
    review = _put(cast, idea, None, people, said=said, now=at)
    reason, today = localized(said["decided"], idea.language), local_time(at).date()
    given: dict[str, Any] = {"choice": Status.ADOPT, "reason": reason, "today": today, "by": by, "now": at}
    given |= {name: localized(said[name], idea.language) for name in ("dissent", "without")}
    decision = decide(cast.session, idea, review, None, **given)
    announce(cast.session, decision, idea, now=now)
