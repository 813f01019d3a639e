"""After "this is mine too": what the person has typed may go with what they joined."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import current_person, signed_in_person
from portal.core.errors import Conflict, NotFound, TooMany
from portal.core.guards import public, reads_first
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.core.uploads import takes_files
from portal.intake.actions import discard_draft
from portal.intake.check import count_sending, sender_of
from portal.intake.forms import KEPT_CHARACTERS, JoinedForm
from portal.intake.joins import add_to_joined, keep_joined_words
from portal.intake.photos import (
    MOST_BODY,
    has_changed_photos,
    keep_photos,
    photo_values,
    photos_form,
    receive_for_draft,
)
from portal.intake.rules import PATH
from portal.intake.visit import Visit
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.pages import page_address
from portal.threads.queries import find_listed
from portal.threads.receiving import Received
from portal.threads.votes import has_voted

blueprint = Blueprint("joining", __name__)


@blueprint.route(f"{PATH}/joined/<reference>", methods=["GET", "POST"])
@public
@reads_first
@takes_files(MOST_BODY)
def joined(path: str, reference: str) -> ResponseReturnValue:
    """Offer the draft's words and photos to what was joined; the draft ends with it.

    Without a draft, or for whoever hasn't joined, the page of the submission says all there is.
    """
    visit = Visit(path)
    thread = find_listed(visit.session, parse_reference(reference) or "")
    if thread is None:
        raise NotFound()
    has_joined = has_voted(visit.session, thread.id, current_person(visit.session))
    if visit.draft is None or not has_joined:
        return visit.remember(redirect(page_address(thread), 303))
    if request.method != "POST":
        return show(visit, thread)
    if request.form.get("nothing"):
        return end_without(visit, thread)
    try:
        received = receive_for_draft(visit)
    except TooMany as refused:
        return show(visit, visit.session.get_one(Thread, thread.id), [refused.message], refused.status)
    return take(visit, thread, received)


def take(visit: Visit, thread: Thread, received: Received) -> ResponseReturnValue:
    """Keep what was given with the draft; if it is in order and no file was chosen, add all of it.

    Files that were chosen come back with the question what they show.
    """
    visit.begin_write()
    if visit.draft is None:
        return visit.remember(redirect(page_address(thread), 303))
    form = joined_form(visit)
    valid = form.validate() and not received.problems
    keep_photos(visit, visit.draft, form, received)
    keep_joined_words(visit.draft, (form.words.data or "")[:KEPT_CHARACTERS], now=visit.now)
    visit.session.commit()
    if not valid:
        return show(visit, thread, received.problems, 422)
    return (
        visit.remember(redirect(request.path, 303))
        if has_changed_photos(received)
        else add(visit, thread, form)
    )


def joined_form(visit: Visit) -> JoinedForm:
    """Return the form, filled from what was sent, else from the draft."""
    typed = visit.answers.get("words", {}).get("text", "")
    words = visit.answers.get("joined", {}).get("words", typed)
    return photos_form(enumerate(visit.photos, 1), JoinedForm, data={"words": str(words)})


def show(
    visit: Visit, thread: Thread, problems: Sequence[str] = (), status: int = 200
) -> ResponseReturnValue:
    form = joined_form(visit)
    if request.method == "POST":
        form.validate()
    form.form_errors = list(problems)
    page = render_template(
        "intake/joined.html",
        path=visit.path,
        thread=thread,
        address=page_address(thread),
        **photo_values(visit, form),
        has_account=signed_in_person() is not None,
    )
    return visit.remember((page, status))


def add(visit: Visit, thread: Thread, form: JoinedForm) -> ResponseReturnValue:
    """Add what was typed. It counts as a submission does: nobody adds more than a person would."""
    number, address, person = thread.id, page_address(thread), current_person(visit.session)
    if person is None:
        raise NotFound()
    visit.begin_write()
    if visit.draft is None:
        return visit.remember(redirect(address, 303))
    try:
        count_sending(visit.session, sender_of(visit), visit.now)
        locked = lock_thread(visit.session, number)
        add_to_joined(visit.session, locked, person, visit.draft, form.words.data or "", now=visit.now)
    except (Conflict, TooMany) as refused:
        visit.session.rollback()
        return show(visit, visit.session.get_one(Thread, number), [refused.message], refused.status)
    visit.session.commit()
    visit.keys.drop(visit.path)
    flash(_("Thank you. You are counted, and staff have what you added."), "success")
    return visit.remember(redirect(address, 303))


def end_without(visit: Visit, thread: Thread) -> ResponseReturnValue:
    """Add nothing; what was typed is thrown away."""
    address = page_address(thread)
    visit.begin_write()
    if visit.draft is not None:
        discard_draft(visit.session, visit.draft, now=visit.now)
    visit.session.commit()
    visit.keys.drop(visit.path)
    flash(_("Thank you. You are counted."), "success")
    return visit.remember(redirect(address, 303))
