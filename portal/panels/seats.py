"""The pages of panellists: what waits for them, what they declare, and what they know about."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import has_role
from portal.accounts.identity import staff_only
from portal.accounts.models import Person, RoleName
from portal.accounts.visits import Visit
from portal.core.dates import today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext as _
from portal.panels.access import get_seat
from portal.panels.actions import declare
from portal.panels.appraising import tell_appraisals
from portal.panels.forms import DeclareForm, KnowledgeForm
from portal.panels.idea_words import read_proposal
from portal.panels.knowing import list_known_people, may_say_of, set_knowledge, tell_knowledge
from portal.panels.models import SEATED, Review, Seat, SeatState
from portal.panels.queries import list_knowledge, list_own_seats
from portal.panels.sealing import is_revealed, takes_scores
from portal.panels.telling import tell_seat_state, tell_state
from portal.threads.actions import lock_thread
from portal.threads.models import Thread

blueprint = Blueprint("reviews", __name__, url_prefix="/staff/reviews")
panellists = staff_only(RoleName.PANELLIST)
knowing = staff_only(RoleName.PANELLIST, RoleName.COORDINATOR, RoleName.ADMINISTRATOR)


@blueprint.get("")
@panellists
def mine() -> ResponseReturnValue:
    """Show what is due, and what is done, in all calls."""
    v, day = Visit.begin(), today()
    seats = list_own_seats(v.session, v.person)
    running = [s for s in seats if takes_scores(s.review, v.now) and not s.review.thread.is_closed]
    due = [s for s in running if s.state in SEATED and s.done_at is None]
    done = [s for s in reversed(seats) if s not in due]
    return render_template(
        "panels/mine.html",
        due=[(s.review, tell_seat_state(s, v.now)) for s in due],
        done=[(s.review, tell_seat_state(s, v.now), tell_state(s.review, day)) for s in done],
    )


@blueprint.get("/<reference>")
@panellists
def show(reference: str) -> ResponseReturnValue:
    v = Visit.begin()
    return show_seat(v, *get_seat(v.session, v.person, reference), DeclareForm(formdata=None))


@blueprint.post("/<reference>/interest")
@panellists
def declare_(reference: str) -> ResponseReturnValue:
    """Keep what the panellist declares, before they see how to score."""
    v = Visit.begin()
    thread, review, seat = get_seat(v.session, v.person, reference)
    form: Any = DeclareForm()
    if not form.validate():
        return show_seat(v, thread, review, seat, form), 422
    has_interest = form.has_interest.data == "yes"
    try:
        locked = lock_thread(v.session, thread.id)
        said = {"has_interest": has_interest, "interest": form.interest.data}
        declare(v.session, locked, review, v.person, now=v.now, **said)
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return show_seat(v, *get_seat(v.session, v.person, reference), form), error.status
    v.session.commit()
    if has_interest:
        flash(_("Thank you. Somebody else judges this idea."), "success")
        return redirect(url_for("reviews.mine"), 303)
    flash(_("Thank you. You can score it now."), "success")
    return redirect(url_for("scoring.score", number=review.id), 303)


def show_seat(v: Visit, thread: Thread, review: Review, seat: Seat, form: DeclareForm) -> str:
    """Show an idea to a panellist as everybody may read it: without its author's name."""
    return render_template(
        "panels/seat.html",
        thread=thread,
        review=review,
        seat=seat,
        state=tell_state(review, today()),
        seat_state=tell_seat_state(seat, v.now),
        proposal=read_proposal(v.session, thread, v.directory),
        appraisals=tell_appraisals(v.session, review, v.directory),
        may_declare=seat.state in SEATED and takes_scores(review, v.now),
        may_score=seat.state == SeatState.SITTING and takes_scores(review, v.now),
        is_revealed=seat.state == SeatState.SITTING and is_revealed(review, v.now),
        form=form,
    )


@blueprint.get("/knowledge")
@knowing
def people() -> ResponseReturnValue:
    """Show what panellists know about, to whoever may say so."""
    v = Visit.begin()
    if not has_role(v.person, RoleName.COORDINATOR, RoleName.ADMINISTRATOR):
        return redirect(url_for("reviews.knowledge", number=v.person.id))
    found = list_known_people(v.session, v.person, v.directory)
    return render_template("panels/people.html", rows=tell_knowledge(v.session, found, v.directory))


@blueprint.route("/knowledge/<int:number>", methods=["GET", "POST"])
@knowing
def knowledge(number: int) -> ResponseReturnValue:
    """Show what one panellist knows about, and keep what is said of it."""
    v = Visit.begin()
    person = v.session.get(Person, number)
    if person is None or not may_say_of(v.person, person):
        raise NotFound()
    codes = {c.id: c.code for c in v.directory.categories.values()}
    known = [codes[n] for n in list_knowledge(v.session, [person.id])[person.id] if n in codes]
    form: Any = KnowledgeForm(data={"categories": known})
    form.offer(v.directory)
    is_own = person.id == v.person.id
    if not form.is_submitted() or not form.validate():
        page = render_template("panels/knowledge.html", person=person, form=form, is_own=is_own)
        return page, 422 if form.errors else 200
    set_knowledge(v.session, person, form.categories.data, v.directory)
    v.session.commit()
    flash(_("Saved."), "success")
    onward = (
        url_for("reviews.mine") if is_own and has_role(v.person, RoleName.PANELLIST) else url_for(".people")
    )
    return redirect(onward, 303)
