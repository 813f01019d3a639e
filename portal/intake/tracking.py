"""Following a submission by its secret link: what happened, and what its sender may do about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.cases.telling import tell_together
from portal.communities.directory import Directory, get_directory
from portal.communities.maps import tell_pin
from portal.communities.plan import position_of
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, DomainError, Invalid, TooMany
from portal.core.forms import Form
from portal.core.guards import by_link
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempt
from portal.core.tokens import sign
from portal.ideas.aims import GONE
from portal.ideas.changing import can_change
from portal.ideas.combining_telling import question_of
from portal.ideas.version_telling import tell_newest
from portal.intake.actions import (
    add_to_submission,
    answer_question,
    say_whether_fixed,
    take_back_submission,
)
from portal.intake.forms import AnswerForm, MoreForm
from portal.intake.queries import TRACKING, find_tracked
from portal.intake.telling import tell_sent, tell_status, tell_visibility
from portal.intake.track_words import open_question, tell_history
from portal.panels.decisions import announce, find_held
from portal.panels.telling import tell_held
from portal.reports.forms import VerdictForm
from portal.reports.models import Answer
from portal.reports.rules import resident_may_judge, resident_may_reopen
from portal.threads.actions import lock_thread
from portal.threads.followers import follow_thread, is_following, stop_following
from portal.threads.gallery import tell_photo_to_sender
from portal.threads.lineage import find_combined
from portal.threads.lines import ROOMS
from portal.threads.models import Kind, Level, Status, Thread
from portal.threads.photos import list_photos_for_sender
from portal.threads.promise_words import tell_promises
from portal.threads.queries import list_events, list_statements
from portal.threads.rules import can_add_words, can_withdraw
from portal.threads.timeline import status_label
from portal.threads.trees import find_survivor
from portal.triage.splitting import list_parts

blueprint = Blueprint("tracking", __name__, url_prefix="/track")

HOUR = timedelta(hours=1)
MOVES_OF_A_LINK = 60  # an hour
ANSWERS = {"fixed": Answer.YES, "partly": Answer.PARTLY, "not_fixed": Answer.NO}  # by the move's name


@dataclass
class Forms:
    """The forms of the page, empty but for the one that was sent."""

    answer: AnswerForm = field(default_factory=lambda: AnswerForm(formdata=None))
    more: MoreForm = field(default_factory=lambda: MoreForm(formdata=None))
    fixed: VerdictForm = field(default_factory=lambda: VerdictForm(formdata=None))


def sent_forms(move: str) -> Forms:
    """Return the forms, that of this move with what was sent."""
    forms = Forms()
    if move == "answer":
        forms.answer = AnswerForm()
    elif move == "more":
        forms.more = MoreForm()
    elif move in ANSWERS:
        forms.fixed = VerdictForm()
    return forms


@blueprint.get("/<token>")
@by_link
def track(token: str) -> ResponseReturnValue:
    thread = find_tracked(db.session(), token)
    return unknown_link() if thread is None else show(token, thread, Forms())


@blueprint.post("/<token>")
@by_link
def act(token: str) -> ResponseReturnValue:
    """Do what the sender asks for; if it can't be done, show the page with what was typed."""
    session, now = db.session(), clock.now()
    found = find_tracked(session, token)
    if found is None:
        return unknown_link()
    name, thread_id = request.form.get("move", ""), found.id
    move, forms = MOVES.get(name, refuse), sent_forms(name)
    try:
        thread = lock_thread(session, thread_id)
        count_move(session, thread, now)
        thanks = move(session, thread, forms, now)
    except (Conflict, Invalid, TooMany) as error:
        session.rollback()
        return show(token, session.get_one(Thread, thread_id), forms, error)
    session.commit()
    flash(thanks, "success")
    return redirect(url_for(".track", token=token), 303)


Move = Callable[[Session, Thread, Forms, datetime], str]


def need_valid(form: Form) -> None:
    if not form.validate():
        raise Invalid()


def give_answer(session: Session, thread: Thread, forms: Forms, now: datetime) -> str:
    need_valid(forms.answer)
    answer_question(session, thread, str(forms.answer.answer.data), now=now)
    return _("Thank you. Your answer is with staff, and it goes on.")


def give_more(session: Session, thread: Thread, forms: Forms, now: datetime) -> str:
    need_valid(forms.more)
    add_to_submission(session, thread, str(forms.more.words.data), now=now)
    return _("Your words have been added.")


def judge_as(answer: Answer) -> "Move":
    """Return the move of a sender who answers this when asked whether it is fixed."""

    def say(session: Session, thread: Thread, forms: Forms, now: datetime) -> str:
        need_valid(forms.fixed)
        why, known = str(forms.fixed.why.data), get_directory(session)
        say_whether_fixed(session, thread, answer, why, directory=known, now=now)
        if answer == Answer.YES:
            return _("Thank you for looking. It is closed as fixed.")
        return _("It has been opened again and goes back to who had it.")

    return say


def take_back(session: Session, thread: Thread, _forms: Forms, now: datetime) -> str:
    take_back_submission(session, thread, now=now)
    return _("You have withdrawn it.")


