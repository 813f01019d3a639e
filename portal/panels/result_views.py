"""The page of a review's scores: sealed until the reveal, then discussed until the decision."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.core.forms import Form
from portal.core.i18n import gettext as _
from portal.core.sheets import Cell, csv_response
from portal.panels.idea_words import read_proposal
from portal.panels.models import Review
from portal.panels.queries import find_seat, list_seats
from portal.panels.result_telling import (
    tell_knock_outs,
    tell_lines,
    tell_mark,
    tell_outcome,
)
from portal.panels.results import Scores, list_remarks, read_scores
from portal.panels.score_access import get_review_for
from portal.panels.score_forms import RemarkForm
from portal.panels.scores import Yardstick
from portal.panels.scoring import reveal_early, say_remark
from portal.panels.sealing import all_are_in, count_in, counts, is_revealed, takes_talk
from portal.threads.timeline import role_label

blueprint = Blueprint("panel_results", __name__, url_prefix="/staff/reviews")
of_the_panel = staff_only(RoleName.PANELLIST, RoleName.COORDINATOR)


@blueprint.get("/<int:number>/scores")
@of_the_panel
def show(number: int) -> ResponseReturnValue:
    """Show how many are in; after the reveal what they gave, and what is said about it."""
    v = Visit.begin()
    review, by = get_review_for(v.session, v.person, number, v.directory)
    return show_scores(v, review, is_coordinator=by.role == "coordinator")


def show_scores(
    v: Visit, review: Review, *, is_coordinator: bool, tried: tuple[int, RemarkForm] | None = None
) -> str:
    """Show the page; `tried` is a remark that could not be kept, with its criterion."""
    seats = list_seats(v.session, review)
    done, awaited = count_in(seats)
    seat = find_seat(v.session, review, v.person)
    shown: dict[str, Any] = {
        "review": review,
        "proposal": read_proposal(v.session, review.thread, v.directory),
        "is_coordinator": is_coordinator,
        "done": done,
        "awaited": awaited,
        "is_revealed": is_revealed(review, v.now),
        "may_reveal": is_coordinator and not is_revealed(review, v.now) and all_are_in(seats),
    }
    if not shown["is_revealed"]:
        return render_template("panels/sealed.html", form=Form(), **shown)
    scores, talk = read_scores(v.session, review), takes_talk(review, v.now)
    return render_template(
        "panels/scores.html",
        scores=scores,
        lines=tell_lines(scores),
        outcome=tell_outcome(scores.last),
        first_outcome=tell_outcome(scores.first) if scores.is_revised else "",
        knock_outs=tell_knock_outs(scores),
        tell_mark=tell_mark,
        remarks=remarks_by_criterion(v, review),
        takes_talk=talk,
        may_revise=talk and seat is not None and counts(seat),
        form=RemarkForm(formdata=None),
        tried=tried,
        **shown,
    )


def remarks_by_criterion(v: Visit, review: Review) -> dict[int, list[tuple[str, str, Any]]]:
    """Return name, role and remark, by the number of the criterion."""
    said: dict[int, list[tuple[str, str, Any]]] = {}
    for remark, name in list_remarks(v.session, review):
        told = (name or _("Without a name"), role_label(remark.role), remark)
        said.setdefault(remark.yardstick_id, []).append(told)
    return said


@blueprint.post("/<int:number>/remarks/<int:criterion>")
@of_the_panel
def remark(number: int, criterion: int) -> ResponseReturnValue:
    """Say something about a criterion to the others of the panel."""
    v, form = Visit.begin(), RemarkForm()
    review, by = get_review_for(v.session, v.person, number, v.directory)
    yardstick = v.session.get(Yardstick, criterion)
    if yardstick is None or yardstick.review_id != review.id or not is_revealed(review, v.now):
        raise NotFound()
    is_coordinator = by.role == "coordinator"
    if not form.validate():
        return show_scores(v, review, is_coordinator=is_coordinator, tried=(criterion, form)), 422
    try:
        say_remark(v.session, review, yardstick, form.text.data or "", by=by, now=v.now)
    except Conflict as error:
        v.session.rollback()
        form.text.errors = [error.message]
        review, by = get_review_for(v.session, v.person, number, v.directory)
        return show_scores(v, review, is_coordinator=is_coordinator, tried=(criterion, form)), 409
    v.session.commit()
    return redirect(url_for(".show", number=number, _anchor=f"criterion-{criterion}"), 303)


@blueprint.post("/<int:number>/reveal")
@of_the_panel
def reveal(number: int) -> ResponseReturnValue:
    """Let a coordinator reveal the scores once nobody is awaited any more."""
    v = Visit.begin()
    review, by = get_review_for(v.session, v.person, number, v.directory)
    if by.role != "coordinator":
        raise NotAllowed()
    if not is_revealed(review, v.now):
        reveal_early(v.session, review, by=by, now=v.now)
        v.session.commit()
        flash(_("The scores are revealed."), "success")
    return redirect(url_for(".show", number=number), 303)


@blueprint.get("/<int:number>/scores.csv")
@of_the_panel
def as_file(number: int) -> ResponseReturnValue:
    """Give the scores as a table for a spreadsheet. NotFound before the reveal."""
    v = Visit.begin()
    review, _by = get_review_for(v.session, v.person, number, v.directory)
    if not is_revealed(review, v.now):
        raise NotFound()
    head = (
        _("Criterion"),
        _("Weight"),
        _("Panellist"),
        _("First score"),
        _("Why"),
        _("Revised score"),
        _("Why it was revised"),
    )
    return csv_response(f"scores-{review.thread.reference}", head, rows_of(read_scores(v.session, review)))


def rows_of(scores: Scores) -> Iterator[list[Cell]]:
    """Yield a row for each score, and for each criterion one with the mean."""
    for one, line in zip(scores.judged, tell_lines(scores), strict=True):
        weight = _("must be met") if one.yardstick.is_knock_out else one.yardstick.weight
        for given in one.given:
            revised = given.revised
            yield [
                one.yardstick.name,
                weight,
                given.name,
                tell_mark(given.first, one.yardstick),
                given.first.reason,
                tell_mark(revised, one.yardstick) if revised else "",
                revised.reason if revised else "",
            ]
        yield [one.yardstick.name, weight, _("All together"), line.first_mean or line.mean, "", line.mean, ""]
    yield [tell_outcome(scores.last)]
