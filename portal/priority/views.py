"""The pages of the committee's votes: asking, voting, the list."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.dates import local_time
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.core.web import row_asked_for
from portal.priority.access import VOTERS, actor_of, can_ask, get_vote_for, voter_ids
from portal.priority.actions import give_voice, open_vote
from portal.priority.forms import AskForm, VoiceForm
from portal.priority.models import Choice, CommitteeVote
from portal.priority.queries import (
    PAGE,
    count_voices,
    find_open_vote,
    find_voice,
    list_closed,
    list_open,
    list_voices,
)
from portal.priority.rules import can_be_voted_on
from portal.priority.telling import choice_label, explain, tell_proposal, tell_result, tell_state
from portal.threads.actions import lock_thread
from portal.threads.models import Kind, Thread
from portal.threads.queries import original_words
from portal.triage.access import desk_for, get_thread_for
from portal.triage.rows import title_of

blueprint = Blueprint("priority", __name__, url_prefix="/staff")
USUAL_LENGTH = timedelta(days=7)


@blueprint.get("/votes")
@staff_only(*VOTERS)
def index() -> ResponseReturnValue:
    """List the votes that wait for this person, the others that are open, and those that are over."""
    v, before = Visit.begin(), row_asked_for("before")
    closed = list_closed(v.session, v.person, v.directory, before)
    return render_template(
        "priority/votes.html",
        waiting=list_open(v.session, v.person, v.directory) if before is None else [],
        closed=closed[:PAGE],
        older=closed[PAGE - 1].id if len(closed) > PAGE else None,
        is_first_page=before is None,
        **tellers(),
    )


def tellers() -> dict[str, Any]:
    return {"title_of": title_of, "tell_proposal": tell_proposal, "tell_result": tell_result}


@blueprint.get("/<reference>/vote")
@staff_only(RoleName.COORDINATOR)
def ask(reference: str) -> ResponseReturnValue:
    """Show the form that asks the committee; a vote that is open is shown instead."""
    v = Visit.begin()
    thread = find_askable(v, reference)
    there = find_open_vote(v.session, thread)
    if there is not None:
        return redirect(url_for(".show", number=there.id))
    return show_form(v, thread, AskForm(data={"ends_on": local_time(v.now + USUAL_LENGTH).date()}))


@blueprint.post("/<reference>/vote")
@staff_only(RoleName.COORDINATOR)
def open_(reference: str) -> ResponseReturnValue:
    v, form = Visit.begin(), AskForm()
    thread = find_askable(v, reference)
    if not form.validate():
        return show_form(v, thread, form), 422
    try:
        vote = open_vote(
            v.session,
            lock_thread(v.session, thread.id),
            question=form.question.data or "",
            proposed=form.proposed.data,
            ends_at=form.ends_at(v.now),
            quorum=form.quorum.data,
            is_public=form.is_public.data,
            directory=v.directory,
            by=actor_of(v.person, thread, v.directory),
            now=v.now,
        )
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return show_form(v, find_askable(v, reference), form), error.status
    number = vote.id
    v.session.commit()
    flash(_("The committee is asked. It stands on the first page of all who may vote."), "success")
    return redirect(url_for(".show", number=number), 303)


def find_askable(v: Visit, reference: str) -> Thread:
    thread, _desk = get_thread_for(v.session, v.person, parse_reference(reference) or "", v.directory)
    if not can_ask(v.person, thread, v.directory):
        raise NotAllowed()
    return thread


def show_form(v: Visit, thread: Thread, form: AskForm) -> str:
    if thread.kind == Kind.IDEA:
        del form.proposed
    return render_template(
        "priority/ask.html",
        thread=thread,
        title=title_of(thread),
        form=form,
        is_open=can_be_voted_on(thread),
        eligible=len(voter_ids(v.session, thread, v.directory)),
    )


@blueprint.get("/votes/<int:number>")
@staff_only(*VOTERS)
def show(number: int) -> ResponseReturnValue:
    v = Visit.begin()
    vote = get_vote_for(v.session, v.person, number, v.directory)
    mine = find_voice(v.session, vote, v.person)
    given = {"choice": mine.choice, "reason": mine.reason.text if mine.reason else ""} if mine else {}
    return show_vote(v, vote, VoiceForm(data=given))


@blueprint.post("/votes/<int:number>")
@staff_only(*VOTERS)
def give(number: int) -> ResponseReturnValue:
    """Vote, or vote otherwise."""
    v, form = Visit.begin(), VoiceForm()
    vote = get_vote_for(v.session, v.person, number, v.directory)
    if not form.validate():
        return show_vote(v, vote, form), 422
    try:
        give_voice(
            v.session,
            vote,
            Choice(form.choice.data),
            form.reason.data or "",
            person=v.person,
            directory=v.directory,
            now=v.now,
        )
    except (Conflict, Invalid) as error:
        v.session.rollback()
        field = form.reason if isinstance(error, Invalid) else form.choice
        field.errors = [error.message]
        return show_vote(v, get_vote_for(v.session, v.person, number, v.directory), form), error.status
    is_over = vote.closed_at is not None
    v.session.commit()
    flash(tell_counted(is_over=is_over), "success")
    return redirect(url_for(".show", number=number), 303)


def tell_counted(*, is_over: bool) -> str:
    """Return what is said to who has voted; theirs may be the voice that ends the vote."""
    if is_over:
        return _("Your vote is counted, and with it the vote is over.")
    return _("Your vote is counted. You can change it until the end.")


def show_vote(v: Visit, vote: CommitteeVote, form: VoiceForm) -> str:
    """Return the page of a vote. While it is open, all who may vote read the words that it is about."""
    thread, is_open = vote.thread, vote.closed_at is None and v.now < vote.ends_at
    desk = desk_for(v.person, thread, v.directory)
    is_read = is_open or desk.reads  # question and reasons may quote what is private
    return render_template(
        "priority/vote.html",
        vote=vote,
        thread=thread,
        question=vote.question.text if is_read else "",
        title=title_of(thread) if is_read else "",
        words=original_words(v.session, thread.id) if is_read else "",
        reads=desk.reads,
        proposal=tell_proposal(vote),
        is_open=is_open,
        state=tell_state(vote, count_voices(v.session, vote, v.directory)) if is_open else "",
        result=tell_result(vote) if vote.closed_at else "",
        voices=[
            (voice.person.name or _("Without a name"), choice_label(Choice(voice.choice)), voice.reason)
            for voice in (list_voices(v.session, vote) if is_read else ())
        ],
        explained=None if vote.is_screening or not is_open else explain(thread, v.directory, v.now),
        form=form,
    )
