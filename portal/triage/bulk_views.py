"""The pages of one move made in many submissions: what would happen, what was done, and undoing it."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.access import has_role
from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.core.dates import local_time
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext, ngettext
from portal.core.references import parse_reference
from portal.threads.models import Thread
from portal.triage.access import desk_for
from portal.triage.bulk import LABELS, MOST, UNDO, Pick, bulk_form, do_bulk, read_picks
from portal.triage.forms import MoveForm
from portal.triage.lists import OPENED_BY, READERS, Listing, open_list
from portal.triage.models import BulkAction
from portal.triage.queries import read_first
from portal.triage.rows import title_of
from portal.triage.taking_back import can_undo, get_bulk, undo_bulk
from portal.triage.work import VERBS

blueprint = Blueprint("bulk", __name__, url_prefix="/staff/bulk")

EVERYBODY = lazy_gettext("The sender can read it, and where the submission is public, everybody can.")
HINTS = {
    "note": lazy_gettext("Only staff read it."),
    **dict.fromkeys(("sort", "idea", "reply", "not-ours", "no-action"), EVERYBODY),
    **dict.fromkeys(("ask", "hide"), lazy_gettext("The sender reads it.")),
}


@blueprint.get("")
@staff_only(*READERS)
def preview() -> ResponseReturnValue:
    """Show what would happen to those that were chosen, and ask for the words, once."""
    v, verb = Visit.begin(), request.args.get("verb", "")
    listing = listing_asked_for(v)
    references = request.args.getlist("pick")
    if "all" in request.args:
        references = [thread.reference for thread in read_first(v.session, listing.queue, MOST)]
    picks = read_picks(v, verb, references) if verb in LABELS else []
    if not picks:
        return lead_back(listing, verb)
    return show_preview(v, listing, verb, picks, bulk_form(v, verb, picks))


@blueprint.post("")
@staff_only(*READERS)
def do() -> ResponseReturnValue:
    v, verb = Visit.begin(), request.args.get("verb", "")
    listing, seen = listing_asked_for(v), read_seen(request.form.getlist("pick"))
    if verb not in LABELS or not seen:
        return lead_back(listing, verb)
    picks = read_picks(v, verb, seen)
    form = bulk_form(v, verb, picks)
    if not form.validate():
        return show_preview(v, listing, verb, picks, form), 422
    try:
        action = do_bulk(v, verb, seen, form)
        v.session.commit()
    except (Conflict, Invalid) as error:
        v.session.rollback()
        form.form_errors = [error.message or _("Nothing was done.")]
        return show_preview(v, listing, verb, read_picks(v, verb, seen), form), error.status
    return redirect(url_for("bulk.show", number=action.id, **listing.arguments), 303)


def lead_back(listing: Listing, verb: str) -> ResponseReturnValue:
    """Go back to the list, and say what was not chosen in it."""
    flash(_("Choose at least one in the list.") if verb else _("Choose what to do with them."), "error")
    return redirect(listing.address(), 303)


def listing_asked_for(v: Visit) -> Listing:
    """Return the list that the address names; the search where it names none for this person."""
    code = request.args.get("queue", "")
    is_theirs = code in OPENED_BY and has_role(v.person, *OPENED_BY[code])
    return open_list(v, code if is_theirs else "search", request.args)


def read_seen(picks: list[str]) -> dict[str, int]:
    """Return what was chosen with the last event that the person knew of each: "123-456-789.4"."""
    parts = [pick.partition(".") for pick in picks[:MOST] if parse_reference(pick.partition(".")[0])]
    return {
        ref: int(last) for ref, _dot, last in parts if last.isascii() and last.isdecimal() and len(last) < 10
    }


def show_preview(v: Visit, listing: Listing, verb: str, picks: list[Pick], form: MoveForm) -> str:
    ready = [pick for pick in picks if not pick.why_not]
    return render_template(
        "triage/bulk.html",
        listing=listing,
        verb=verb,
        label=LABELS[verb],
        form=form,
        ready=ready,
        skipped=[(pick.thread, pick.why_not) for pick in picks if pick.why_not],
        hints=HINTS,
        title_of=title_of,
        onward=url_for("bulk.do", verb=verb, **listing.arguments),
    )


@blueprint.get("/<int:number>")
@staff_only(*READERS)
def show(number: int) -> ResponseReturnValue:
    """Show what this person did to many, and offer to undo it while that is possible."""
    v = Visit.begin()
    action = get_bulk(v.session, v.person, number)
    return render_template("triage/bulk_done.html", listing=listing_asked_for(v), **tell_bulk(v, action))


def tell_bulk(v: Visit, action: BulkAction) -> dict[str, object]:
    """Return what was done and left out, each with a title where the person may still read it."""
    reasons: Mapping[int, str] = dict(action.skipped)
    numbers = [kept["thread"] for kept in action.done] + list(reasons)
    threads = v.session.scalars(select(Thread).where(Thread.id.in_(numbers)).order_by(Thread.id)).all()
    readable = [t for t in threads if desk_for(v.person, t, v.directory).reads]
    return {
        "action": action,
        "label": LABELS.get(action.verb) or VERBS[action.verb].done,
        "done": [t for t in readable if t.id not in reasons and t.id not in action.left],
        "skipped": [(t, reasons[t.id]) for t in readable if t.id in reasons],
        "left": [t for t in readable if t.id in action.left],
        "unreadable": len(threads) - len(readable),
        "can_undo": can_undo(action, v.now),
        "until": f"{local_time(action.at + UNDO):%H:%M}",
        "title_of": title_of,
    }


@blueprint.post("/<int:number>/undo")
@staff_only(*READERS)
def undo(number: int) -> ResponseReturnValue:
    v = Visit.begin()
    action = get_bulk(v.session, v.person, number)
    undo_bulk(v.session, action, v.person, directory=v.directory, now=v.now)
    if action.is_single:
        return lead_to_single(v, action)
    v.session.commit()
    put_back = len(action.done) - len(action.left)
    if put_back:  # what was not, and why, stands on the page
        told = ngettext("%(num)s is as it was before.", "%(num)s are as they were before.", put_back)
        flash(told, "success")
    return redirect(url_for("bulk.show", number=number, **listing_asked_for(v).arguments), 303)


def lead_to_single(v: Visit, action: BulkAction) -> ResponseReturnValue:
    """Say whether a single move is undone, and go to the submission it was made in."""
    reference, is_left = action.done[0]["reference"], bool(action.left)
    if is_left:
        v.session.rollback()
        flash(_("Something else has happened there since: it can’t be undone."), "error")
    else:
        v.session.commit()
        flash(_("Undone: it is as it was before."), "success")
    return redirect(url_for("triage.show", reference=reference, **listing_asked_for(v).arguments), 303)
