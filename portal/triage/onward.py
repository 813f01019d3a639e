"""Where a move leads: to the next one where it took this one out of the list, else to the same again."""

from typing import Any

from flask import flash, get_template_attribute, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal.accounts.visits import Visit
from portal.core.i18n import gettext as _
from portal.core.text import excerpt
from portal.threads.models import Thread
from portal.triage.access import desk_for
from portal.triage.lists import Listing, place_in, tell_count
from portal.triage.queries import count_rows, read_after
from portal.triage.rows import title_of
from portal.triage.single import tell_single
from portal.triage.taking_back import find_latest

SHOWN = 30  # characters of the title
PANE = "X-Pane"  # the header by which static/js/desk.js asks to be told rather than led


def go_on(
    v: Visit, thread: Thread, listing: Listing, stood: list[Any] | None, done: str
) -> ResponseReturnValue:
    """Say what was done and lead on; `stood` is where the thread stood in the list before the move."""
    left = stood is not None and place_in(v.session, listing.queue, thread) is None
    reads = desk_for(v.person, thread, v.directory).reads
    onward = listing.address_of(thread)
    if left or not reads:
        done = tell_done(thread, done, onward if reads else "")
        onward = _next_in(v, listing, stood)
    if PANE in request.headers:
        count = tell_count(listing, count_rows(v.session, listing.queue))
        tell = get_template_attribute("triage/_done.html", "tell")  # not a page: no navigation is read for it
        action = find_latest(v.session, v.person, v.now)
        undo = tell_single(action, listing) if action is not None and action.is_single else None
        return str(tell(done, onward, thread.reference if left else "", count, undo))
    flash(done, "success")
    return redirect(onward, 303)


def _next_in(v: Visit, listing: Listing, stood: list[Any] | None) -> str:
    """Return the address of what came after the thread in its list, or of the list if nothing did."""
    after = read_after(v.session, listing.queue, stood, 1) if stood else []
    return listing.address_of(after[0]) if after else listing.address()


def tell_done(thread: Thread, done: str, href: str) -> Markup:
    """Return what was done to a submission that is no longer shown, with a link to it if it may be read."""
    title = Markup('<span lang="{}">{}</span>').format(thread.language, excerpt(title_of(thread), SHOWN))
    if href:
        title = Markup('<a href="{}">{}</a>').format(href, title)
    return escape(_("%(submission)s: %(done)s")) % {"submission": title, "done": done}
