"""The start page and the steps: words, where, who, check, sent."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import current_person, signed_in_person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import begin_write, db
from portal.core.errors import Conflict, TooMany
from portal.core.guards import public, reads_first
from portal.core.i18n import current_language
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt, count_attempts, network
from portal.core.tokens import digest
from portal.intake import jobs
from portal.intake.actions import discard_draft, places_of, save_step, send_draft
from portal.intake.cookie import DraftKeys, read_keys, tracking_token, write_keys
from portal.intake.forms import StepForm, WhereForm, WhoForm, WordsForm
from portal.intake.models import Draft
from portal.intake.queries import find_draft
from portal.intake.rules import KINDS, fill, fingerprint, first_missing, step_after, step_before
from portal.intake.start import remembered_place, show_start
from portal.intake.telling import numbers_to_ring, tell_draft, tell_sent
from portal.routing.advice import advisor
from portal.routing.rules import choose_route
from portal.threads.actions import find_submission
from portal.threads.models import Thread

blueprint = Blueprint("intake", __name__)
jobs.register()

PATH = "/<any(report, propose, tell):path>"
HOUR = timedelta(hours=1)
SENT_BY_A_BROWSER = 20  # an hour
SENT_FROM_AN_ADDRESS = 300  # an hour; a whole office may share it
BEGUN_FROM_AN_ADDRESS = 900  # drafts an hour: nobody can fill the disk with them


@blueprint.get("/")
@public
def start() -> ResponseReturnValue:
    return show_start()


@blueprint.get(f"{PATH}/")
@public
def begin(path: str) -> ResponseReturnValue:
    return redirect(url_for(".step", path=path, step="words"), 303)


class Visit:
    """One request to a step: who, when, and the draft as this browser has it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.session: Session = db.session()
        self.now = clock.now()
        self.keys: DraftKeys = read_keys()
        self.draft: Draft | None = find_draft(self.session, self.keys.writing.get(path), path, self.now)
        self.answers: dict[str, Any] = self.draft.answers if self.draft else {}

    @property
    def draft_name(self) -> str:
        """Return what the page's forms call the draft by."""
        key = self.keys.writing.get(self.path)
        return digest(key) if key and self.draft else ""

    def is_of_sent_one(self, name: str) -> bool:
        """Tell whether a form was shown for the draft that this browser has sent since."""
        sent = self.keys.sent.get(self.path)
        return bool(name and sent and name == digest(sent))

    def missing(self, before: str) -> str | None:
        return first_missing(self.answers, before, signed_in=signed_in_person() is not None)

    def go(self, step: str) -> Response:
        return self.remember(redirect(url_for("intake.step", path=self.path, step=step), 303))

    def go_to_sent(self) -> Response:
        return self.remember(redirect(url_for("intake.sent", path=self.path), 303))

    def remember(self, response: ResponseReturnValue) -> Response:
        """Give the browser the keys of its drafts, and keep copies of the page from others."""
        made = make_response(response)
        write_keys(made, self.keys)
        made.headers["Cache-Control"] = "no-store"
        return made


@blueprint.route(f"{PATH}/<any(words, where, who, check):step>", methods=["GET", "POST"])
@public
def step(path: str, step: str) -> ResponseReturnValue:
    visit = Visit(path)
    if visit.is_of_sent_one(request.form.get("draft", "")):
        return visit.go_to_sent()
    missing = visit.missing(step)
    if missing:
        has_sent = not visit.draft and path in visit.keys.sent
        return visit.go_to_sent() if has_sent else visit.go(missing)
    if step == "check":
        return visit.remember(show_check(visit))
    form = make_form(visit, step)
    if request.method == "POST":
        return take_step(visit, step, form)
    return visit.remember(show_step(visit, step, form))


def make_form(visit: Visit, step: str) -> StepForm:
    """Return the step's form, filled from what was sent, else from the draft."""
    given = visit.answers.get(step)
    if step == "words":
        return WordsForm(data=given)
    directory = get_directory(visit.session)
    if step == "where":
        place = remembered_place(directory)
        return WhereForm(directory, data=given or {"place": place.code if place else ""})
    signed_in = signed_in_person() is not None
    return WhoForm(signed_in=signed_in, data=given or {"how": "account" if signed_in else ""})