def tell_all(session: Session, thread: Thread, _forms: Forms, now: datetime) -> str:
    """Make a decision public that the author has read before everybody else."""
    held = find_held(session, thread.id)
    if held is None:
        raise Conflict(_("Everybody knows it already."))
    announce(session, held, thread, now=now)
    return _("Thank you. Everybody can read the decision now.")


def be_quiet(session: Session, thread: Thread, _forms: Forms, now: datetime) -> str:
    stop_following(session, thread, thread.author, now=now)
    return _("We send you nothing more about this. You can always look here.")


def be_told(session: Session, thread: Thread, _forms: Forms, now: datetime) -> str:
    follow_thread(session, thread, thread.author, now=now)
    return _("We write to you again when something happens.")


def refuse(_session: Session, _thread: Thread, _forms: Forms, _now: datetime) -> str:
    raise Conflict(_("Please choose what you want to do."))


MOVES: dict[str, Move] = {
    "answer": give_answer,
    "more": give_more,
    **{name: judge_as(answer) for name, answer in ANSWERS.items()},
    "withdraw": take_back,
    "told": tell_all,
    "quiet": be_quiet,
    "tell": be_told,
}


def count_move(session: Session, thread: Thread, now: datetime) -> None:
    count_attempt(session, "track", f"thread:{thread.id}", most=MOVES_OF_A_LINK, within=HOUR, now=now)


@blueprint.get("/<token>/withdraw")
@by_link
def withdraw(token: str) -> ResponseReturnValue:
    """Ask once more before the submission is taken back."""
    thread = find_tracked(db.session(), token)
    if thread is None:
        return unknown_link()
    if not can_withdraw(thread.status):
        return redirect(url_for(".track", token=token), 303)
    return render_template("intake/withdraw.html", thread=thread, token=token)


def unknown_link() -> ResponseReturnValue:
    return render_template("intake/unknown_link.html"), 404


def show(token: str, thread: Thread, forms: Forms, error: DomainError | None = None) -> ResponseReturnValue:
    session = db.session()
    directory = get_directory(session)
    events = list_events(session, thread.id, "sender")
    page = render_template(
        "intake/track.html",
        thread=thread,
        token=token,
        forms=forms,
        problem=error.message if error else "",
        unsent=unsent_words(forms) if isinstance(error, Conflict) else "",
        status_label=status_label(thread.status),
        status_text=tell_status(thread.status),
        visibility=tell_visibility(thread),
        public_page=public_page(thread),
        held=tell_held(session, thread),
        question=open_question(thread, events),
        entries=tell_history(events, directory),
        photos=[tell_photo_to_sender(photo) for photo in list_photos_for_sender(session, thread)],
        parts=tell_parts(session, thread),
        together=tell_together(session, thread, directory, [event.kind for event in events]),
        survivor_page=survivor_page(session, thread),
        combine_question=question_of(session, thread),
        **tell_words(session, thread, directory),
        **tell_sent(session, thread, directory),
        **choices(thread),
        may_change=can_change(session, thread, clock.now()),
        may_aim=thread.kind == Kind.IDEA and thread.status not in GONE,
        **tell_newest(session, thread),
        promises=tell_promises(thread, directory, clock.now()),
        is_told=is_following(session, thread, thread.author),
    )
    return make_response(page, error.status if error else 200)


def unsent_words(forms: Forms) -> str:
    """Return what was typed, to be shown where its form is no longer offered."""
    return str(forms.answer.answer.data or forms.more.words.data or forms.fixed.why.data or "")


def choices(thread: Thread) -> dict[str, bool]:
    """Return which moves the page offers now."""
    return {
        "may_judge": resident_may_judge(thread.status),
        "may_reopen": resident_may_reopen(thread.status),
        "may_add": can_add_words(thread.status),
        "may_withdraw": can_withdraw(thread.status),
    }


def public_page(thread: Thread) -> str:
    """Return the address of the page that everybody may see, or nothing."""
    return url_for(f"{ROOMS[thread.kind]}.show", reference=thread.reference) if thread.is_listed else ""


def tell_words(session: Session, thread: Thread, directory: Directory) -> dict[str, Any]:
    """Return what the sender wrote, exactly, and where it is."""
    statements = list_statements(session, thread.id)
    return {
        "original": next(s.text for s in statements if s.level == Level.ORIGINAL),
        "added": [s for s in statements if s.level == Level.ADDED],
        "where": directory.full_name(thread.spot_id or thread.place_id),
        "pin": tell_pin(position_of(thread), directory),
    }


def survivor_page(session: Session, thread: Thread) -> str:
    """Return the address of what goes on for something that was joined with it, or nothing."""
    is_joined = thread.status == Status.DUPLICATE
    onward = find_survivor(session, thread.id) if is_joined else find_combined(session, thread)
    return public_page(onward) if onward else ""


def tell_parts(session: Session, thread: Thread) -> list[tuple[Thread, str, str]]:
    """Return what was split off from it and goes on by itself: with its state, and the sender's link."""
    return [
        (part, status_label(part.status), url_for(".track", token=sign(TRACKING, part.id)))
        for part in list_parts(session, thread.id)
        if part.author_id == thread.author_id
    ]
