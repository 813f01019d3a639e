"""The steps that are one form each: words, where, who."""

from datetime import timedelta
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import signed_in_person
from portal.communities.directory import get_directory
from portal.core.dates import today
from portal.core.errors import TooMany
from portal.core.limits import count_attempt, network
from portal.ideas.call_queries import list_collecting
from portal.intake.actions import save_step
from portal.intake.arrival import place_of_browser
from portal.intake.forms import ProposalForm, StepForm, WhereForm, WhoForm, WordsForm
from portal.intake.rules import step_before
from portal.intake.visit import Visit, danger, numbers_here
from portal.intake.where import take_press, tell_map

HOUR = timedelta(hours=1)
BEGUN_FROM_AN_ADDRESS = 900  # drafts an hour: nobody can fill the disk with them


def form_step(visit: Visit, step: str) -> ResponseReturnValue:
    """Show the form of a step, or take what was sent with it."""
    form = make_form(visit, step)
    if request.method == "POST":
        return take_step(visit, step, form)
    return visit.remember(show_step(visit, step, form))


def make_form(visit: Visit, step: str) -> StepForm:
    """Return the step's form, filled from what was sent, else from the draft."""
    given = visit.answers.get(step)
    if step == "words":
        return words_form(visit, given)
    directory = get_directory(visit.session)
    if step == "where":
        return WhereForm(directory, data=given or place_of_browser(directory))
    signed_in = signed_in_person() is not None
    return WhoForm(signed_in=signed_in, data=given or {"how": "account" if signed_in else ""})


def words_form(visit: Visit, given: dict[str, Any] | None) -> WordsForm:
    """Return the form of the words; for an idea with the calls that collect now."""
    if visit.path != "propose":
        return WordsForm(data=given)
    calls = [(call.code, call.name) for call in list_collecting(visit.session, today())]
    return ProposalForm(calls, data=given or {"call": request.args.get("call", "")})


def take_step(visit: Visit, step: str, form: StepForm) -> Response:
    """Keep what was given; go on if it is in order, else show the step with what is wrong."""
    pressed = isinstance(form, WhereForm) and take_press(form)
    valid = form.validate() and not pressed
    visit.begin_write()
    if visit.draft is None:
        visit.keys.drop(visit.path)  # the key of one that is too old
        try:
            count_draft(visit)
        except TooMany as refused:
            visit.session.rollback()
            form.form_errors.append(refused.message)
            return visit.remember((show_step(visit, step, form), refused.status))
    visit.draft = save_step(
        visit.session,
        visit.draft,
        key=visit.keys.begin(visit.path),
        path=visit.path,
        step=step,
        given=form.given(),
        valid=valid,
        now=visit.now,
    )
    visit.answers = visit.draft.answers
    visit.session.commit()
    if pressed:
        return visit.go(step)
    if not valid:
        return visit.remember((show_step(visit, step, form), 422))
    return visit.go_on(step)


def count_draft(visit: Visit) -> None:
    """Raise TooMany when more drafts are begun at one address than a whole office would."""
    address = f"address:{network(request.remote_addr)}"
    count_attempt(visit.session, "draft", address, most=BEGUN_FROM_AN_ADDRESS, within=HOUR, now=visit.now)


def show_step(visit: Visit, step: str, form: StepForm) -> str:
    previous = step_before(step)
    back = url_for(".step", path=visit.path, step=previous) if previous else url_for(".start")
    return render_template(
        f"intake/{step}.html",
        form=form,
        path=visit.path,
        draft=visit.draft_name,
        back=back,
        person=signed_in_person(),
        ring=numbers_here(visit) if step == "words" else [],
        **(tell_map(visit, form) if isinstance(form, WhereForm) else {}),
        **danger(visit, step),
    )