def take_step(visit: Visit, step: str, form: StepForm) -> Response:
    """Keep what was given; go on if it is in order, else show the step with what is wrong."""
    valid = form.validate()
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
    if not valid:
        return visit.remember((show_step(visit, step, form), 422))
    return visit.go("check" if visit.missing("check") is None else step_after(step))


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
        **danger(visit, step),
    )


def danger(visit: Visit, step: str) -> dict[str, Any]:
    """Return the numbers to ring where the words tell of present danger."""
    words = visit.answers.get("words", {}) if step in ("where", "check") else {}
    text = f"{words.get('title', '')}\n{words.get('text', '')}".strip()
    sounds_dangerous = bool(text) and advisor().advise(text).is_danger
    return {"numbers": numbers_here(visit) if sounds_dangerous else []}


def numbers_here(visit: Visit) -> list[tuple[str, str]]:
    """Return the emergency numbers of the place chosen so far."""
    directory = get_directory(visit.session)
    code = visit.answers.get("where", {}).get("place")
    place = directory.place_codes.get(code) or remembered_place(directory)
    return numbers_to_ring(directory, place.id if place else None)


def show_check(visit: Visit, problem: str = "") -> str:
    person = signed_in_person()
    return render_template(
        "intake/check.html",
        path=visit.path,
        back=url_for(".step", path=visit.path, step="who"),
        draft=visit.draft_name,
        seen=fingerprint(visit.answers),
        problem=problem,
        is_verified=person is not None and person.is_verified,
        **tell_draft(visit.path, visit.answers, get_directory(visit.session), person),
        **danger(visit, "check"),
    )


@blueprint.post(f"{PATH}/check")
@public
@reads_first
def send(path: str) -> ResponseReturnValue:
    """Send the draft. Asking the classifier comes before the write, which it must not hold up."""
    visit = Visit(path)
    key = visit.keys.writing.get(path, "")
    if visit.is_of_sent_one(request.form.get("draft", "")):
        return visit.go_to_sent()
    missing = visit.missing("check")
    if visit.draft is None and find_submission(visit.session, digest(key)):
        visit.keys.mark_sent(path)
        return visit.go_to_sent()
    if missing:
        return visit.go(missing)
    if request.form.get("seen") != fingerprint(visit.answers):
        flash(_("This was changed in another window. Please check it once more."), "warning")
        return visit.go("check")
    try:
        submit(visit, key)
    except (TooMany, Conflict) as error:
        visit.session.rollback()
        return visit.remember((show_check(visit, error.message), error.status))
    visit.keys.mark_sent(path)
    return visit.go_to_sent()


def submit(visit: Visit, key: str) -> None:
    session, answers, directory = visit.session, visit.answers, get_directory(visit.session)
    filled = fill(answers)
    place, _spot = places_of(filled, directory)
    person, sender = signed_in_person(), sender_of(visit)
    advice = advisor().advise(f"{filled.title}\n{filled.text}".strip())
    route = choose_route(advice, KINDS[visit.path], place.id, directory)
    begin_write(session)
    count_sending(session, sender, visit.now)
    send_draft(
        session,
        key=digest(key),
        seen=answers,
        token=tracking_token(key),
        signed_in=person,
        directory=directory,
        advice=advice,
        route=route,
        language=current_language(),
        now=visit.now,
    )
    session.commit()


def sender_of(visit: Visit) -> str:
    """Return whose sendings are counted together: a person's, else this browser's."""
    person = current_person(visit.session)
    return f"person:{person.id}" if person else f"browser:{visit.keys.browser}"


def count_sending(session: Session, sender: str, now: datetime) -> None:
    """Raise TooMany when a person or an address sends more than a person or an office would."""
    address = f"address:{network(request.remote_addr)}"
    most = {address: SENT_FROM_AN_ADDRESS, sender: SENT_BY_A_BROWSER}
    count_attempts(session, "submit", most, within=HOUR, now=now)


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
        discard_draft(visit.session, visit.draft)
        visit.session.commit()
    visit.keys.drop(path)
    return visit.go("words")
