"""The pages about what comes up again: the list of chains, and tying one report to another."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.identity import staff_only
from portal.accounts.models import OF_DEPARTMENT, Person, RoleName
from portal.accounts.visits import Visit
from portal.communities.directory import Directory
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.references import parse_reference
from portal.core.web import address_with
from portal.threads.chains import list_chain, tie, untie
from portal.threads.lines import category_name
from portal.threads.models import Kind, Thread
from portal.threads.pages import page_address
from portal.threads.queries import Published
from portal.triage.access import desk_for, get_thread_for, get_worked
from portal.triage.lists import listed
from portal.triage.recurring import list_chains
from portal.triage.rows import title_of

blueprint = Blueprint("recurring", __name__, url_prefix="/staff")
WORKERS = (*OF_DEPARTMENT, RoleName.COORDINATOR)


@blueprint.get("/recurring")
@staff_only(*WORKERS)
def index() -> ResponseReturnValue:
    """List what comes up again at the same place, the most often first."""
    v, after = Visit.begin(), request.args.get("after", "")
    chains, onward = list_chains(v.session, v.person, v.directory, after)
    return render_template(
        "triage/recurring.html",
        chains=[(chain, title_of(chain.newest), _where(chain.newest, v.directory)) for chain in chains],
        worked={c.newest.id for c in chains if desk_for(v.person, c.newest, v.directory).works},
        start=address_with(after=None) if after else None,
        onward=address_with(after=onward) if onward else None,
    )


def _where(thread: Thread, directory: Directory) -> list[str]:
    place = directory.full_name(thread.spot_id or thread.place_id)
    return [part for part in (category_name(thread, directory), place, thread.address) if part]


@blueprint.post("/<reference>/recurs")
@staff_only(*WORKERS)
def add(reference: str) -> ResponseReturnValue:
    """Tie a report to another one, by its reference."""
    v = Visit.begin()
    thread, desk = get_worked(v.session, v.person, reference, v.directory)
    other = find_other(v)
    if other is None:
        flash(_("There is no submission with this reference that you may read."), "error")
        return lead_back(thread, recurs=request.form.get("other", "")[:20])
    tie(v.session, thread, other, by=desk.actor, now=v.now)
    v.session.commit()
    flash(_("It is in one chain with %(other)s now.", other=other.reference), "success")
    return lead_back(thread)


@blueprint.post("/<reference>/recurs/not")
@staff_only(*WORKERS)
def remove(reference: str) -> ResponseReturnValue:
    """Untie a report from one it was tied to."""
    v = Visit.begin()
    thread, desk = get_worked(v.session, v.person, reference, v.directory)
    other = find_other(v)
    if other is None:
        raise NotFound()
    untie(v.session, thread, other, by=desk.actor, now=v.now)
    v.session.commit()
    flash(_("These two are no longer in one chain."), "success")
    return lead_back(thread)


def find_other(v: Visit) -> Thread | None:
    asked = parse_reference(request.form.get("other", "")) or ""
    try:
        return get_thread_for(v.session, v.person, asked, v.directory)[0]
    except NotFound:
        return None


def lead_back(thread: Thread, **typed: Any) -> ResponseReturnValue:
    """Lead to the chain on the page of the report, read from the same list; what was typed comes along."""
    address = {"reference": thread.reference, **listed(request.args), **typed}
    return redirect(url_for("triage.show", **address, _anchor="recurs-title"), 303)


def tell_public(
    session: Session, found: Published, directory: Directory, person: Person | None
) -> dict[str, Any] | None:
    """Return for the public page how often this has come up here, or nothing where it has not.

    Only what is public itself is counted: the rest must not be guessed from a number or a day.
    """
    if found.thread.kind != Kind.REPORT or not found.is_linked:
        return None
    own = found.thread.id
    chain = [t for t in list_chain(session, own) if t.is_listed or t.id == own]
    if len(chain) == 1:
        return None
    others = [(page_address(t), t) for t in chain if t.id != own]
    return {"count": len(chain), "since": chain[0].created_at, "others": others}
