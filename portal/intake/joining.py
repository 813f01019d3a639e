"""After "this is mine too": what the person has typed may go with what they joined."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import current_person, signed_in_person
from portal.core.errors import Conflict, NotFound, TooMany
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.intake.actions import discard_draft
from portal.intake.check import count_sending, sender_of
from portal.intake.forms import JoinedForm
from portal.intake.joins import add_to_joined
from portal.intake.photos import tell_draft_photo
from portal.intake.rules import PATH
from portal.intake.visit import Visit
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.pages import page_address
from portal.threads.queries import find_listed
from portal.threads.votes import has_voted

blueprint = Blueprint("joining", __name__)


@blueprint.route(f"{PATH}/joined/<reference>", methods=["GET", "POST"])
@public
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
    form = JoinedForm(data={"words": str(visit.answers.get("words", {}).get("text", ""))})
    if request.method != "POST":
        return show(visit, thread, form)
    if request.form.get("nothing"):
        return end_without(visit, thread)
    return add(visit, thread, form) if form.validate() else show(visit, thread, form, 422)


def show(visit: Visit, thread: Thread, form: JoinedForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "intake/joined.html",
        path=visit.path,
        thread=thread,
        address=page_address(thread),
        form=form,
        photos=[tell_draft_photo(visit.path, photo) for photo in visit.photos],
        has_account=signed_in_person() is not None,
    )
    return visit.remember((page, status))


def add(visit: Visit, thread: Thread, form: JoinedForm) -> ResponseReturnValue:
    """Add what was typed. It counts as a submission does: nobody adds more than a person would."""
    number, address, person = thread.id, page_address(thread), current_person(visit.session)
    if visit.draft is None or person is None:
        raise NotFound()
    try:
        count_sending(visit.session, sender_of(visit), visit.now)
        locked = lock_thread(visit.session, number)
        add_to_joined(visit.session, locked, person, visit.draft, form.words.data or "", now=visit.now)
    except (Conflict, TooMany) as refused:
        visit.session.rollback()
        form.form_errors.append(refused.message)
        return show(visit, visit.session.get_one(Thread, number), form, refused.status)
    visit.session.commit()
    visit.keys.drop(visit.path)
    flash(_("Thank you. You are counted, and staff have what you added."), "success")
    return visit.remember(redirect(address, 303))


def end_without(visit: Visit, thread: Thread) -> ResponseReturnValue:
    """Add nothing; what was typed is thrown away."""
    address = page_address(thread)
    if visit.draft is not None:
        discard_draft(visit.session, visit.draft, now=visit.now)
    visit.session.commit()
    visit.keys.drop(visit.path)
    flash(_("Thank you. You are counted."), "success")
    return visit.remember(redirect(address, 303))
