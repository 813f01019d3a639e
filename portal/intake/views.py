"""The start page and the way through the steps, from the words to what was sent."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.communities.directory import get_directory
from portal.core.errors import NotFound
from portal.core.guards import public, reads_first
from portal.core.text import clean_text
from portal.core.tokens import digest
from portal.core.uploads import takes_files
from portal.intake import jobs
from portal.intake.actions import discard_draft
from portal.intake.check import check_step
from portal.intake.cookie import tracking_token
from portal.intake.known import known_step, list_while_writing
from portal.intake.photos import MOST_BODY, photos_step
from portal.intake.rules import PATH, STEPS
from portal.intake.start import show_start
from portal.intake.steps import form_step
from portal.intake.telling import tell_sent
from portal.intake.visit import Visit
from portal.threads.actions import find_submission
from portal.threads.models import Thread
from portal.threads.photo_views import send_picture

blueprint = Blueprint("intake", __name__)
ENOUGH_TYPED, LOOKED_AT = 8, 5_000  # characters
jobs.register()

PAGES: dict[str, Callable[[Visit, str], ResponseReturnValue]] = {
    "words": form_step,
    "photos": photos_step,
    "where": form_step,
    "known": known_step,
    "who": form_step,
    "check": check_step,
}


@blueprint.get("/")
@public
def start() -> ResponseReturnValue:
    return show_start()


@blueprint.get(f"{PATH}/")
@public
def begin(path: str) -> ResponseReturnValue:
    return redirect(url_for(".step", path=path, step="words", call=request.args.get("call")), 303)


@blueprint.route(f"{PATH}/<any{STEPS}:step>", methods=["GET", "POST"])
@public
@reads_first
def step(path: str, step: str) -> ResponseReturnValue:
    """Show or take a step. Each begins to write by itself, after what is slow."""
    return serve_step(path, step)


@blueprint.route(f"{PATH}/photos", methods=["GET", "POST"])
@public
@reads_first
@takes_files(MOST_BODY)
def photos(path: str) -> ResponseReturnValue:
    """Show or take the step whose form brings files."""
    return serve_step(path, "photos")


@blueprint.get(f"{PATH}/photos/<key>/<any(large, small):size>")
@public
def draft_photo(path: str, key: str, size: str) -> ResponseReturnValue:
    """Give a picture of the draft that this browser is writing."""
    if key not in [photo.key for photo in Visit(path).photos]:
        raise NotFound()
    return send_picture(key, size)


def serve_step(path: str, step: str) -> ResponseReturnValue:
    visit = Visit(path)
    if visit.is_of_sent_one(request.form.get("draft", "")):
        return visit.go_to_sent()
    missing = visit.missing(step)
    if missing and visit.has_sent():
        return visit.go_to_sent()
    return visit.go(missing) if missing else PAGES[step](visit, step)


@blueprint.post(f"{PATH}/similar")
@public
@reads_first
def similar(path: str) -> ResponseReturnValue:
    """List what is like the words that are being typed. Nothing is written, and nothing kept."""
    visit, typed = Visit(path), clean_text(request.form.get("text", ""))[:LOOKED_AT]
    known = list_while_writing(visit, typed) if len(typed) >= ENOUGH_TYPED else []
    return visit.remember(render_template("intake/similar.html", known=known))


@blueprint.get(f"{PATH}/sent")
@public
def sent(path: str) -> ResponseReturnValue:
    """Show this browser what it sent last on this path."""
    visit = Visit(path)
    key = visit.keys.sent.get(path)
    thread: Thread | None = find_submission(visit.session, digest(key)) if key else None
    if key is None or thread is None:
        return visit.go("words")
    return visit.remember(
        render_template(
            "intake/sent.html",
            path=path,
            thread=thread,
            link=url_for("tracking.track", token=tracking_token(key), _external=True),
            **tell_sent(visit.session, thread, get_directory(visit.session)),
        )
    )


@blueprint.post(f"{PATH}/discard")
@public
def discard(path: str) -> ResponseReturnValue:
    """Throw the draft away, so that nobody else at this screen reads it."""
    visit = Visit(path)
    if visit.draft is not None:
        discard_draft(visit.session, visit.draft, now=visit.now)
        visit.session.commit()
    visit.keys.drop(path)
    return visit.go("words")
