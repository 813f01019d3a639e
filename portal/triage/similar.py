"""Two submissions that may be the same matter, side by side; and saying that they are not."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import staff_only
from portal.accounts.visits import Visit
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.threads.not_same import say_not_same as keep_not_same
from portal.triage.access import get_thread_for
from portal.triage.comparing import read_side, tell_common
from portal.triage.lists import READERS, back_to, listed

blueprint = Blueprint("staff_similar", __name__, url_prefix="/staff/<reference>/similar")


@blueprint.get("/<other>")
@staff_only(*READERS)
def compare(reference: str, other: str) -> ResponseReturnValue:
    """Show two submissions in full, beside each other, with the ways to join them."""
    v = Visit.begin()
    both = [get_thread_for(v.session, v.person, r, v.directory) for r in (reference, other)]
    first, second = (read_side(v, thread, desk) for thread, desk in both)
    return render_template(
        "triage/compare.html",
        sides=[(first, second), (second, first)],
        common=tell_common(v.session, v.directory, first, second),
        listed=listed(request.args),
        may_join=all(desk.works for _thread, desk in both),
    )


@blueprint.post("/not-same")
@staff_only(*READERS)
def say_not_same(reference: str) -> ResponseReturnValue:
    """Remember that two submissions, both of which the person may read, are different matters."""
    v = Visit.begin()
    thread, desk = get_thread_for(v.session, v.person, parse_reference(reference) or "", v.directory)
    asked = parse_reference(request.form.get("other", "")) or ""
    other, _desk = get_thread_for(v.session, v.person, asked, v.directory)
    keep_not_same(v.session, thread, other, by=desk.actor, now=v.now)
    v.session.commit()
    flash(_("These two are no longer shown as similar."), "success")
    return redirect(back_to(thread, request.args, "similar-title"), 303)
