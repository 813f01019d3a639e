"""Calls that officers propose, as coordinators meet them: on their first page, and answered by one form."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import visits
from portal.accounts.access import has_role, places_reached
from portal.accounts.identity import staff_only
from portal.accounts.models import RoleName
from portal.core.errors import Conflict, NotFound
from portal.core.forms import Form, LongText, Needed, no_longer_than
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy_gettext
from portal.ideas.call_desk import Visit, get_call
from portal.ideas.proposals import find_proposal, list_waiting, refuse_proposal

blueprint = Blueprint("proposals", __name__, url_prefix="/staff/ideas/calls")
WAITING = "ideas/_proposals_waiting.html"
MAX_REASON = 2_000


class RefuseForm(Form):
    why = LongText(
        lazy_gettext("Why not now"),
        [Needed(lazy_gettext("Please give a reason.")), no_longer_than(MAX_REASON)],
        description=lazy_gettext("Who proposed it reads this."),
    )


@blueprint.route("/<code>/not-now", methods=["GET", "POST"])
@staff_only(RoleName.COORDINATOR)
def not_now(code: str) -> ResponseReturnValue:
    """Say why a proposed call is not made now."""
    v = Visit.begin()
    call, form = get_call(v, code), RefuseForm()
    proposal = find_proposal(v.session, call)
    if proposal is None:
        raise NotFound()
    shown = {"call": call, "form": form, "waits": proposal.waits and call.published_at is None}
    if not form.is_submitted():
        return render_template("ideas/proposal_refused.html", **shown)
    if not form.validate():
        return render_template("ideas/proposal_refused.html", **shown), 422
    try:
        refuse_proposal(v.session, call, proposal, form.why.data or "", **v.stamp)
    except Conflict as error:
        v.session.rollback()
        form.form_errors.append(error.message)
        return render_template("ideas/proposal_refused.html", **shown), error.status
    v.session.commit()
    flash(_("Put aside. Who proposed it is told."), "success")
    return redirect(url_for("calls_desk.show", code=code), 303)


def read_waiting(v: visits.Visit) -> dict[str, Any] | None:
    """Return for the first page of a coordinator which proposed calls wait for them."""
    if not has_role(v.person, RoleName.COORDINATOR):
        return None
    rows = list_waiting(v.session, places_reached(v.person, v.directory, RoleName.COORDINATOR))
    lines = [(call, name, v.directory.full_name(call.place_id), row.at) for row, call, name in rows]
    return {"lines": lines} if lines else None
