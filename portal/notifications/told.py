"""For staff: who was told of a submission, whom to ring, and how the calls went."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT, RoleName
from portal.accounts.visits import Visit
from portal.core.errors import Conflict, Invalid
from portal.core.forms import Form, Needed, ShortText, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.core.web import address_with, row_asked_for
from portal.notifications.calls import (
    PAGE_ROWS,
    list_calls,
    list_untold,
    note_not_reached,
    note_telephone,
    note_told,
    stop_calls,
)
from portal.notifications.queries import Wish, list_deliveries
from portal.notifications.rows import list_lines
from portal.threads.actions import lock_thread
from portal.threads.models import Thread
from portal.threads.timeline import tell
from portal.triage.access import Desk, get_worked
from portal.triage.lists import READERS
from portal.triage.rows import title_of

blueprint = Blueprint("told", __name__, url_prefix="/staff")
NEWEST = 5  # lines in the pane
CALLERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)


class TelephoneForm(Form):
    number = ShortText(
        lazy_gettext("Telephone number"),
        [Needed(lazy_gettext("Please write the number.")), no_longer_than(40)],
    )
    agreed = BooleanField(
        lazy_gettext("The sender has agreed to be rung about this"),
        [InputRequired(lazy_gettext("Please ask the sender first, and tick the box when they agree."))],
    )


def read_told(v: Visit, thread: Thread, desk: Desk) -> dict[str, Any]:
    """Return what the pane says of it; nothing to those who don't work the matter."""
    if not desk.works:
        return {}
    untold = list_untold(v.session, thread)
    found = list_deliveries(v.session, Wish(thread_id=thread.id), None, NEWEST + 1)
    return {
        "lines": list_lines(v.session, found[:NEWEST]),
        "has_more": len(found) > NEWEST,
        "news": [(tell(row.Event, v.directory), row.Event.statement) for row in untold],
        "contact": untold[0].Contact if untold else None,
        "upto": untold[-1].Delivery.id if untold else None,
    }


@blueprint.get("/<reference>/told")
@staff_only(*READERS)
def index(reference: str) -> ResponseReturnValue:
    """List all that was sent about a submission, to whomever."""
    v = Visit.begin()
    thread, _desk = get_worked(v.session, v.person, reference, v.directory)
    return show_told(v, thread, TelephoneForm(formdata=None))


def show_told(v: Visit, thread: Thread, form: TelephoneForm) -> str:
    before = row_asked_for("before")
    found = list_deliveries(v.session, Wish(thread_id=thread.id), before, PAGE_ROWS + 1)
    lines = list_lines(v.session, found[:PAGE_ROWS])
    return render_template(
        "notifications/told.html",
        thread=thread,
        title=title_of(thread),
        form=form,
        lines=lines,
        newest=address_with(before=None) if before else None,
        older=address_with(before=str(lines[-1].number)) if len(found) > PAGE_ROWS else None,
    )


@blueprint.post("/<reference>/call")
@staff_only(*READERS)
def call(reference: str) -> ResponseReturnValue:
    """Keep how a call went: told, not_reached or stop. Sent twice, it counts once."""
    v = Visit.begin()
    found, desk = get_worked(v.session, v.person, reference, v.directory)
    thread = lock_thread(v.session, found.id)
    flash(*_keep(v, thread, desk))
    v.session.commit()
    return redirect(url_for("triage.show", reference=reference, _anchor="told"), 303)


def _keep(v: Visit, thread: Thread, desk: Desk) -> tuple[str, str]:
    """Note how the call went. Return what to say of it, and whether it is a success or a warning."""
    how, upto = request.form.get("how"), request.form.get("upto", "0")
    number = int(upto) if upto.isascii() and upto.isdecimal() and len(upto) < 16 else 0
    if how == "told" and note_told(v.session, thread, number, by=desk.actor, now=v.now):
        return _("Noted: they have been told."), "success"
    if how == "not_reached" and request.form.get("seen") == str(thread.last_sequence):
        note_not_reached(v.session, thread, by=desk.actor, now=v.now)
        return _("Noted: not reached. It stays in the list of calls."), "success"
    if how == "stop" and stop_calls(v.session, thread, by=desk.actor, now=v.now):
        return _("Noted: they are not rung any more."), "success"
    return _("Nothing was noted: somebody has noted it already, or there is nothing to tell."), "warning"


@blueprint.post("/<reference>/telephone")
@staff_only(*READERS)
def telephone(reference: str) -> ResponseReturnValue:
    """Note a number at which the sender has agreed to be rung."""
    v, form = Visit.begin(), TelephoneForm()
    found, desk = get_worked(v.session, v.person, reference, v.directory)
    if not form.validate():
        return show_told(v, found, form), 422
    try:
        note_telephone(
            v.session, lock_thread(v.session, found.id), form.number.data or "", by=desk.actor, now=v.now
        )
    except (Conflict, Invalid) as refused:
        v.session.rollback()
        form.number.errors = [refused.message]
        return show_told(v, v.session.get_one(Thread, found.id), form), refused.status
    v.session.commit()
    flash(_("Noted. What happens from now on stands in the list of calls."), "success")
    return redirect(url_for(".index", reference=reference), 303)


@blueprint.get("/calls")
@staff_only(*CALLERS)
def calls() -> ResponseReturnValue:
    v, after = Visit.begin(), row_asked_for("after") or 0
    found = list_calls(v.session, v.person, v.directory, after)
    shown = found[:PAGE_ROWS]
    return render_template(
        "notifications/calls.html",
        calls=[(thread, title_of(thread), count, since) for thread, _first, count, since in shown],
        directory=v.directory,
        start=address_with(after=None) if after else None,
        onward=address_with(after=str(shown[-1][1])) if len(found) > PAGE_ROWS else None,
    )
