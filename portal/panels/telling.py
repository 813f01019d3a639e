"""Reviews and decisions in words: on the public page, for the author, and for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.accounts.access import has_role, places_reached
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.core.dates import date_day
from portal.core.dates import today as today_
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.calls import Call
from portal.panels.access import departments_of, leads
from portal.panels.appraising import list_to_appraise, tell_appraisals
from portal.panels.decisions import HELD, find_held, list_decisions
from portal.panels.led import is_time_to_decide, list_back, list_led, list_unjudged
from portal.panels.models import SEATED, Decision, Review, Seat, SeatState
from portal.panels.queries import (
    REFUSED,
    count_awaited,
    find_refusal,
    find_review,
    find_seat,
    list_requests,
    read_standing,
)
from portal.panels.sealing import counts, takes_scores
from portal.threads.models import Kind, Status, Thread
from portal.threads.queries import Published
from portal.threads.timeline import status_label
from portal.triage.access import Desk

PUBLIC_TEMPLATE = "panels/_public.html"
PANE_TEMPLATE = "panels/_pane.html"
HOME_TEMPLATE = "panels/_home.html"
BEFORE_PANEL = frozenset({"panel.opened", "idea.decided", REFUSED})

SEAT_STATES = {
    SeatState.ASKED: lazy_gettext("Asked, has not said yet whether there is an interest"),
    SeatState.SITTING: lazy_gettext("Sits, no interest"),
    SeatState.RECUSED: lazy_gettext("Has an interest, does not count"),
    SeatState.RELEASED: lazy_gettext("Taken off"),
}


@dataclass(frozen=True)
class Told:
    """One decision as pages show it."""

    number: int
    status: Status
    label: str
    reason: str
    dissent: str
    without: str
    again: str  # the day it comes back, in words
    at: datetime
    is_held: bool  # only the author and staff know it yet
    public_at: datetime  # when everybody is told, or was


def tell_decision(decision: Decision) -> Told:
    again = date_day(decision.again_on) if decision.again_on and decision.came_back_at is None else ""
    return Told(
        decision.id,
        Status(decision.choice),
        status_label(Status(decision.choice)),
        decision.reason,
        decision.dissent,
        decision.without,
        again,
        decision.at,
        decision.announced_at is None,
        decision.announced_at or decision.at + HELD,
    )


def tell_held(session: Session, thread: Thread) -> Told | None:
    """Return a decision on an idea that its author reads before everybody else, or nothing."""
    held = find_held(session, thread.id) if thread.kind == Kind.IDEA else None
    return tell_decision(held) if held else None


def tell_seat_state(seat: Seat, now: datetime) -> str:
    """Return what a panellist has done on an idea so far, or did not do while there was time."""
    if seat.state in SEATED and seat.done_at is None and not takes_scores(seat.review, now):
        return _("Did not hand in")
    if counts(seat):
        return _("Has handed in")
    return str(SEAT_STATES[SeatState(seat.state)])


def tell_state(review: Review, day: date) -> str:
    """Return how far a review is, in a sentence."""
    if review.closed_at is not None:
        return _("Decided.")
    if review.thread.is_closed:
        return _("The idea was withdrawn or joined with another.")
    if review.revealed_at is not None:
        return _("The panel has scored it.")
    if review.last_day < day:
        return _("The panel’s time is over.")
    return _("The panel reviews it until %(day)s.", day=date_day(review.last_day))


def tell_deciding_days(call: Call | None, day: date) -> str:
    """Return when an idea of a call is decided, while that is still to come."""
    if call is None or is_time_to_decide(call, day):
        return ""
    first, last = date_day(call.reviews_until + timedelta(days=1)), date_day(call.decides_until)
    return _("The decision comes from %(first)s to %(last)s.", first=first, last=last)


def tell_public(
    session: Session, found: Published, directory: Directory, _person: Person | None
) -> dict[str, Any] | None:
    """Return what everybody may know of the panel's work on an idea; nothing asked where it has none."""
    if found.thread.kind != Kind.IDEA or not found.happened & BEFORE_PANEL:
        return None
    review = find_review(session, found.thread.id) if "panel.opened" in found.happened else None
    decisions = [d for d in list_decisions(session, found.thread.id) if d.announced_at is not None]
    refusal = find_refusal(session, found.thread.id) if review is None and not decisions else None
    is_decided = review is not None and any(d.review_id == review.id for d in decisions)  # not one before it
    if not (review or decisions or refusal):
        return None
    return {
        "review": review,
        "state": tell_public_state(review, is_decided) if review else "",
        "refusal": refusal.statement.text if refusal and refusal.statement else "",
        "decisions": [tell_decision(d) for d in decisions],
        "appraisals": tell_appraisals(session, review, directory) if review and is_decided else [],
    }


