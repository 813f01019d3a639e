"""What stands around a list: how it may be narrowed and is, what was saved of it, and moves for many."""

from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from portal.accounts.visits import Visit
from portal.core.i18n import ngettext
from portal.triage.access import list_workers
from portal.triage.bulk import MOST, verbs_for
from portal.triage.choices import chosen_pairs, list_fields, read_words, tell_chosen, tell_wrong_days
from portal.triage.lists import Listing
from portal.triage.saved import list_saved
from portal.triage.single import tell_single
from portal.triage.taking_back import find_latest


def tell_narrowed(v: Visit, listing: Listing) -> dict[str, Any]:
    """Return what a template needs to narrow a list and to show how it is narrowed; three queries."""
    arguments: MultiDict[str, str] = MultiDict(listing.narrowed)
    workers = list_workers(v.session, v.person, v.directory)
    fields, words = (
        list_fields(listing.code, v.person, v.directory, arguments, workers),
        read_words(arguments),
    )
    return {
        "fields": fields,
        "words": words,
        "chips": tell_chosen(words, fields, listing.bare_address),
        "problems": tell_wrong_days(arguments),
        "chosen": chosen_pairs(words, fields),
        "saved": list_saved(v, listing.code),
    }


def tell_bulk_bar(v: Visit, listing: Listing, all_href: str) -> dict[str, Any]:
    """Return what a template needs to offer moves for many, and to lead back to the last one; one query.

    `all_href` is the address of the page with all boxes ticked.
    """
    action = find_latest(v.session, v.person, v.now)
    undo = single = None
    if action is not None and action.is_single:
        single = tell_single(action, listing)
    elif action is not None:
        text = ngettext("You changed %(num)s at once.", "You changed %(num)s at once.", len(action.done))
        undo = {"text": text, "href": url_for("bulk.show", number=action.id, **listing.arguments)}
    return {
        "bulk_verbs": verbs_for(listing.code, v.person),
        "all_ticked": "ticked" in request.args,
        "all_href": all_href,
        "most_at_once": MOST,
        "can_undo": undo,
        "undo_single": single,
    }
