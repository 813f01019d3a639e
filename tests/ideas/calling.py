"""Calls for ideas in tests: one that collects now, and ideas in it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core.dates import today
from portal.ideas.call_actions import add_call, enter_call, publish_call
from portal.ideas.calls import Call
from portal.threads.events import Actor
from portal.threads.models import Thread
from tests.factories import NOW, directory, make_idea, person

DAY = timedelta(days=1)


def values(
    session: Session, *, opens: date | None = None, place: str = "liu", **given: Any
) -> dict[str, Any]:
    """Return what a call says: it began yesterday, and each phase has ten days."""
    first = opens or today() - DAY
    texts = {name: {} for name in ("why", "incentives", "decides")}
    days = ("collects_until", "supports_until", "reviews_until", "decides_until")
    return {
        "place_id": directory(session).place_codes[place].id,
        "names": {"en": "Dry cellars", "zh-Hans": "地下室不进水"},
        "theme": {"en": "What keeps the water out?", "zh-Hans": "怎样才不进水？"},
        **texts,
        "opens_on": first,
        **{name: first + 10 * n * DAY for n, name in enumerate(days, 1)},
        **given,
    }


def coordinator(session: Session) -> Actor:
    return Actor(person(session, "coordinator"), "coordinator")


def make_call(session: Session, code: str = "dry-cellars", *, public: bool = True, **given: Any) -> Call:
    """Add a call, and show it to everybody."""
    opens = given.get("opens")
    by = coordinator(session)
    call = add_call(session, code, values(session, **(given | {"opens": None})), by=by, now=NOW)
    if public:
        publish_call(session, call, today=today(), seen=call.revision, by=by, now=NOW)
    if opens is not None:
        for name, day in values(session, opens=opens).items():
            if isinstance(day, date):
                setattr(call, name, day)
    session.flush()
    return call


def make_idea_in(session: Session, call: Call, text: str = "Let us lay drains.", **given: Any) -> Thread:
    idea = make_idea(session, text, **given)
    enter_call(session, idea, call, now=NOW)
    session.flush()
    return idea