def tell_public_state(review: Review, is_decided: bool) -> str:
    """Return how far a review is, without saying that something is decided before everybody may know."""
    if is_decided:
        return _("The panel reviewed it.")
    if review.revealed_at is None and review.last_day >= today_():
        return _("The panel reviews it until %(day)s.", day=date_day(review.last_day))
    return _("The panel has reviewed it; the decision comes next.")


def read_pane(v: Visit, thread: Thread, desk: Desk) -> dict[str, Any]:
    """Return what the page of an idea says of the panel to this person; nothing for other matters."""
    if thread.kind != Kind.IDEA:
        return {"shown": False}
    review, call = read_standing(v.session, thread)
    is_leader = leads(v.person, thread, call, v.directory)
    mine = find_seat(v.session, review, v.person) if review and not desk.works else None
    held = tell_held(v.session, thread)
    return {
        "shown": is_leader or mine is not None or held is not None,
        "is_leader": is_leader,
        "seat": mine,
        "state": tell_state(review, today_()) if review else "",
        "held": held,
    }


def read_home(v: Visit) -> dict[str, Any] | None:
    """Return what of the panel waits for this person on the first page of staff."""
    waiting = [*_for_coordinator(v), *_for_panellist(v), *_for_department(v)]
    return {"waiting": waiting} if waiting else None


Waiting = tuple[str, str]  # in words, and where


def _for_coordinator(v: Visit) -> Sequence[Waiting]:
    if not has_role(v.person, RoleName.COORDINATOR):
        return []
    places = places_reached(v.person, v.directory, RoleName.COORDINATOR)
    day, led = today_(), list_led(v.session, places)
    new = sum(not refused for _t, _c, refused in list_unjudged(v.session, places, day))
    back = len(list_back(v.session, places))
    free = sum(one.is_short and one.is_running(v.now) for one in led)
    ready = sum(one.is_ready(day, v.now) for one in led)
    told = [
        (_("Ideas that the panel could have: %(number)s", number=new), new),
        (_("Reviews where somebody has an interest and a seat is free: %(number)s", number=free), free),
        (_("Ideas to decide on: %(number)s", number=ready), ready),
        (_("Put off, and back today: %(number)s", number=back), back),
    ]
    return [(text, url_for("panels.index")) for text, count in told if count]


def _for_panellist(v: Visit) -> Sequence[Waiting]:
    if not has_role(v.person, RoleName.PANELLIST):
        return []
    count = count_awaited(v.session, v.person)
    return (
        [(_("Reviews that wait for you: %(number)s", number=count), url_for("reviews.mine"))] if count else []
    )


def _for_department(v: Visit) -> Sequence[Waiting]:
    if not has_role(v.person, *OF_DEPARTMENT):
        return []
    count = sum(not answered for *_row, answered in list_to_appraise(v.session, v.person, v.directory))
    text = _("Ideas on which your department is asked: %(number)s", number=count)
    return [(text, url_for("appraisals.index"))] if count else []


def asked_of(
    session: Session, review: Review, person: Person, thread: Thread, directory: Directory
) -> list[int]:
    """Return the departments of this person that were asked about an idea."""
    mine = departments_of(person, thread, directory)
    return [number for number in list_requests(session, review) if number in mine]
