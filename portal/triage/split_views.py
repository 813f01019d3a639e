"""The page on which a message that says several things is split, and put together again."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, NotAllowed
from portal.core.i18n import gettext as _
from portal.core.i18n import ngettext
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.queries import original_words
from portal.triage.access import Desk, get_thread_for
from portal.triage.forms import MoveForm
from portal.triage.lists import back_to, listed
from portal.triage.rows import title_of
from portal.triage.split_forms import SplitForm
from portal.triage.splitting import lock_with_parts, split_thread, undo_split

blueprint = Blueprint("splitting", __name__, url_prefix="/staff/<reference>/split")


def open_to_split(reference: str) -> tuple[Visit, Thread, Desk]:
    """Return the thread to one who says where it goes; NotAllowed for others who read it."""
    v = Visit.begin()
    thread, desk = get_thread_for(v.session, v.person, reference, v.directory)
    if not desk.sorts:
        raise NotAllowed()
    return v, thread, desk


@blueprint.get("")
@staff_only(RoleName.COORDINATOR)
def page(reference: str) -> ResponseReturnValue:
    v, thread, _desk = open_to_split(reference)
    form = SplitForm(
        directory=v.directory, place_id=thread.place_id, formdata=None, data={"seen": thread.last_sequence}
    )
    return show(v, thread, form)


@blueprint.post("")
@staff_only(RoleName.COORDINATOR)
def split(reference: str) -> ResponseReturnValue:
    """Split it, or show the page again with what was typed and what stands against it."""
    v, thread, desk = open_to_split(reference)
    form = SplitForm(directory=v.directory, place_id=thread.place_id)
    if not form.validate():
        return show(v, thread, form, status=422)
    try:
        lock_thread(v.session, thread.id, form.seen.data)
        parts = form.parts(v.directory)
        split_thread(v.session, thread, parts, v.directory, by=desk.actor, now=v.now)
    except Conflict as refused:
        v.session.rollback()
        v, thread, _desk = open_to_split(reference)
        form.seen.data, form.seen.raw_data = thread.last_sequence, None
        return show(v, thread, form, refused.message, 409)
    v.session.commit()
    done = ngettext(
        "%(num)s part goes on by itself now.", "%(num)s parts go on by themselves now.", len(parts)
    )
    flash(done, "success")
    return redirect(back_to(thread, request.args, "parts-title"), 303)


@blueprint.post("/undo")
@staff_only(RoleName.COORDINATOR)
def undo(reference: str) -> ResponseReturnValue:
    """Put it together again, if nothing has happened to a part."""
    v, thread, desk = open_to_split(reference)
    form = MoveForm(verb="unsplit")
    lock_with_parts(v.session, thread)
    if thread.last_sequence != form.seen.data:
        raise Conflict(_("Someone else changed this while you were reading it."))
    undo_split(v.session, thread, by=desk.actor, now=v.now)
    v.session.commit()
    flash(_("It is one again."), "success")
    return redirect(back_to(thread, request.args), 303)


def show(
    v: Visit, thread: Thread, form: SplitForm, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    page_ = render_template(
        "triage/split.html",
        thread=thread,
        title=title_of(thread),
        words=original_words(v.session, thread.id),
        form=form,
        problem=problem,
        listed=listed(request.args),
    )
    return page_, status
