"""What stands above a list: what it may be narrowed by, what narrows it now, and what was saved of it."""

from typing import Any

from werkzeug.datastructures import MultiDict

from portal.triage.access import list_workers
from portal.triage.choices import (
    Field,
    Pair,
    chosen_pairs,
    list_fields,
    read_words,
    tell_chosen,
    tell_wrong_days,
)
from portal.triage.lists import Listing, Visit


def tell_narrowed(v: Visit, listing: Listing) -> dict[str, Any]:
    """Return what a template needs to narrow a list and to show how it is narrowed."""
    arguments = MultiDict(listing.narrowed)
    fields, words = fields_of(v, listing), read_words(arguments)
    return {
        "fields": fields,
        "words": words,
        "chips": tell_chosen(words, fields, listing.bare_address),
        "problems": tell_wrong_days(arguments),
        "chosen": chosen_pairs(words, fields),
    }


def fields_of(v: Visit, listing: Listing) -> list[Field]:
    """Return what the list may be narrowed by; one query, for the names of colleagues."""
    workers = list_workers(v.session, v.person, v.directory)
    return list_fields(listing.code, v.person, v.directory, MultiDict(listing.narrowed), workers)


def pairs_of(v: Visit, listing: Listing) -> list[Pair]:
    """Return what narrows the list, in one order: the same choice gives the same pairs."""
    return chosen_pairs(read_words(MultiDict(listing.narrowed)), fields_of(v, listing))
