"""What the page of one idea before the panel holds, for who leads its review."""

from datetime import date, timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.core.dates import today
from portal.core.forms import Form
from portal.ideas.calls import Call
from portal.panels.access import place_of
from portal.panels.actions import may_be_reviewed
from portal.panels.appraising import tell_appraisals
from portal.panels.assigning import USUAL_SEATS, Candidate, count_free, propose
from portal.panels.decisions import is_held, list_decisions, may_be_decided
from portal.panels.forms import AskForm, DayForm, OpenForm, RefuseForm, SeatForm, SeenForm, tell_candidate
from portal.panels.models import SEATED, Review, Seat
from portal.panels.queries import find_refusal, find_review, list_candidates, list_requests, list_seats
from portal.panels.sealing import is_revealed, takes_scores
from portal.panels.telling import tell_deciding_days, tell_decision, tell_held, tell_seat_state, tell_state
from portal.threads.events import Actor
from portal.threads.models import Thread
from portal.threads.timeline import status_label
from portal.triage.rows import title_of

USUAL_LENGTH = timedelta(days=14)


class Visit(visits.Visit):
    """A coordinator at one of these pages."""

    @property
    def stamp(self) -> dict[str, Any]:
        return {"by": Actor(self.person, "coordinator"), "now": self.now}


def show_idea(
    v: Visit, thread: Thread, call: Call | None, status: int = 200, **tried: Form
) -> ResponseReturnValue:
    """Show an idea before the panel with the forms about it; `tried` are those that could not be kept."""
    review = find_review(v.session, thread.id)
    candidates = list_candidates(v.session, thread, place_of(thread, call), review, v.directory)
    shown = show_review(v, review, candidates) if review else show_unreviewed(v, thread, call, candidates)
    shown["forms"] |= tried
    return (
        render_template(
            "panels/show.html",
            thread=thread,
            title=title_of(thread),
            call=call,
            review=review,
            state=tell_state(review, today()) if review else "",
            held=tell_held(v.session, thread),
            is_revealed=review is not None and is_revealed(review, v.now),
            deciding_days=tell_deciding_days(call, today()),
            may_decide=may_be_decided(thread, call, today()),
            decisions=[tell_decision(d) for d in list_decisions(v.session, thread.id) if d.announced_at],
            hints={c.id: tell_candidate(c) for c in candidates},
            tried=next(iter(tried.values()), None),
            status_label=status_label(thread.status),
            **shown,
        ),
        status,
    )


def show_unreviewed(
    v: Visit, thread: Thread, call: Call | None, candidates: list[Candidate]
) -> dict[str, Any]:
    proposed = [c.id for c in propose(candidates, USUAL_SEATS)]
    begin = {"last_day": first_last_day(call, today()), "people": proposed}
    opening = OpenForm(formdata=None, data=begin)
    opening.offer(candidates)
    return {
        "forms": {"open": opening, "refuse": RefuseForm(formdata=None)},
        "may_open": may_be_reviewed(thread, call, today()) and not is_held(v.session, thread),
        "refusal": find_refusal(v.session, thread.id),
    }


def first_last_day(call: Call | None, day: date) -> date:
    """Return the day that is offered as the last one: that of the call, else in two weeks."""
    return call.reviews_until if call and call.allows("review", day) else day + USUAL_LENGTH


def show_review(v: Visit, review: Review, candidates: list[Candidate]) -> dict[str, Any]:
    seats = list_seats(v.session, review)
    asked_first = sum(s.assigned_at == review.opened_at for s in seats)
    free = count_free(asked_first, sum(s.state in SEATED for s in seats))
    proposed = [c.id for c in propose(candidates, free)]
    seating = SeatForm(formdata=None, data={"seen": review.revision, "people": proposed})
    seating.offer(candidates)
    asking = AskForm(formdata=None, data={"seen": review.revision})
    asking.offer(v.directory, list_requests(v.session, review))
    return {
        "seats": [(s, tell_seat_state(s, v.now), may_be_released(s)) for s in seats],
        "is_running": takes_scores(review, v.now),
        "appraisals": tell_appraisals(v.session, review, v.directory, waiting=True),
        "free": free,
        "forms": {
            "seat": seating,
            "ask": asking,
            "day": DayForm(formdata=None, data={"seen": review.revision, "last_day": review.last_day}),
            "release": SeenForm(formdata=None, data={"seen": review.revision}),
        },
    }


def may_be_released(seat_: Seat) -> bool:
    return seat_.state in SEATED and seat_.done_at is None
