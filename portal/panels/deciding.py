"""The pages on which a coordinator decides on an idea, and the log of decisions for staff."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.web import row_asked_for
from portal.ideas.calls import Call
from portal.panels.access import get_led
from portal.panels.appraising import tell_appraisals
from portal.panels.board import Visit
from portal.panels.decisions import MOST, decide, list_altered, list_log, may_be_decided
from portal.panels.forms import DecideForm
from portal.panels.models import Review
from portal.panels.queries import find_review
from portal.panels.sealing import is_revealed
from portal.panels.telling import tell_deciding_days, tell_decision, tell_held, tell_state
from portal.threads.actions import lock_thread
from portal.threads.models import Status, Thread
from portal.threads.timeline import status_label
from portal.triage.rows import title_of

blueprint = Blueprint("deciding", __name__, url_prefix="/staff/panels")
coordinators = staff_only(RoleName.COORDINATOR)


def has_scores(review: Review | None, now: datetime) -> bool:
    return review is not None and is_revealed(review, now)


@blueprint.get("/<reference>/decide")
@coordinators
def form(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, call = get_led(v.session, v.person, reference, v.directory)
    review = find_review(v.session, thread.id)
    blank = DecideForm(thread.status, is_revealed=has_scores(review, v.now))
    return show_form(v, thread, call, review, blank)


@blueprint.post("/<reference>/decide")
@coordinators
def decide_(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    thread, call = get_led(v.session, v.person, reference, v.directory)
    thread = lock_thread(v.session, thread.id)
    review = find_review(v.session, thread.id)
    filled: Any = DecideForm(thread.status, is_revealed=has_scores(review, v.now))
    if not filled.validate():
        return show_form(v, thread, call, review, filled), 422
    try:
        decide(
            v.session,
            thread,
            review,
            call,
            choice=Status(filled.choice.data),
            reason=filled.reason.data,
            dissent=filled.dissent.data,
            without=filled.without.data if "without" in filled else "",
            again_on=filled.again_on.data,
            today=today(),
            **v.stamp,
        )
    except (Conflict, Invalid) as error:
        v.session.rollback()
        filled.form_errors.append(error.message)
        found = get_led(v.session, v.person, reference, v.directory)
        return show_form(v, *found, find_review(v.session, found[0].id), filled), error.status
    v.session.commit()
    flash(_("It is decided. The author is told first; everybody is told in a day."), "success")
    return redirect(url_for("panels.show", reference=reference), 303)


def show_form(v: Visit, thread: Thread, call: Call | None, review: Review | None, filled: DecideForm) -> str:
    held = tell_held(v.session, thread)
    return render_template(
        "panels/decide.html",
        thread=thread,
        title=title_of(thread),
        form=filled,
        review=review,
        is_revealed=has_scores(review, v.now),
        state=tell_state(review, today()) if review else _("The panel did not review it."),
        status_label=status_label(thread.status),
        appraisals=tell_appraisals(v.session, review, v.directory, waiting=True) if review else [],
        deciding_days=tell_deciding_days(call, today()),
        may_decide=may_be_decided(thread, call, today()) and held is None,
        held=held,
    )


@blueprint.get("/decisions")
@coordinators
def log() -> ResponseReturnValue:
    """Show all that was decided in this coordinator's places, also what is not public yet."""
    v, before = Visit.begin(), row_asked_for("before")
    places = places_reached(v.person, v.directory, RoleName.COORDINATOR)
    rows = list_log(v.session, places=places, before=before)
    shown = rows[:MOST]
    return render_template(
        "panels/log.html",
        rows=[(d.thread, title_of(d.thread), tell_decision(d)) for d in shown],
        altered=list_altered(v.session, shown),
        older=shown[-1].id if len(rows) > MOST else None,
        is_first_page=before is None,
    )
