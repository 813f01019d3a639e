"""The page on which a panellist scores an idea blind, and the one on which they score it anew."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.dates import moment
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import gettext as _
from portal.panels.appraising import tell_appraisals
from portal.panels.idea_words import read_proposal
from portal.panels.models import Seat, SeatState
from portal.panels.queries import list_seats
from portal.panels.rubric import list_yardsticks
from portal.panels.score_access import get_own_seat
from portal.panels.score_forms import ScoreForm, make_form
from portal.panels.scores import Sheet
from portal.panels.scoring import hand_in, read_answers, revise, save_answers
from portal.panels.sealing import count_in, counts, is_revealed, takes_scores, takes_talk

blueprint = Blueprint("scoring", __name__, url_prefix="/staff/reviews")
panellists = staff_only(RoleName.PANELLIST)


@blueprint.get("/<int:number>/score")
@panellists
def score(number: int) -> ResponseReturnValue:
    """Show the idea with the panellist's own answers, and nothing of anybody else."""
    v = Visit.begin()
    seat = get_own_seat(v.session, v.person, number)
    if is_revealed(seat.review, v.now) and seat.state == SeatState.SITTING:
        return redirect(url_for("panel_results.show", number=number))
    return show_sheet(v, seat, sheet_form(v, seat))


@blueprint.post("/<int:number>/score")
@panellists
def save(number: int) -> ResponseReturnValue:
    """Keep the answers as a draft, or hand them in. The page's script hears JSON."""
    v = Visit.begin()
    seat = get_own_seat(v.session, v.person, number)
    form = sheet_form(v, seat)
    hands_in = request.form.get("move") == "hand_in"
    if not form.validate() or (hands_in and not form.is_whole()):
        return answer(v, seat, form, 422)
    try:
        if hands_in:
            hand_in(v.session, seat, form.answers(), seen=form.revision, now=v.now)
        else:
            form.seen.data = save_answers(
                v.session, seat, form.answers(), seen=form.revision, now=v.now
            ).revision
    except (Conflict, Invalid, NotAllowed) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return answer(v, get_own_seat(v.session, v.person, number), form, error.status)
    v.session.commit()
    if wants_json():
        return jsonify(seen=form.revision, text=_("Saved %(moment)s.", moment=moment(v.now)))
    said = _("Handed in. Thank you.") if hands_in else _("Saved as a draft. Only you see it.")
    flash(said, "success")
    return redirect(url_for(".score", number=number), 303)


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def answer(v: Visit, seat: Seat, form: ScoreForm, status: int) -> ResponseReturnValue:
    """Say what stands against it: to a person with the page as they filled it, to the script in a word."""
    if wants_json():
        v.session.rollback()
        said = form.form_errors or [str(errors[0]) for errors in form.errors.values()]
        return jsonify(error=said[0]), status
    return show_sheet(v, seat, form), status


def sheet_form(v: Visit, seat: Seat) -> ScoreForm:
    """Return the form with what the panellist saved last, or with what was sent."""
    sheet = v.session.get(Sheet, seat.id)
    given = read_answers(v.session, seat)
    yardsticks = list_yardsticks(v.session, seat.review)
    return make_form(yardsticks, given, seen=sheet.revision if sheet else 0)


def show_sheet(v: Visit, seat: Seat, form: ScoreForm) -> str:
    takes = takes_scores(seat.review, v.now) and not seat.review.thread.is_closed
    done, awaited = count_in(list_seats(v.session, seat.review))
    return render_template(
        "panels/score.html",
        seat=seat,
        review=seat.review,
        proposal=read_proposal(v.session, seat.review.thread, v.directory),
        appraisals=tell_appraisals(v.session, seat.review, v.directory),
        form=form,
        is_open=seat.state == SeatState.SITTING and seat.done_at is None and takes,
        is_asked=seat.state == SeatState.ASKED and takes,
        done=done,
        awaited=awaited,
    )


@blueprint.route("/<int:number>/revise", methods=["GET", "POST"])
@panellists
def again(number: int) -> ResponseReturnValue:
    """Give other scores after the reveal; the first ones stay beside them."""
    v = Visit.begin()
    seat = get_own_seat(v.session, v.person, number)
    if not counts(seat) or not is_revealed(seat.review, v.now):
        raise NotAllowed()
    form = revised_form(v, seat)
    page = {"review": seat.review, "title": read_proposal(v.session, seat.review.thread, v.directory).title}
    if not form.is_submitted():
        if not takes_talk(seat.review, v.now):
            return redirect(url_for("panel_results.show", number=number))
        return render_template("panels/revise.html", form=form, **page)
    if not form.validate() or not form.is_whole():
        return render_template("panels/revise.html", form=form, **page), 422
    return keep_revised(v, seat, form, page)


def keep_revised(v: Visit, seat: Seat, form: ScoreForm, page: dict[str, Any]) -> ResponseReturnValue:
    number = seat.review_id
    try:
        revise(v.session, seat, form.answers(), seen=form.revision, now=v.now)
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return render_template("panels/revise.html", form=form, **page), error.status
    v.session.commit()
    flash(_("Saved. Your first scores stay beside them."), "success")
    return redirect(url_for("panel_results.show", number=number), 303)


def revised_form(v: Visit, seat: Seat) -> ScoreForm:
    """Return the form with the last scores: the revised one where there is one, else the first."""
    sheet = v.session.get(Sheet, seat.id)
    given = read_answers(v.session, seat) | read_answers(v.session, seat, is_revised=True)
    yardsticks = list_yardsticks(v.session, seat.review)
    return make_form(yardsticks, given, seen=sheet.revision if sheet else 0)
