"""The pages on which coordinators lead reviews: what the panel has, and one idea before it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.ideas.calls import Call
from portal.panels.access import get_led, place_of
from portal.panels.actions import (
    ask_department,
    lock_review,
    move_last_day,
    open_review,
    refuse_idea,
    release,
    seat,
)
from portal.panels.board import Visit, show_idea
from portal.panels.forms import AskForm, DayForm, OpenForm, RefuseForm, SeatForm, SeenForm
from portal.panels.led import list_back, list_led, list_unjudged
from portal.panels.models import Review, Seat
from portal.panels.queries import (
    find_review,
    list_candidates,
    list_requests,
)
from portal.panels.telling import tell_state
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.timeline import status_label
from portal.triage.rows import title_of

blueprint = Blueprint("panels", __name__, url_prefix="/staff/panels")
coordinators = staff_only(RoleName.COORDINATOR)


@blueprint.get("")
@coordinators
def index() -> ResponseReturnValue:
    """Show what waits for a word on eligibility, what the panel has, and what came back."""
    v, day = Visit.begin(), today()
    places = places_reached(v.person, v.directory, RoleName.COORDINATOR)
    return render_template(
        "panels/index.html",
        unjudged=list_unjudged(v.session, places, day),
        running=list_led(v.session, places),
        closed=list_led(v.session, places, closed=True)[:20],
        back=list_back(v.session, places),
        title_of=title_of,
        tell_state=tell_state,
        status_label=status_label,
        today=day,
        now=v.now,
    )


@blueprint.get("/<reference>")
@coordinators
def show(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    return show_idea(v, *get_led(v.session, v.person, reference, v.directory))


@blueprint.post("/<reference>/open")
@coordinators
def open_(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, call = get_led(v.session, v.person, reference, v.directory)
    review = find_review(v.session, thread.id)
    form: Any = OpenForm()
    form.offer(list_candidates(v.session, thread, place_of(thread, call), review, v.directory))

    def do() -> None:
        open_review(
            v.session,
            thread,
            call,
            reason=form.reason.data,
            last_day=form.last_day.data,
            people=form.people.data,
            today=today(),
            directory=v.directory,
            **v.stamp,
        )

    return act(v, thread, form, do, name="open", done=_("The panel has it now."))


@blueprint.post("/<reference>/refuse")
@coordinators
def refuse(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, call = get_led(v.session, v.person, reference, v.directory)
    form: Any = RefuseForm()

    def do() -> None:
        refuse_idea(v.session, thread, call, form.reason.data, today=today(), **v.stamp)

    done = _("It is marked as not eligible, and everybody can read your reason.")
    return act(v, thread, form, do, name="refuse", done=done)


@blueprint.post("/<reference>/seats")
@coordinators
def add_seats(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, call, review = get_reviewed(v, reference)
    form: Any = SeatForm()
    form.offer(list_candidates(v.session, thread, place_of(thread, call), review, v.directory))

    def do() -> None:
        seat(v.session, review, thread, call, form.people.data, directory=v.directory, **v.stamp)

    return act(v, thread, form, do, name="seat", done=_("They are asked to sit."), review=review)


@blueprint.post("/<reference>/seats/<int:number>/release")
@coordinators
def release_seat(reference: str, number: int) -> ResponseReturnValue:
    v = Visit.begin()
    thread, _call, review = get_reviewed(v, reference)
    seat_ = v.session.get(Seat, number)
    if seat_ is None or seat_.review_id != review.id:
        raise NotFound()

    def do() -> None:
        release(v.session, review, thread, seat_, **v.stamp)

    return act(v, thread, SeenForm(), do, name="release", done=_("They no longer sit on it."), review=review)


@blueprint.post("/<reference>/day")
@coordinators
def move_day(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, call, review = get_reviewed(v, reference)
    form: Any = DayForm()

    def do() -> None:
        move_last_day(v.session, review, thread, call, form.last_day.data, today=today(), **v.stamp)

    return act(v, thread, form, do, name="day", done=_("The panel has until that day."), review=review)


@blueprint.post("/<reference>/departments")
@coordinators
def ask(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, _call, review = get_reviewed(v, reference)
    form: Any = AskForm()
    form.offer(v.directory, list_requests(v.session, review))

    def do() -> None:
        ask_department(v.session, review, thread, form.department.data, directory=v.directory, **v.stamp)

    return act(v, thread, form, do, name="ask", done=_("The department is asked."), review=review)


def get_reviewed(v: Visit, reference: str) -> tuple[Thread, Call | None, Review]:
    """Return an idea before the panel; NotFound where it isn't, or the person doesn't lead it."""
    thread, call = get_led(v.session, v.person, reference, v.directory)
    review = find_review(v.session, thread.id)
    if review is None:
        raise NotFound()
    return thread, call, review


def act(
    v: Visit,
    thread: Thread,
    form: Any,
    do: Callable[[], None],
    *,
    name: str,
    done: str,
    review: Review | None = None,
) -> ResponseReturnValue:
    """Do something from the page of an idea, or show the page with what stands against it.

    The idea is locked meanwhile, and its review: Conflict if somebody changed that since the page was made.
    """
    reference, status = thread.reference, 422
    if form.validate():
        try:
            lock_thread(v.session, thread.id)
            if review:
                lock_review(v.session, review, form.seen.data, v.now)
            do()
        except (Conflict, Invalid) as error:
            v.session.rollback()
            form.form_errors.append(error.message)
            status = error.status
        else:
            v.session.commit()
            flash(done, "success")
            return redirect(url_for("panels.show", reference=reference), 303)
    found = get_led(v.session, v.person, reference, v.directory)
    if "seen" in form and not form.seen.errors:
        form.seen.raw_data = None
        review = find_review(v.session, found[0].id)
        form.seen.data = review.revision if review else None
    return show_idea(v, *found, status, **{name: form})
