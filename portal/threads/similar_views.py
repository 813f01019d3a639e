"""Open submissions near one that may be about the same, and saying that two are not."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import me, signed_in_only, signed_in_person
from portal.communities.directory import get_directory
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.guards import public
from portal.core.i18n import gettext as _
from portal.core.limits import count_attempts, network
from portal.core.references import parse_reference
from portal.threads.events import resident
from portal.threads.not_same import say_not_same as keep_not_same
from portal.threads.pages import page_address
from portal.threads.queries import Published, find_published
from portal.threads.similar_lines import list_similar

blueprint = Blueprint("similar", __name__, url_prefix="/similar")

HOUR = timedelta(hours=1)
SAID_BY_A_PERSON = 30  # an hour
SAID_FROM_AN_ADDRESS = 300  # an hour; a whole office may share it


@blueprint.get("/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    """List what is similar and near. The page of the submission itself shows the list with a script."""
    session, found = db.session(), get_readable(reference)
    directory = get_directory(session)
    return render_template(
        "threads/similar.html",
        thread=found.thread,
        back=page_address(found.thread),
        similar=list_similar(session, found.thread, found.words, directory, now=clock.now()),
        may_say=signed_in_person() is not None,
    )


@blueprint.post("/<reference>/not-same")
@signed_in_only
def say_not_same(reference: str) -> ResponseReturnValue:
    """Remember that two submissions are about different matters."""
    session, now, person = db.session(), clock.now(), me()
    thread = get_readable(reference).thread
    other = get_readable(request.form.get("other", "")).thread
    address = f"address:{network(request.remote_addr)}"
    most = {address: SAID_FROM_AN_ADDRESS, f"person:{person.id}": SAID_BY_A_PERSON}
    count_attempts(session, "not_same", most, within=HOUR, now=now)
    keep_not_same(session, thread, other, by=resident(person), now=now)
    session.commit()
    flash(_("Thank you. These two are no longer shown as similar."), "success")
    return redirect(url_for(".show", reference=thread.reference), 303)


def get_readable(reference: str) -> Published:
    """Return a submission whose words anyone may read; NotFound for any other."""
    found = find_published(db.session(), parse_reference(reference) or "")
    if found is None or not found.is_readable or found.thread.is_closed:
        raise NotFound()
    return found
