"""The step that shows what neighbours have sent already: "this is mine too", or go on."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.communities.directory import Directory, get_directory
from portal.core.errors import Conflict, NotFound, TooMany
from portal.core.i18n import gettext as _
from portal.core.positions import parse_point
from portal.intake.actions import places_of, save_step
from portal.intake.forms import DifferenceForm
from portal.intake.joins import join
from portal.intake.rules import KINDS, step_before
from portal.intake.start import remembered_place
from portal.intake.visit import Visit, numbers_here
from portal.routing.advice import Advice, advisor
from portal.threads.pages import find_voter
from portal.threads.queries import list_listed
from portal.threads.similar import MOST_SHOWN, Matter, find_similar
from portal.threads.similar_lines import SimilarLine, tell_similar


def known_step(visit: Visit, _step: str) -> ResponseReturnValue:
    """Show what is similar and near, or take what the person says of it. Nothing similar: go on."""
    if request.method != "POST":
        return show_known(visit)
    if request.form.get("join"):
        return join_known(visit, request.form["join"])
    form = DifferenceForm()
    if not form.validate():
        return show_known(visit, status=422, form=form)
    return pass_by(visit, request.form.getlist("shown"), str(form.difference.data))


def show_known(
    visit: Visit, problem: str = "", status: int = 200, form: DifferenceForm | None = None
) -> ResponseReturnValue:
    """Show what is similar; for an idea with the question what is different about it."""
    said = visit.answers.get("known", {}).get("difference", "")
    directory = get_directory(visit.session)
    words = visit.answers["words"]
    advice = advisor().advise(f"{words['title']}\n{words['text']}".strip())
    known = find_known(visit, advice, directory)
    if not known and not problem and not said:
        return visit.go_on("known")
    page = render_template(
        "intake/known.html",
        path=visit.path,
        draft=visit.draft_name,
        known=known,
        problem=problem,
        form=(form or DifferenceForm(formdata=None, data={"difference": said}))
        if visit.path == "propose"
        else None,
        back=url_for("intake.step", path=visit.path, step=step_before("known")),
        numbers=numbers_here(visit) if advice.is_danger else [],
    )
    return visit.remember((page, status))


def find_known(visit: Visit, advice: Advice, directory: Directory) -> list[SimilarLine]:
    """Return what neighbours have sent that may be the draft's matter."""
    matter = matter_of_draft(visit, advice, directory)
    return tell_similar(
        visit.session, find_similar(visit.session, matter, directory, now=visit.now), directory
    )


def matter_of_draft(visit: Visit, advice: Advice, directory: Directory) -> Matter:
    words, where = visit.answers["words"], visit.answers["where"]
    place, spot = places_of(where["place"], where["spot"], directory)
    return Matter(
        text=f"{words['title']}\n{words['text']}".strip(),
        kind=KINDS[visit.path],
        place_id=place.id,
        spot_id=spot.id if spot else None,
        pin=parse_point(where.get("pin")),
        likely=likely_categories(advice, directory),
    )


def likely_categories(advice: Advice, directory: Directory) -> dict[int, float]:
    """Return how probable the classifier holds each category that it thought of."""
    if advice.said is None:
        return {}
    chances = [*advice.said.alternatives, (advice.said.category, advice.said.probability)]
    codes = directory.category_codes
    return {codes[code].id: chance for code, chance in chances if code in codes}


def join_known(visit: Visit, reference: str) -> ResponseReturnValue:
    """Count whoever is at this browser with what they chose; then ask whether they want to add something."""
    visit.begin_write()
    try:
        thread, person = find_voter(visit.session, reference, visit.now)
        join(visit.session, thread, person, now=visit.now)
    except (Conflict, NotFound, TooMany) as error:
        visit.session.rollback()
        return show_known(visit, error.message or _("That one is no longer there."), error.status)
    reference = thread.reference
    visit.session.commit()
    target = url_for("joining.joined", path=visit.path, reference=reference)
    return visit.remember(redirect(target, 303))


def list_while_writing(visit: Visit, text: str) -> list[SimilarLine]:
    """Return what neighbours have sent that is like a text which is still being written, near here."""
    directory = get_directory(visit.session)
    place = remembered_place(directory)
    whole = next(iter(directory.children(None)))
    matter = Matter(
        text=text, kind=KINDS[visit.path], place_id=(place or whole).id, spot_id=None, pin=None, likely={}
    )
    found = find_similar(visit.session, matter, directory, now=visit.now)
    return tell_similar(visit.session, found, directory)


def pass_by(visit: Visit, shown: list[str], difference: str) -> ResponseReturnValue:
    """None of these is theirs: keep which were shown and what is said to be different, and go on."""
    visit.begin_write()
    if visit.draft is None:
        return visit.go("words")
    passed_by = [thread.id for thread in list_listed(visit.session, shown[:MOST_SHOWN])]
    visit.draft = save_step(
        visit.session,
        visit.draft,
        key=visit.keys.begin(visit.path),
        path=visit.path,
        step="known",
        given={"passed_by": passed_by, "difference": difference if visit.path == "propose" else ""},
        valid=True,
        now=visit.now,
    )
    visit.answers = visit.draft.answers
    visit.session.commit()
    return visit.go_on("known")
